"""Departments' own cards: scored and published with everybody's, feeding the coefficient."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from appraisal.models import DepartmentCard, Scheme
from appraisal.scorecards.verify import verify
from appraisal.scoring import DEFAULT_COEFFICIENTS
from appraisal.tests.factories import (
    card_of,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_employee

pytestmark = pytest.mark.django_db

FRT = [
    {"metric": "frt_mean", "rule_params": {"direction": "down", "target": "60"}, "weight": "100"}
]


def make_team_version(department: Department, items: Sequence[Any] = FRT, **fields: Any) -> Any:
    scheme = Scheme.objects.create(
        key="team", name="团队目标", cycle="month", subject=Scheme.Subject.DEPARTMENT
    )
    return make_active_version(department, items=items, scheme=scheme, **fields)


def test_a_department_is_scored_on_the_records_of_all_its_people(
    agent: User, outsider: User, department: Department, other_department: Department
) -> None:
    make_active_version(department, other_department, items=FRT)
    version = make_team_version(department)
    make_work(agent, frt=60, score=None)
    make_work(outsider, frt=600, score=None)
    make_work(make_employee(department=department), frt=90, score=None)
    period = make_period()

    result = run(period)

    card = DepartmentCard.objects.get()
    assert (result.department_cards, card.department, card.version) == (1, department, version)
    line = card.lines.get()
    assert (line.value, line.is_department_line) == (Decimal("75.0000"), True)
    assert (card.final, card.status) == (Decimal("80.00"), "scored")


@pytest.mark.parametrize(
    ("frt", "coefficient"), [(60, "1.10"), (66, "1.05"), (80, "1.00"), (95, "0.95"), (240, "0.90")]
)
def test_its_final_sets_the_coefficient_of_its_people(
    agent: User, department: Department, frt: int, coefficient: str
) -> None:
    make_active_version(
        department, items=FRT, coefficient_mode="table", maximum=Decimal(120),
        coefficient_table=[dict(row) for row in DEFAULT_COEFFICIENTS],
    )  # fmt: skip
    make_team_version(department)
    make_work(agent, frt=frt, score=None)
    period = make_period()

    run(period)

    card = card_of(agent)
    assert card.subtotal is not None
    assert card.coefficient == Decimal(coefficient)
    assert card.final == round(card.subtotal * Decimal(coefficient), 2)


def test_a_department_without_data_has_one(agent: User, department: Department) -> None:
    make_active_version(department, coefficient_mode="table")
    csat = [{"metric": "csat_mean", "weight": "100",
             "rule_params": {"direction": "up", "target": "90"}}]  # fmt: skip
    make_team_version(department, csat)
    make_work(agent, frt=60, score=None)
    period = make_period()

    run(period)

    assert DepartmentCard.objects.get().status == "insufficient"
    assert card_of(agent).coefficient == Decimal("1.00")


def test_it_is_published_frozen_and_verified_with_the_period(
    agent: User, department: Department
) -> None:
    make_active_version(department, items=FRT)
    make_team_version(department)
    make_work(agent, frt=60, score=None)
    period = make_period()
    run(period)
    assert run(period).differences == 0

    publish(period)

    card = DepartmentCard.objects.get()
    assert card.is_frozen
    result = verify([period])
    assert (result.department_cards, result.differences) == (1, [])
    with pytest.raises(Exception, match="department scorecard never changes"):
        DepartmentCard.objects.update(final=Decimal(1))
