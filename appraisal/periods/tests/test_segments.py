"""A transfer or a change of scheme splits the period; each part is scored under its own scheme."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from appraisal.models import Scorecard
from appraisal.periods import services
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
from kpi_portal.people.models import Department, Employee
from kpi_portal.people.tests.factories import make_assignment, make_employee, make_user
from tickets.models import OrderVolume
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db

FRT = [
    {"metric": "frt_mean", "rule_params": {"direction": "down", "target": "60"}, "weight": "100"}
]
STRICT = [
    {"metric": "frt_mean", "rule_params": {"direction": "down", "target": "30"}, "weight": "100"}
]
MOVED = date(2026, 10, 19)


@pytest.fixture
def mover(department: Department, other_department: Department) -> Employee:
    """In one department until the 18th, in another one from then on."""
    employee = make_employee()
    make_assignment(employee, department, end_on=MOVED)
    make_assignment(employee, other_department, start_on=MOVED)
    make_work(employee, frt=120, score=None, day=date(2026, 10, 12))
    make_work(employee, frt=40, score=None, day=date(2026, 10, 26))
    return employee


def test_each_part_is_scored_on_its_own_records_under_its_own_scheme(
    mover: Employee, department: Department, other_department: Department
) -> None:
    first = make_active_version(department, items=FRT)
    second = make_active_version(other_department, items=STRICT, min_days=5)
    period = make_period()

    run(period)

    card = card_of(mover)
    before, after = card.segments.all()
    assert (before.version, before.start_on, before.end_on) == (first, date(2026, 10, 1), MOVED)
    assert (after.version, after.start_on, after.end_on) == (second, MOVED, date(2026, 11, 1))
    assert (before.final, after.final) == (Decimal("50.00"), Decimal("75.00"))
    assert (before.working_days, after.working_days) == (12, 10)
    assert [(line.segment, line.value) for line in card.lines.all()] == [
        (1, Decimal("120.0000")),
        (2, Decimal("40.0000")),
    ]
    # (50.00 × 12 + 75.00 × 10) ÷ 22
    assert (card.final, card.subtotal, card.version) == (Decimal("61.36"), None, second)
    assert (card.department, card.working_days) == (other_department, 22)


def test_a_part_with_too_few_days_joins_the_longer_one(
    mover: Employee, department: Department, other_department: Department
) -> None:
    make_active_version(department, items=FRT, min_days=13)
    version = make_active_version(other_department, items=STRICT, min_days=5)
    period = make_period()

    run(period)

    card = card_of(mover)
    assert not card.segments.exists()
    assert (card.version, card.working_days) == (version, 22)
    assert card.lines.get().value == Decimal("80.0000")


def test_days_under_no_scheme_count_in_no_part(
    mover: Employee, other_department: Department
) -> None:
    make_active_version(other_department, items=STRICT)
    period = make_period()

    run(period)

    card = card_of(mover)
    segment = card.segments.get()
    assert (segment.start_on, card.working_days, card.final) == (MOVED, 10, Decimal("75.00"))


def test_a_change_of_supervisor_alone_splits_nothing(department: Department) -> None:
    make_active_version(department, items=FRT)
    chief = make_employee(department=department)
    employee = make_employee()
    make_assignment(employee, department, end_on=MOVED)
    make_assignment(employee, department, start_on=MOVED, supervisor=chief)
    make_work(employee, frt=60, score=None)
    period = make_period()

    run(period)

    card = card_of(employee)
    assert not card.segments.exists()
    assert card.supervisor == chief


def test_a_scheme_that_changes_inside_a_quarter_splits_it(department: Department) -> None:
    old = make_active_version(department, items=FRT, cycle="quarter")
    type(old).objects.filter(pk=old.pk).update(state="retired", effective_to=date(2026, 11, 1))
    new = make_active_version(
        department, items=STRICT, cycle="quarter", scheme=old.scheme,
        effective_from=date(2026, 11, 1),
    )  # fmt: skip
    employee = make_employee(department=department)
    make_work(employee, frt=120, score=None, day=date(2026, 10, 12))
    make_work(employee, frt=40, score=None, day=date(2026, 12, 14))
    period = make_period("2026-Q4")

    run(period, at=datetime(2027, 1, 10, tzinfo=UTC))

    card = card_of(employee)
    assert [(each.version, each.final) for each in card.segments.all()] == [
        (old, Decimal("50.00")),
        (new, Decimal("75.00")),
    ]


def test_a_split_card_is_published_verified_and_never_changed(
    mover: Employee, department: Department, other_department: Department
) -> None:
    make_active_version(department, items=FRT)
    make_active_version(other_department, items=STRICT)
    period = make_period()
    run(period)
    publish(period)

    result = verify([period])

    assert (result.cards, result.differences) == (Scorecard.objects.count(), [])
    with pytest.raises(Exception, match="published scorecard never changes"):
        card_of(mover).segments.update(final=Decimal(100))


def test_running_a_split_period_again_changes_nothing(
    mover: Employee, department: Department, other_department: Department
) -> None:
    make_active_version(department, items=FRT)
    make_active_version(other_department, items=STRICT)
    period = make_period()
    run(period)

    assert run(period).differences == 0
    assert services.submit(period.pk, by=make_user("hr"), at=AFTER).state == "in_review"


def test_a_departments_line_is_that_of_the_department_of_the_part(
    mover: Employee, department: Department, other_department: Department
) -> None:
    """The short stay joins the longer one, although the employee ends in the other department."""
    rate = {
        "metric": "complaint_rate",
        "rule_params": {"direction": "down", "target": "5"},
        "weight": "100",
    }
    make_active_version(department, items=[rate], min_days=11)
    make_active_version(other_department, items=[rate], min_days=11)
    for place, orders in ((department, 100), (other_department, 400)):
        OrderVolume.objects.create(day=date(2026, 10, 12), department=place, orders=orders)
        worker = make_employee()
        make_assignment(worker, place)
        make_ticket(worker, kind="complaint", created_at=datetime(2026, 10, 12, 2, tzinfo=UTC))
    period = make_period()
    run(period)
    publish(period)

    card = card_of(mover)
    line = card.lines.get()

    assert (card.department, line.is_department_line) == (department, True)
    assert (line.numerator, line.denominator) == ("1", "100")
    assert verify([period]).differences == []
