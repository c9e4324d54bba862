"""Who sees which part of the trail."""

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.audit import services
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db

ROLES = {
    "agent": 403, "supervisor": 403, "inspector": 403, "hr": 403, "hr_lead": 403,
    "committee": 403, "chair": 403, "admin_user": 200, "auditor": 200, "stranger": 403,
}  # fmt: skip


@pytest.mark.parametrize(("name", "status"), ROLES.items())
def test_the_whole_trail_is_for_administrators_and_auditors(
    name: str, status: int, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(name))

    assert client.get(reverse("audit:list")).status_code == status


@pytest.mark.parametrize("name", ROLES)
def test_everybody_sees_their_own_actions_with_values(
    name: str, client: Client, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(name)
    client.force_login(user)
    event = services.record("token.created", user, actor=user, after={"label": "my-own-label"})

    assert client.get(reverse("audit:mine")).status_code == 200
    page = client.get(reverse("audit:detail", args=[event.pk]))
    assert "my-own-label" in page.content.decode()


def test_another_persons_action_does_not_exist(client: Client, agent: User, hr: User) -> None:
    event = services.record("token.created", hr, actor=hr)
    client.force_login(agent)

    assert client.get(reverse("audit:detail", args=[event.pk])).status_code == 404
    assert "token.created" not in client.get(reverse("audit:mine")).content.decode()


def test_an_administrator_sees_who_and_what_but_no_values(
    client: Client, admin_user: User, auditor: User, hr: User
) -> None:
    event = services.record(
        "employee.changed", hr, actor=hr, after={"name": "canary-7"}, reason="canary-8"
    )
    client.force_login(admin_user)
    as_admin = client.get(reverse("audit:detail", args=[event.pk])).content.decode()
    client.force_login(auditor)
    as_auditor = client.get(reverse("audit:detail", args=[event.pk])).content.decode()

    assert "王芳" in as_admin
    assert "canary" not in as_admin
    assert "canary-7" in as_auditor and "canary-8" in as_auditor


def test_the_trail_is_filtered_by_who_act_object_and_date(
    client: Client, auditor: User, agent: User, hr: User
) -> None:
    services.record("token.created", agent, actor=agent)
    services.record("employee.changed", ("people.employee", "77"), actor=hr)
    client.force_login(auditor)

    def found(**query: str) -> int:
        return int(client.get(reverse("audit:list"), query).context["page"].paginator.count)

    assert found() == 2
    assert found(who="李") == 1
    assert found(act="employee.changed") == 1
    assert found(object_type="people.employee", object_id="77") == 1
    assert found(until="2020-01-01") == 0
    assert found(since="2020-01-01") == 2


def test_a_list_of_many_events_costs_few_queries(
    client: Client, auditor: User, agent: User, django_assert_max_num_queries: object
) -> None:
    for number in range(60):
        services.record("x.y", ("thing", str(number)), actor=agent)
    client.force_login(auditor)

    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get(reverse("audit:list"))
