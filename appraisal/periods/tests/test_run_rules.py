"""What a run takes from colleagues and decisions: ranks, means, intervals, adjustments."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from appraisal.models import AdjustmentRequest, Decision, Exclusion, Period
from appraisal.periods import services
from appraisal.periods.compute import compute
from appraisal.periods.services import NotReady
from appraisal.scorecards.projection import projection
from appraisal.scorecards.verify import verify
from appraisal.tests.factories import (
    AFTER,
    card_of,
    employee_of,
    make_active_version,
    make_indicator,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import Department, Employee, User
from kpi_portal.people.tests.factories import make_company, make_employee, make_user
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def item(metric: str, weight: str = "100", **fields: Any) -> Mapping[str, Any]:
    down = {"direction": "down", "target": "60"}
    return {"metric": metric, "rule_params": down, "weight": weight, **fields}


CSAT = {"metric": "csat_mean", "rule_params": {"direction": "up", "target": "90"}, "weight": "50",
        "missing_policy": "department_mean"}  # fmt: skip


def test_a_rank_is_among_those_of_the_department_and_position(department: Department) -> None:
    ranked = item("frt_mean", rule="rank", rule_params={"direction": "down"})
    make_active_version(department, items=[ranked])
    people = [make_employee(department=department) for _each in range(5)]
    for place, employee in enumerate(people):
        make_work(employee, frt=[30, 60, 60, 90, 120][place], score=None)
    period = make_period()

    run(period)

    lines = [card_of(employee).lines.get() for employee in people]
    assert [(line.context["rank"], line.context["size"]) for line in lines] == [
        ("1", "5"), ("2", "5"), ("2", "5"), ("4", "5"), ("5", "5"),
    ]  # fmt: skip
    assert [line.points for line in lines] == [
        Decimal("100.00"), Decimal("75.00"), Decimal("75.00"), Decimal("25.00"), Decimal("0.00"),
    ]  # fmt: skip
    publish(period)
    assert verify([period]).differences == []


def test_a_projection_ranks_among_everybody(department: Department) -> None:
    ranked = item("frt_mean", rule="rank", rule_params={"direction": "down"})
    make_active_version(department, items=[ranked])
    people = [make_employee(department=department) for _each in range(5)]
    for place, employee in enumerate(people):
        make_work(employee, frt=30 + 10 * place, score=None)

    found = projection(make_period(), people[1], AFTER)

    assert found is not None
    assert found.lines[0].points == Decimal("75.00")


def test_missing_data_can_take_the_mean_of_the_others(
    department: Department, other_department: Department, agent: User
) -> None:
    make_active_version(department, other_department, items=[item("frt_mean", "50"), CSAT])
    first, second = (make_employee(department=department) for _each in range(2))
    elsewhere = make_employee(department=other_department)
    make_work(agent, frt=60, score=None)
    make_work(first, frt=60, score=4)
    make_work(second, frt=60, score=3)
    make_work(elsewhere, frt=60, score=1)
    period = make_period()

    run(period)

    line = card_of(agent).lines.get(position=2)
    # 88.89 and 66.67
    assert line.context["department_mean"] == "77.78"
    assert (line.is_missing, line.points, line.weight) == (
        True, Decimal("77.78"), Decimal("50.00"),
    )  # fmt: skip
    publish(period)
    assert verify([period]).differences == []


def test_a_mean_carries_its_interval_and_a_small_sample_its_mark(
    department: Department, agent: User
) -> None:
    make_active_version(department, items=[item("frt_mean")])
    make_work(agent, frt=50, score=None, tickets=1)
    make_work(agent, frt=80, score=None, tickets=1, day=date(2026, 10, 13))
    period = make_period()

    run(period)

    line = card_of(agent).lines.get()
    low, high = line.context["low"], line.context["high"]
    assert (line.value, low) == (Decimal("65.0000"), "0.0000")
    assert Decimal(high) > 200
    assert line.is_borderline
    assert card_of(agent).final == Decimal("92.31")


@pytest.fixture
def computed(department: Department, agent: User) -> Period:
    make_active_version(department, items=[item("frt_mean")])
    make_work(agent, frt=120, score=None)
    period = make_period()
    run(period)
    return period


def adjustment(period: Period, whose: Employee, points: str, *, line: bool) -> AdjustmentRequest:
    return AdjustmentRequest.objects.create(
        period=period, employee=whose, indicator=make_indicator() if line else None,
        points=Decimal(points), origin="recorded_correction", reason="登记错误",
        state=Decision.APPROVED, proposed_by=make_user("hr"), proposed_at=AFTER,
        decided_by=make_user("hr"), decided_at=AFTER + timedelta(minutes=1),
    )  # fmt: skip


def test_adjustments_approved_before_publication_count_in_every_run(
    computed: Period, agent: User, hr: User
) -> None:
    whose = employee_of(agent)
    adjustment(computed, whose, "80.00", line=True)
    adjustment(computed, whose, "2.50", line=False)
    with pytest.raises(NotReady):
        services.submit(computed.pk, by=hr, at=AFTER)

    for minute in (2, 3):
        run(computed, at=AFTER + timedelta(minutes=minute))

    card = card_of(agent)
    line = card.lines.get()
    assert (line.points, line.adjustment) == (Decimal("80.00"), Decimal("30.00"))
    assert (card.adjusted, card.final) == (Decimal("2.50"), Decimal("82.50"))
    publish(computed, at=AFTER + timedelta(minutes=4))
    assert verify([computed]).differences == []


def test_an_exclusion_approved_later_is_no_difference(
    computed: Period, agent: User, hr: User
) -> None:
    publish(computed)
    ticket = Ticket.objects.filter(agent=employee_of(agent)).earliest("pk")
    Exclusion.objects.create(
        ticket=ticket, cause="outage", state=Decision.APPROVED, reason="系统故障",
        proposed_by=hr, proposed_at=AFTER, decided_by=make_user("hr"),
        decided_at=AFTER + timedelta(days=1),
    )  # fmt: skip

    assert verify([computed]).differences == []


def test_newcomers_have_a_version_of_their_own(department: Department) -> None:
    make_active_version(department, items=[item("frt_mean")])
    gentle = make_active_version(
        department, items=[item("frt_mean", rule_params={"direction": "down", "target": "120"})],
        newcomer_months=3,
    )  # fmt: skip
    newcomer = make_employee(department=department, hired_on=date(2026, 8, 20))
    old_hand = make_employee(department=department, hired_on=date(2024, 8, 20))
    for employee in (newcomer, old_hand):
        make_work(employee, frt=120, score=None)
    period = make_period()

    run(period)

    assert (card_of(newcomer).version, card_of(newcomer).final) == (gentle, Decimal("100.00"))
    assert card_of(old_hand).final == Decimal("50.00")


@pytest.mark.parametrize(
    ("start_day", "counted"), [(1, "60.0000"), (10, "100.0000"), (26, "20.0000")]
)
def test_a_month_that_starts_on_another_day(
    department: Department, agent: User, start_day: int, counted: str
) -> None:
    make_company(month_start_day=start_day)
    make_active_version(department, items=[item("frt_mean")])
    make_work(agent, frt=20, score=None, tickets=1, day=date(2026, 10, 5))
    make_work(agent, frt=100, score=None, tickets=1, day=date(2026, 10, 27))
    period = make_period()

    compute(period.pk, at=datetime(2026, 11, 20, tzinfo=UTC))

    assert str(card_of(agent).lines.get().value) == counted
