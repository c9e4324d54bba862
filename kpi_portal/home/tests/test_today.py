"""The start page: what waits, in which order, with how many working days left."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kpi_portal.core.search import SearchHit
from kpi_portal.home import queries
from kpi_portal.people.models import Notice, User
from kpi_portal.people.services import notify
from kpi_portal.people.tests.factories import make_person, make_user
from kpi_portal.people.todo import Todo

pytestmark = pytest.mark.django_db


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stands in for the apps: append objects with waiting_for or search."""
    found: list[Any] = []

    def functions(name: str) -> Iterator[Any]:
        return (getattr(each, name) for each in found if hasattr(each, name))

    monkeypatch.setattr(queries, "_functions", functions)
    return found


@pytest.mark.parametrize(
    ("due_on", "left"),
    [
        (date(2026, 10, 30), 0),  # the same Friday
        (date(2026, 10, 31), 0),  # Saturday: no working day left after today
        (date(2026, 11, 2), 1),
        (date(2026, 11, 6), 5),
        (date(2026, 10, 29), -1),
        (date(2026, 10, 23), -5),
    ],
)
def test_days_left_are_working_days(due_on: date, left: int) -> None:
    assert queries.days_left(due_on, date(2026, 10, 30), weekdays) == left


def test_what_is_due_first_stands_first(sources: list[Any]) -> None:
    def waiting_for(user: User, now: datetime) -> list[Todo]:
        return [
            Todo("without date", "/c/", None, "x"),
            Todo("later", "/b/", date(2026, 11, 5), "x"),
            Todo("soon", "/a/", date(2026, 11, 3), "x"),
        ]

    sources.append(SimpleNamespace(waiting_for=waiting_for))

    waiting = queries.waiting_for(make_user(), timezone.now())

    assert [each.todo.title for each in waiting] == ["soon", "later", "without date"]
    assert waiting[2].days_left is None


def test_the_page_shows_tasks_and_their_due_dates(client: Client, sources: list[Any]) -> None:
    due_on = timezone.localdate() - timedelta(days=10)
    sources.append(
        SimpleNamespace(waiting_for=lambda u, n: [Todo("审阅", "/appeals/A-1/", due_on, "x")])
    )
    client.force_login(make_user())

    page = client.get("/").content.decode()

    assert 'href="/appeals/A-1/"' in page
    assert "due-over" in page
    assert f'datetime="{due_on:%Y-%m-%d}"' in page


def test_htmx_gets_only_the_list(client: Client, sources: list[Any]) -> None:
    client.force_login(make_user())

    part = client.get("/", headers={"HX-Request": "true"}).content.decode()
    whole = client.get("/", headers={"HX-Request": "true", "HX-Boosted": "true"}).content.decode()

    assert "<html" not in part
    assert "<html" in whole


def test_every_real_source_answers() -> None:
    assert queries.waiting_for(make_person(), timezone.now()) == []
    assert queries.found(make_person(), "no such thing") == []


def test_hits_are_grouped_by_kind(sources: list[Any]) -> None:
    hits = [SearchHit("ticket", "T1", "/t/1/"), SearchHit("scheme", "S", "/s/")]
    sources.append(SimpleNamespace(search=lambda user, text, limit: hits))

    assert [kind for kind, _hits in queries.found(make_user(), "ab")] == ["ticket", "scheme"]


def test_one_character_is_not_searched(sources: list[Any]) -> None:
    sources.append(SimpleNamespace(search=lambda user, text, limit: 1 / 0))

    assert queries.found(make_user(), "a") == []


def test_people_are_found_by_those_who_may_see_them() -> None:
    make_person("agent", number="E4711", name="李伟")

    for_hr = queries.found(make_person("hr"), "4711")
    for_agent = queries.found(make_person("agent"), "4711")

    titles = [hit.title for _kind, hits in for_hr for hit in hits]
    assert titles == ["李伟 E4711"]
    assert for_agent == []


def test_the_score_so_far_is_there_only_in_a_running_month(client: Client) -> None:
    user = make_person("agent")
    client.force_login(user)

    assert client.get("/provisional/").status_code == 404
    assert "score-head" not in client.get("/").content.decode()


def make_notice(user: User, key: str = "k") -> Notice:
    at = timezone.now()
    notify([user], "jobs.failed", key, params={"job": "计算"}, url="/help/", at=at)
    return Notice.objects.get(user=user, key=key)


def test_opening_a_notice_marks_it_read_and_leads_on(client: Client) -> None:
    user = make_user()
    notice = make_notice(user)
    client.force_login(user)

    response = client.post(f"/notices/{notice.pk}/open/")

    notice.refresh_from_db()
    assert (response.status_code, response.headers["Location"]) == (303, "/help/")
    assert notice.read_at is not None


def test_somebody_elses_notice_does_not_exist(client: Client) -> None:
    notice = make_notice(make_user())
    client.force_login(make_user())

    assert client.post(f"/notices/{notice.pk}/open/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_reading_all_leaves_others_alone_and_keeps_the_first_reading(client: Client) -> None:
    user, other = make_user(), make_user()
    mine, theirs = make_notice(user), make_notice(other)
    first = timezone.now() - timedelta(days=1)
    seen = make_notice(user, "seen")
    Notice.objects.filter(pk=seen.pk).update(read_at=first)
    client.force_login(user)

    client.post("/notices/read/")

    for each in (mine, theirs, seen):
        each.refresh_from_db()
    assert mine.read_at is not None
    assert theirs.read_at is None
    assert seen.read_at == first


def test_the_bell_says_how_many_are_unread(client: Client) -> None:
    user = make_user(language="en")
    make_notice(user)
    client.force_login(user)

    assert "Notices, 1 unread" in client.get("/").content.decode()


def test_the_profile_shows_roles_and_places(client: Client) -> None:
    user = make_person("supervisor", number="E77", name="陈思远")
    client.force_login(user)

    page = client.get("/profile/").content.decode()

    assert "陈思远" in page
    assert "E77" in page
