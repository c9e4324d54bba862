"""Reopening: three people agree; new revisions for exactly those whose numbers change."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from appraisal.models import Acknowledgement, Period, Reopening, Scorecard
from appraisal.periods import reopening, services
from appraisal.periods.reopening import AlreadyDecided, AlreadyRequested, ReasonMissing
from appraisal.periods.services import NotReady
from appraisal.periods.workflow import WrongState
from appraisal.scorecards import frozen
from appraisal.scorecards.services import revise
from appraisal.scorecards.verify import verify
from appraisal.tests.factories import (
    AFTER,
    card_of,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import Department, Notice, User
from kpi_portal.people.tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db

LATER = AFTER + timedelta(days=1)
AGAIN = AFTER + timedelta(days=2)


@pytest.fixture
def colleague(department: Department) -> User:
    return make_person("agent", number="A003", name="吴静", department=department)


@pytest.fixture
def period(agent: User, colleague: User, department: Department) -> Period:
    """October 2026, published, with a card of 80.56 and one of 100.00."""
    make_active_version(department)
    make_work(agent, frt=80, score=4)
    make_work(colleague, frt=60, score=5)
    period = make_period()
    run(period)
    publish(period)
    return period


def reopen(period: Period, reason: str = "10 月 28 日的工单晚到") -> Reopening:
    """Asked for, agreed to and approved by three people."""
    found = reopening.request(period.pk, reason=reason, by=make_user("hr"), at=LATER)
    reopening.agree(found.pk, by=make_user("hr_lead"), at=LATER)
    found = reopening.approve(found.pk, by=make_user("committee"), at=LATER)
    period.refresh_from_db()
    return found


def test_only_those_whose_numbers_change_get_a_revision(
    period: Period, agent: User, colleague: User
) -> None:
    before = card_of(agent)
    content = frozen.content(before, before.lines.all())
    make_work(agent, frt=200, score=None, tickets=1, day=date(2026, 10, 28))
    asked = reopen(period)

    result = run(period, at=AGAIN)

    candidate = Scorecard.objects.get(frozen_at=None)
    assert (period.state, period.is_reopened, result.differences) == ("calculated", True, 1)
    assert (candidate.employee, candidate.revision, candidate.is_current) == (
        agent.employee, 2, False,
    )  # fmt: skip
    assert card_of(agent) == before
    assert Scorecard.objects.visible_to(agent).get() == before

    publish(period, at=AGAIN)

    asked.refresh_from_db()
    newest = card_of(agent)
    before.refresh_from_db()
    assert (asked.state, asked.revisions) == ("done", 1)
    assert (newest.revision, newest.reason, newest.origin) == (
        2, "10 月 28 日的工单晚到", f"reopening:{asked.pk}",
    )  # fmt: skip
    assert not before.is_current
    assert frozen.content(before, before.lines.all()) == content
    assert card_of(colleague).revision == 1
    assert Notice.objects.filter(kind="appraisal.revised").count() == 1
    assert Acknowledgement.objects.filter(scorecard=newest, delivered_at=AGAIN).exists()
    assert verify([period]).differences == []


def test_nothing_changed_means_no_revision(period: Period) -> None:
    asked = reopen(period)
    assert run(period, at=AGAIN).differences == 0

    publish(period, at=AGAIN)

    asked.refresh_from_db()
    assert (asked.revisions, Scorecard.objects.filter(revision=2).count()) == (0, 0)


def test_a_run_again_replaces_the_candidate(period: Period, agent: User) -> None:
    make_work(agent, frt=200, score=None, tickets=1, day=date(2026, 10, 28))
    reopen(period)
    run(period, at=AGAIN)
    assert run(period, at=AGAIN).differences == 0
    make_work(agent, frt=300, score=None, tickets=1, day=date(2026, 10, 29))

    assert run(period, at=AGAIN).differences == 1

    assert Scorecard.objects.filter(employee=agent.employee).count() == 2


def test_what_an_appeal_decided_stays_when_late_records_come_in(
    period: Period, agent: User, hr: User, hr_lead: User
) -> None:
    card = card_of(agent)
    line = card.lines.get(position=2)
    revise(
        card, line_points={line.pk: Decimal("100.00")}, reason="归属错误", origin="appeal:A-1",
        proposed_by=hr, approved_by=hr_lead, at=LATER,
    )  # fmt: skip
    make_work(agent, frt=200, score=None, tickets=3, day=date(2026, 10, 28))
    reopen(period)

    run(period, at=AGAIN)

    candidate = Scorecard.objects.get(frozen_at=None)
    assert candidate.revision == 3
    assert candidate.lines.get(position=2).points == Decimal("100.00")
    assert candidate.lines.get(position=1).value == Decimal("140.0000")


def test_an_appeal_decided_meanwhile_moves_the_candidate(
    period: Period, agent: User, hr: User, hr_lead: User
) -> None:
    make_work(agent, frt=200, score=None, tickets=3, day=date(2026, 10, 28))
    reopen(period)
    run(period, at=AGAIN)
    card = card_of(agent)
    line = card.lines.get(position=2)

    revise(
        card, line_points={line.pk: Decimal("100.00")}, reason="归属错误", origin="appeal:A-1",
        proposed_by=hr, approved_by=hr_lead, at=AGAIN,
    )  # fmt: skip

    candidate = Scorecard.objects.get(frozen_at=None)
    assert (candidate.revision, candidate.lines.get(position=2).points) == (3, Decimal("100.00"))
    assert card_of(agent).revision == 2
    publish(period, at=AGAIN)
    assert card_of(agent).revision == 3
    assert verify([period]).differences == []


def test_it_takes_three_people(period: Period, hr: User, hr_lead: User, committee: User) -> None:
    found = reopening.request(period.pk, reason="晚到", by=hr, at=LATER)
    with pytest.raises(NotAllowed):
        reopening.agree(found.pk, by=hr, at=LATER)
    with pytest.raises(AlreadyDecided):
        reopening.approve(found.pk, by=committee, at=LATER)
    reopening.agree(found.pk, by=hr_lead, at=LATER)
    with pytest.raises(NotAllowed):
        reopening.approve(found.pk, by=hr_lead, at=LATER)

    reopening.approve(found.pk, by=committee, at=LATER)

    period.refresh_from_db()
    assert (period.state, period.reopenings) == ("calculated", 1)


def test_one_request_at_a_time_and_each_says_why(period: Period, hr: User, hr_lead: User) -> None:
    with pytest.raises(ReasonMissing):
        reopening.request(period.pk, reason=" ", by=hr, at=LATER)
    found = reopening.request(period.pk, reason="晚到", by=hr, at=LATER)
    with pytest.raises(AlreadyRequested):
        reopening.request(period.pk, reason="晚到", by=hr_lead, at=LATER)

    reopening.withdraw(found.pk, by=hr, at=LATER)

    assert reopening.request(period.pk, reason="晚到", by=hr_lead, at=LATER).state == "requested"


def test_a_refusal_leaves_the_period_as_it_is(period: Period, hr: User, committee: User) -> None:
    found = reopening.request(period.pk, reason="晚到", by=hr, at=LATER)

    reopening.refuse(found.pk, by=committee, at=LATER, reason="数量太少")

    period.refresh_from_db()
    assert period.state == "published"
    with pytest.raises(AlreadyDecided):
        reopening.agree(found.pk, by=make_user("hr"), at=LATER)


def test_a_reopened_period_is_computed_before_it_is_submitted(period: Period, hr: User) -> None:
    reopen(period)

    with pytest.raises(NotReady):
        services.submit(period.pk, by=hr, at=AGAIN)


def test_a_period_that_is_not_published_is_not_reopened(hr: User, department: Department) -> None:
    with pytest.raises(WrongState):
        reopening.request(make_period("2026-11").pk, reason="晚到", by=hr, at=LATER)
