"""The path from calculated to closed, its guards, and what publication freezes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from appraisal.models import Acknowledgement, Period, Scorecard
from appraisal.periods import coefficients, services
from appraisal.periods.services import NotReady, ReasonMissing
from appraisal.periods.workflow import WrongState
from appraisal.scorecards import frozen
from appraisal.scorecards.services import NumbersDisagree
from appraisal.tests.factories import (
    AFTER,
    card_of,
    in_review,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import Department, Notice, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(agent: User, department: Department) -> Period:
    """October 2026, computed."""
    make_active_version(department)
    make_work(agent, frt=80, score=4)
    period = make_period()
    run(period)
    return period


def test_the_whole_path(
    period: Period, agent: User, hr: User, committee: User, hr_lead: User
) -> None:
    services.submit(period.pk, by=hr, at=AFTER)
    services.approve(period.pk, by=committee, at=AFTER)
    published = services.publish(period.pk, by=hr, at=AFTER)
    closed = services.close(period.pk, by=None, at=AFTER + timedelta(days=9))

    card = card_of(agent)
    assert published.appeals_until == date(2026, 11, 12)
    assert closed.state == Period.State.CLOSED
    assert card.inputs_hash == frozen.digest(card, card.lines.all())
    assert Acknowledgement.objects.get(scorecard=card).delivered_at == AFTER
    assert Notice.objects.filter(user=agent, kind="appraisal.published").count() == 1


def test_the_committee_member_who_submitted_does_not_approve(
    period: Period, hr: User, committee: User
) -> None:
    hr.role_grants.create(role="committee", granted_at=AFTER)
    services.submit(period.pk, by=hr, at=AFTER)

    with pytest.raises(NotAllowed):
        services.approve(period.pk, by=hr, at=AFTER)

    assert services.approve(period.pk, by=committee, at=AFTER).state == "approved"


def test_sending_back_needs_a_reason_and_opens_the_period_for_a_run(
    period: Period, committee: User
) -> None:
    in_review(period)
    with pytest.raises(ReasonMissing):
        services.send_back(period.pk, by=committee, at=AFTER, reason=" ")

    services.send_back(period.pk, by=committee, at=AFTER, reason="缺少 10 月 30 日的数据")

    run(period)
    assert (period.state, period.decision_reason) == ("calculated", "缺少 10 月 30 日的数据")


@pytest.mark.parametrize("act", ["submit", "approve", "send_back", "publish", "close"])
def test_an_act_out_of_its_turn_is_refused_and_changes_nothing(
    agent: User, department: Department, hr: User, act: str
) -> None:
    make_active_version(department)
    period = make_period()
    reason = {"reason": "…"} if act == "send_back" else {}

    with pytest.raises(WrongState):
        getattr(services, act)(period.pk, by=hr, at=AFTER, **reason)

    period.refresh_from_db()
    assert period.state == Period.State.OPEN


def test_doing_it_twice_is_told(period: Period, hr: User) -> None:
    publish(period)

    with pytest.raises(WrongState):
        services.publish(period.pk, by=hr, at=AFTER)
    assert Acknowledgement.objects.count() == 2


def test_results_from_before_the_cutoff_are_not_submitted(period: Period, hr: User) -> None:
    run(period, at=datetime(2026, 11, 2, tzinfo=UTC))

    with pytest.raises(NotReady):
        services.submit(period.pk, by=hr, at=AFTER)


def test_a_period_in_its_appeal_window_or_with_an_open_case_is_not_closed(
    period: Period, hr: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(period)
    with pytest.raises(NotReady):
        services.close(period.pk, by=hr, at=AFTER + timedelta(days=7))

    monkeypatch.setattr(services, "holds_open", lambda period, at: True)
    with pytest.raises(NotReady):
        services.close(period.pk, by=hr, at=AFTER + timedelta(days=9))


def test_a_card_that_does_not_add_up_is_not_published(period: Period, agent: User) -> None:
    Scorecard.objects.filter(employee=agent.employee).update(final=Decimal("99.00"))

    with pytest.raises(NumbersDisagree):
        publish(period)

    assert not Scorecard.objects.filter(frozen_at__isnull=False).exists()


TAMPERING = [
    "UPDATE appraisal_scorecard SET final = 100",
    "UPDATE appraisal_scorecard SET final = NULL",
    "UPDATE appraisal_scorecard SET band = 'excellent'",
    "UPDATE appraisal_scorecard SET frozen_at = NULL",
    "UPDATE appraisal_scorecard SET supervisor_id = NULL",
    "UPDATE appraisal_scorecard SET inputs_hash = ''",
    "DELETE FROM appraisal_scorecard",
    "UPDATE appraisal_scoreline SET points = 100",
    "UPDATE appraisal_scoreline SET value = NULL",
    "DELETE FROM appraisal_scoreline",
    "INSERT INTO appraisal_scoreline (scorecard_id, position, category, metric, params, "
    "numerator, denominator, sample, left_out, left_out_reasons, rule, rule_params, context, "
    "min_sample, missing_policy, is_missing, adjustment, nominal_weight, weight, contribution, "
    "is_department_line, explanation, indicator_id) SELECT scorecard_id, 9, category, metric, "
    "params, numerator, denominator, sample, left_out, left_out_reasons, rule, rule_params, "
    "context, min_sample, missing_policy, is_missing, adjustment, nominal_weight, weight, "
    "contribution, is_department_line, explanation, indicator_id FROM appraisal_scoreline "
    "WHERE position = 1",
    "UPDATE appraisal_period SET state = 'calculated'",
    "UPDATE appraisal_period SET cutoff_on = '2027-01-01'",
    "DELETE FROM appraisal_period",
]


@pytest.mark.parametrize("statement", TAMPERING)
def test_the_database_refuses_to_change_what_is_published(
    period: Period, agent: User, statement: str
) -> None:
    publish(period)
    # Only the agent's supervisor is set; the statement about it must hit that row.
    before = frozen.digest(card_of(agent), card_of(agent).lines.all())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert frozen.digest(card_of(agent), card_of(agent).lines.all()) == before


def test_what_is_not_published_may_still_be_changed(period: Period) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAMPERING[0])

    assert Scorecard.objects.filter(final=100).count() == 2


def test_a_coefficient_takes_two_people_and_counts_in_the_next_run(
    agent: User, department: Department, hr: User, hr_lead: User
) -> None:
    make_active_version(department, coefficient_mode="manual", maximum=Decimal(120))
    make_work(agent, frt=80, score=4)
    period = make_period()
    run(period)
    set_one = coefficients.set_coefficient(
        period.pk, department, value=Decimal("1.05"), reason="团队目标 96%", by=hr, at=AFTER
    )
    with pytest.raises(NotReady):
        services.submit(period.pk, by=hr, at=AFTER)
    with pytest.raises(NotAllowed):
        coefficients.approve_coefficient(set_one.pk, value=set_one.value, by=hr, at=AFTER)
    with pytest.raises(Conflict):
        coefficients.approve_coefficient(set_one.pk, value=Decimal(1), by=hr_lead, at=AFTER)

    later = AFTER + timedelta(minutes=1)
    coefficients.approve_coefficient(set_one.pk, value=set_one.value, by=hr_lead, at=later)

    with pytest.raises(NotReady):
        services.submit(period.pk, by=hr, at=later)
    run(period, at=later)
    assert card_of(agent).final == Decimal("84.59")
