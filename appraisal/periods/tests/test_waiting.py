"""What waits for whom while a period goes its way, and who may do what with it."""

import pytest

from appraisal.models import Period
from appraisal.periods import permissions, queries, services
from appraisal.scorecards import queries as cards
from appraisal.tests.factories import (
    AFTER,
    in_review,
    make_active_version,
    make_period,
    make_work,
    run,
)
from appraisal.tests.factories import publish as publish_all
from kpi_portal.people.models import Department, User

pytestmark = pytest.mark.django_db

CAST = ["agent", "supervisor", "hr", "hr_lead", "committee", "admin_user", "auditor", "inspector"]


@pytest.fixture
def period(agent: User, department: Department) -> Period:
    """October 2026, computed."""
    make_active_version(department)
    make_work(agent)
    period = make_period()
    run(period)
    return period


def kinds(user: User) -> list[str]:
    return [todo.kind for todo in queries.waiting_for(user, AFTER)]


def test_the_next_step_waits_for_whoever_does_it(
    period: Period, hr: User, committee: User, agent: User
) -> None:
    assert kinds(hr) == ["appraisal.period_submit"]

    in_review(period)
    assert (kinds(hr), kinds(committee)) == ([], ["appraisal.period_review"])

    services.approve(period.pk, by=committee, at=AFTER)
    assert (kinds(hr), kinds(committee)) == (["appraisal.period_publish"], [])
    assert kinds(agent) == []


def test_an_unread_card_waits_for_its_employee(period: Period, agent: User) -> None:
    publish_all(period)

    todo = cards.waiting_for(agent, AFTER)[0]

    period.refresh_from_db()
    assert (todo.kind, todo.due_on) == ("appraisal.scorecard_unread", period.appeals_until)


def test_a_search_finds_only_what_the_reader_sees(
    period: Period, agent: User, supervisor: User, outsider: User
) -> None:
    found = {user.username: len(cards.search(user, "李伟", 10)) for user in (supervisor, outsider)}

    assert found == {"s001": 1, "a002": 0}
    assert cards.search(agent, "李伟", 10) == []


def test_who_may_do_what_with_a_period(period: Period, request: pytest.FixtureRequest) -> None:
    users = {name: request.getfixturevalue(name) for name in CAST}

    def may(act: str) -> set[str]:
        asked = getattr(permissions, f"can_{act}")
        return {name for name, user in users.items() if asked(user, period)}

    assert may("run") == {"hr", "hr_lead", "admin_user"}
    for act in ("submit", "publish", "close", "set_coefficient"):
        assert may(act) == {"hr", "hr_lead"}
    assert may("decide") == {"committee"}
    assert may("view_results") == {"hr", "hr_lead"}
    in_review(period)
    period.refresh_from_db()
    assert may("view_results") == {"hr", "hr_lead", "committee"}
