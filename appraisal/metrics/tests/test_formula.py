"""Formulas over indicators: operands measured together, nothing out of nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from appraisal.metrics import Measurement, collect, measure_company, parse_argument, request
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.tests.facts import (
    CUTOFF,
    DAY,
    OCTOBER,
    START,
    assign,
    make_agent,
    make_department,
    make_orders,
    make_ticket,
)
from appraisal.models import Indicator
from surveys.tests.judgements import make_recorded

pytestmark = pytest.mark.django_db


def indicator(code: str, metric: str, **params: str) -> None:
    Indicator.objects.create(code=code, name=code, metric=metric, params=params)


def measured(expression: str, **params: str) -> Mapping[int, Measurement]:
    asked = request("formula", {"expression": expression, **params})
    return collect([asked], OCTOBER, CUTOFF)[asked]


def resolved(agent: Any, number: int, **fields: Any) -> None:
    for _ in range(number):
        make_ticket(agent=agent, resolved_at=START + DAY, **fields)


def test_a_formula_counts_with_the_values_of_its_indicators() -> None:
    agent, north = make_agent(), make_department()
    assign(agent, north)
    resolved(agent, 3, kind="complaint", department=north)
    resolved(agent, 4, kind="inquiry", department=north)
    indicator("complaints", "volume", kind="complaint")
    indicator("all-tickets", "volume")
    indicator("attendance", "recorded", item="attendance")
    make_recorded(agent, 96)

    # a hyphen is a minus: codes with hyphens cannot stand in formulas
    indicator("tickets", "volume")
    found = measured("complaints / tickets * 100")[agent.pk]
    assert (str(found.value), found.sample, found.denominator) == ("42.8571", 3, 1)
    assert str(measured("(complaints + 1) * 2 - attendance / 3")[agent.pk].value) == "-24.0000"
    asked = request("formula", {"expression": "complaints / tickets", "level": "department"})
    assert str(collect([asked], OCTOBER, CUTOFF)[asked][north.pk].value) == "0.4286"
    assert str(measure_company([asked], OCTOBER, CUTOFF)[asked].value) == "0.4286"


def test_a_missing_operand_and_a_division_by_zero_are_no_score() -> None:
    agent, other, north = make_agent("E1"), make_agent("E2"), make_department()
    resolved(agent, 2)
    resolved(other, 2, kind="complaint")
    indicator("tickets", "volume")
    indicator("complaints", "volume", kind="complaint")
    indicator("zero", "recorded", item="zero")
    make_recorded(agent, 0, item="zero")
    make_orders(north, 5)

    assert measured("complaints / tickets")[agent.pk].value is None
    assert measured("complaints / tickets")[other.pk].value == 1
    assert measured("tickets / zero")[agent.pk].value is None
    assert measured("tickets / nobody_knows_it")[agent.pk].value is None


def test_formulas_build_upon_formulas_but_not_upon_themselves() -> None:
    agent = make_agent()
    resolved(agent, 4)
    indicator("tickets", "volume")
    indicator("half", "formula", expression="tickets / 2")
    indicator("one", "formula", expression="two + tickets")
    indicator("two", "formula", expression="one + tickets")

    assert measured("half * 3")[agent.pk].value == 6
    assert measured("one + tickets")[agent.pk].value is None


def test_a_department_line_stays_one() -> None:
    agent, north = make_agent(), make_department()
    assign(agent, north)
    make_orders(north, 50)
    make_ticket(agent=agent, kind="complaint", department=north)
    indicator("complaint_rate", "complaint_rate")

    found = measured("complaint_rate / 2")[agent.pk]

    assert found.value == 1 and found.is_department_line


@pytest.mark.parametrize(
    "argument",
    [
        "formula",
        "formula?expression=1%2B",
        "formula?expression=a.b",
        "formula?expression=a&unit=x",
    ],
)
def test_a_wrong_formula_is_refused(argument: str) -> None:
    with pytest.raises(BadMetric):
        parse_argument(argument)


def test_a_formula_reads_back_as_an_argument() -> None:
    asked = request("formula", {"expression": "a / (b + 1) * 100", "unit": "percent"})

    assert parse_argument(asked.argument) == asked
