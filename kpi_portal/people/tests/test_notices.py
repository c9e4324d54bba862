"""Notices: once per act and person, as sentences."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from kpi_portal.people import notices, services
from kpi_portal.people.models import Notice, User
from kpi_portal.people.queries import unread_count
from kpi_portal.people.todo import Todo, by_due_date

NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_an_act_done_twice_notifies_once(agent: User, hr: User) -> None:
    for _time in range(2):
        services.notify(
            [agent, hr, agent], "jobs.failed", "job:1", params={"job": "x"}, url="/", at=NOW
        )

    assert Notice.objects.count() == 2
    assert unread_count(agent) == 1


@pytest.mark.django_db
def test_a_notice_reads_in_the_readers_language(agent: User) -> None:
    services.notify(
        [agent], "people.role_granted", "k", params={"role": "hr_lead"}, url="", at=NOW
    )

    with translation.override("en"):
        assert notices.sentence(Notice.objects.get()) == "You have been given the role “HR lead”."


def test_a_notice_of_a_kind_that_is_gone_or_lacks_a_name_still_reads() -> None:
    assert notices.sentence(Notice(kind="old.kind", params={})) == "old.kind"
    assert "…" in notices.sentence(Notice(kind="jobs.failed", params={}))


def test_the_most_urgent_comes_first() -> None:
    late, soon = datetime(2026, 10, 9, tzinfo=UTC).date(), NOW.date()
    todos = [Todo("a", "/", None, "k"), Todo("b", "/", late, "k"), Todo("c", "/", soon, "k")]

    assert [todo.title for todo in by_due_date(todos)] == ["c", "b", "a"]
