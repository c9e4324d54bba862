"""Quarter and year: from the records, from the published parts, or a share of each."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from appraisal.models import DepartmentCard, Scheme, Scorecard
from appraisal.periods import reopening
from appraisal.periods.rollups import PartsMissing, scored_parts
from appraisal.scorecards.services import revise
from appraisal.scorecards.verify import verify
from appraisal.tests.factories import (
    card_of,
    employee_of,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_user

pytestmark = pytest.mark.django_db

FRT = [
    {"metric": "frt_mean", "rule_params": {"direction": "down", "target": "60"}, "weight": "100"}
]
MONTHS = ("2026-10", "2026-11", "2026-12")
AFTER = datetime(2027, 1, 12, 1, tzinfo=UTC)


def make_months(agent: User, *frts: int) -> None:
    """The months of the fourth quarter, published; one of each first response time."""
    for code, frt in zip(MONTHS, frts, strict=False):
        day = date(2026, int(code[5:]), 12)
        make_work(agent, frt=frt, score=None, day=day)
        period = make_period(code)
        run(period, at=AFTER)
        publish(period, at=AFTER)


def make_quarter(department: Department, **fields: Any) -> Any:
    make_active_version(department, items=FRT, cycle="quarter", **fields)
    return make_period("2026-Q4")


def test_a_recomputed_quarter_is_over_all_its_records(agent: User, department: Department) -> None:
    make_active_version(department, items=FRT)
    make_months(agent, 60, 120, 240)
    quarter = make_quarter(department)

    run(quarter, at=AFTER)

    card = card_of(agent, quarter)
    assert (card.final, card.rollup) == (Decimal("42.86"), {})


def test_an_average_is_of_the_published_months(agent: User, department: Department) -> None:
    make_active_version(department, items=FRT)
    make_months(agent, 60, 120, 240)
    quarter = make_quarter(department, rollup="average")

    run(quarter, at=AFTER)

    card = card_of(agent, quarter)
    assert card.final == Decimal("58.33")
    assert card.rollup["recomputed"] == "42.86"
    assert [(part["period"], part["final"]) for part in card.rollup["parts"]] == [
        ("2026-10", "100.00"), ("2026-11", "50.00"), ("2026-12", "25.00"),
    ]  # fmt: skip
    publish(quarter, at=AFTER)
    assert verify([quarter]).differences == []


def test_a_blend_takes_a_share_of_each(agent: User, department: Department) -> None:
    make_active_version(department, items=FRT)
    make_months(agent, 60, 120, 240)
    quarter = make_quarter(department, rollup="blend", blend_share=Decimal(40))

    run(quarter, at=AFTER)

    assert card_of(agent, quarter).final == Decimal("52.14")


def test_it_waits_until_every_part_is_published(agent: User, department: Department) -> None:
    make_active_version(department, items=FRT)
    make_months(agent, 60)
    quarter = make_quarter(department, rollup="average")

    with pytest.raises(PartsMissing, match=r"2026-11.2026-12"):
        run(quarter, at=AFTER)


def test_a_coefficient_is_not_applied_twice(agent: User, department: Department) -> None:
    make_active_version(department, items=FRT, coefficient_mode="table", maximum=Decimal(120))
    make_months(agent, 60, 60, 60)
    Scorecard.objects.filter(frozen_at=None).update(coefficient=1)
    quarter = make_quarter(
        department, rollup="average", coefficient_mode="table", maximum=Decimal(120)
    )

    run(quarter, at=AFTER)

    month = card_of(agent, make_period("2026-10"))
    assert card_of(agent, quarter).final == month.final


def test_a_revised_month_gives_a_published_quarter_a_revision(
    agent: User, department: Department, hr: User, hr_lead: User
) -> None:
    make_active_version(department, items=FRT)
    make_months(agent, 60, 120, 240)
    quarter = make_quarter(department, rollup="average")
    run(quarter, at=AFTER)
    publish(quarter, at=AFTER)
    month = card_of(agent, make_period("2026-12"))

    revise(
        month, line_points={month.lines.get().pk: Decimal("55.00")}, reason="申诉",
        origin="appeal:A-1", proposed_by=hr, approved_by=hr_lead, at=AFTER,
    )  # fmt: skip

    card = card_of(agent, quarter)
    assert (card.revision, card.final, card.origin) == (2, Decimal("68.33"), "part:2026-12")
    assert verify([quarter]).differences == []


def test_late_records_of_a_month_flow_into_the_average(
    agent: User, department: Department
) -> None:
    make_active_version(department, items=FRT)
    make_months(agent, 60, 120, 240)
    quarter = make_quarter(department, rollup="average")
    run(quarter, at=AFTER)
    publish(quarter, at=AFTER)
    december = make_period("2026-12")
    make_work(employee_of(agent), frt=60, score=None, day=date(2026, 12, 20), tickets=3)
    asked = reopening.request(december.pk, reason="晚到", by=make_user("hr"), at=AFTER)
    reopening.agree(asked.pk, by=make_user("hr_lead"), at=AFTER)
    reopening.approve(asked.pk, by=make_user("committee"), at=AFTER)

    run(december, at=AFTER)
    publish(december, at=AFTER)

    assert card_of(agent, december).final == Decimal("40.00")
    assert card_of(agent, quarter).final == Decimal("63.33")


def test_a_year_is_made_of_quarters_where_they_are_scored(department: Department) -> None:
    make_active_version(department, items=FRT)
    make_active_version(department, items=FRT, cycle="quarter", effective_from=date(2026, 7, 1))
    year = make_period("2026")

    assert scored_parts(year, "agent") == [
        "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-Q3", "2026-Q4",
    ]  # fmt: skip


def test_a_departments_quarter_follows_its_months(agent: User, department: Department) -> None:
    make_active_version(department, items=FRT)
    make_active_version(department, items=FRT, cycle="quarter")
    for cycle in ("month", "quarter"):
        scheme = Scheme.objects.create(
            key=f"team-{cycle}", name="团队目标", cycle=cycle, subject=Scheme.Subject.DEPARTMENT
        )
        rollup = "average" if cycle == "quarter" else "recompute"
        make_active_version(department, items=FRT, scheme=scheme, rollup=rollup)
    make_months(agent, 60, 120, 240)
    quarter = make_period("2026-Q4")
    run(quarter, at=AFTER)
    publish(quarter, at=AFTER)
    december = make_period("2026-12")
    make_work(employee_of(agent), frt=60, score=None, day=date(2026, 12, 20), tickets=3)
    asked = reopening.request(december.pk, reason="晚到", by=make_user("hr"), at=AFTER)
    reopening.agree(asked.pk, by=make_user("hr_lead"), at=AFTER)
    reopening.approve(asked.pk, by=make_user("committee"), at=AFTER)

    run(december, at=AFTER)
    publish(december, at=AFTER)

    first, second = DepartmentCard.objects.filter(period=quarter).order_by("revision")
    assert (first.final, second.final) == (Decimal("58.33"), Decimal("63.33"))
    assert (first.is_current, second.is_current, second.is_frozen) == (False, True, True)
    assert [each for each in verify([quarter]).differences if each.source != "records"] == []
