"""Pages of jobs: found again, followed, stopped; for whom."""

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.jobs import runner, schedules, services
from kpi_portal.jobs.models import Job
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db

EVERYBODY = (
    "agent", "supervisor", "inspector", "hr", "hr_lead", "committee", "chair", "admin_user",
    "auditor", "stranger",
)  # fmt: skip


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_strangers_job_is_seen_by_administrators_and_who_may_follow_its_kind(
    name: str, client: Client, request: pytest.FixtureRequest, outsider: User
) -> None:
    job = services.request("test.count", "k", {}, by=outsider)
    client.force_login(request.getfixturevalue(name))
    expected = 200 if name in ("hr", "hr_lead", "admin_user") else 404

    assert client.get(reverse("jobs:detail", args=[job.pk])).status_code == expected
    assert client.get(reverse("jobs:progress", args=[job.pk])).status_code == expected
    shown = client.get(reverse("jobs:list")).context["page"].paginator.count
    assert shown == (1 if expected == 200 else 0)


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_the_one_who_asked_and_administrators_stop_a_job(
    name: str, client: Client, request: pytest.FixtureRequest, outsider: User
) -> None:
    job = services.request("test.count", "k", {}, by=outsider)
    client.force_login(request.getfixturevalue(name))
    expected = {"hr": 403, "hr_lead": 403, "admin_user": 303}.get(name, 404)

    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == expected
    job.refresh_from_db()
    assert (job.state == "cancelled") == (expected == 303)


def test_ones_own_job_is_found_again_and_stopped(client: Client, agent: User) -> None:
    job = services.request("test.wait", "k", {}, by=agent)
    client.force_login(agent)

    assert client.get(reverse("jobs:list")).context["page"].paginator.count == 1
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 303
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 409


def test_a_living_job_polls_itself_and_an_ended_one_reloads_the_page(
    client: Client, agent: User
) -> None:
    job = services.request("test.count", "k", {}, by=agent)
    client.force_login(agent)
    address = reverse("jobs:progress", args=[job.pk])

    living = client.get(address, headers={"HX-Request": "true"})
    runner.run(job.pk)
    ended = client.get(address, headers={"HX-Request": "true"})

    assert "hx-get" in living.content.decode() and "HX-Refresh" not in living.headers
    assert "hx-get" not in ended.content.decode() and ended.headers["HX-Refresh"] == "true"


def test_a_failed_job_says_why(client: Client, agent: User) -> None:
    job = services.request("test.refuse", "k", {}, by=agent)
    runner.run(job.pk)
    client.force_login(agent)

    page = client.get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert "Der Zeitraum ist geschlossen." in page


def test_the_list_is_filtered(client: Client, admin_user: User) -> None:
    runner.run(services.request("test.count", "1", {}, by=None).pk)
    services.request("test.count", "2", {}, by=None)
    client.force_login(admin_user)

    def found(**query: str) -> int:
        return int(client.get(reverse("jobs:list"), query).context["page"].paginator.count)

    assert (found(), found(state="live"), found(state="done")) == (2, 1, 1)
    assert (found(kind="test.count"), found(kind="audit.verify")) == (2, 0)


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_timetable_is_changed_by_administrators_and_seen_by_auditors(
    name: str, client: Client, request: pytest.FixtureRequest
) -> None:
    schedules.seed_schedules()
    entry = schedules.entries()[0]
    client.force_login(request.getfixturevalue(name))
    address = reverse("jobs:schedule", args=[entry.task.pk])
    expected = 200 if name == "admin_user" else 403

    seen = 200 if name in ("admin_user", "auditor") else 403
    assert client.get(reverse("jobs:schedules")).status_code == seen
    assert client.get(address).status_code == expected
    posted = client.post(address, {"enabled": "on", "seconds": "30"})
    assert posted.status_code == (303 if name == "admin_user" else 403)


def test_a_silly_interval_is_refused(client: Client, admin_user: User) -> None:
    schedules.seed_schedules()
    client.force_login(admin_user)
    address = reverse("jobs:schedule", args=[schedules.entries()[0].task.pk])

    assert client.post(address, {"enabled": "on", "seconds": "0"}).status_code == 422


@pytest.mark.parametrize("name", EVERYBODY)
def test_administrators_and_auditors_check_the_trail(
    name: str, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(name))
    expected = 303 if name in ("admin_user", "auditor") else 403

    assert client.post(reverse("jobs:verify_audit")).status_code == expected
    if expected == 303:
        job = Job.objects.get(kind="audit.verify")
        runner.run(job.pk)
        assert client.get(reverse("jobs:detail", args=[job.pk])).status_code == 200
