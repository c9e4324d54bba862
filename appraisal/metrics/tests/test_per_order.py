"""Complaints per order: never one's complaints over another's orders."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from appraisal.metrics import Measurement, collect, measure_company, parse_argument, records
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

pytestmark = pytest.mark.django_db
RATE = parse_argument("complaint_rate")


def rates(text: str = "complaint_rate", cutoff: Any = CUTOFF) -> dict[int, Measurement]:
    request = parse_argument(text)
    return collect([request], OCTOBER, cutoff)[request]


def test_orders_with_an_agent_give_the_agents_own_rate() -> None:
    agent, department = make_agent(), make_department()
    assign(agent, department)
    make_orders(department, 200, agent)
    make_ticket(START, agent=agent, kind="complaint")
    make_ticket(START, agent=agent, kind="inquiry")

    assert rates()[agent.pk] == (Decimal("0.5000"), 1, 200, 200, {}, False, None)


def test_orders_without_an_agent_give_a_department_line_to_everybody_in_it() -> None:
    one, other, department = make_agent("E1"), make_agent("E2"), make_department()
    for agent in (one, other):
        assign(agent, department)
    make_orders(department, 1000)
    make_ticket(START, agent=one, kind="complaint")
    make_ticket(START, agent=None, department=department, kind="complaint")

    found = rates()

    assert found[one.pk] == found[other.pk] == (Decimal("0.2000"), 2, 1000, 1000, {}, True, None)


def test_without_own_orders_where_orders_carry_agents_there_is_no_rate() -> None:
    seller, other, department = make_agent("E1"), make_agent("E2"), make_department()
    for agent in (seller, other):
        assign(agent, department)
    make_orders(department, 100, seller)
    make_ticket(START, agent=other, kind="complaint")

    found = rates()

    assert found[other.pk] == (None, 0, 0, 0, {}, False, None)
    assert found[seller.pk].numerator == 0


def test_complaints_without_any_orders_have_no_rate() -> None:
    agent = make_agent()
    make_ticket(START, agent=agent, kind="complaint")

    assert rates() == {agent.pk: (None, 0, 0, 0, {}, False, None)}


def test_a_department_is_measured_by_its_own_complaints_and_orders() -> None:
    agent, one, other = make_agent(), make_department("D1"), make_department("D2")
    assign(agent, one, end=date(2026, 10, 10))
    assign(agent, other, start=date(2026, 10, 10))
    make_orders(one, 100)
    make_orders(other, 50)
    make_ticket(START + 8 * DAY, agent=agent, kind="complaint")
    make_ticket(START + 9 * DAY, agent=agent, kind="complaint")

    found = rates("complaint_rate?level=department")

    assert found[one.pk][:3] == (Decimal("1.0000"), 1, 100)
    assert found[other.pk][:3] == (Decimal("2.0000"), 1, 50)
    assert rates()[agent.pk][:3] == (Decimal("2.0000"), 1, 50)
    assert measure_company([RATE], OCTOBER, CUTOFF)[RATE][:3] == (Decimal("1.3333"), 2, 150)


def test_days_not_over_at_the_cutoff_have_no_orders_yet() -> None:
    agent, department = make_agent(), make_department()
    make_orders(department, 10, agent, date(2026, 10, 4))
    make_orders(department, 20, agent, date(2026, 10, 5))

    assert rates(cutoff=START + 4 * DAY)[agent.pk].denominator == 10
    assert rates()[agent.pk].denominator == 30


def test_filters_narrow_the_complaints() -> None:
    agent, department = make_agent(), make_department()
    make_orders(department, 10, agent)
    make_ticket(START, agent=agent, kind="complaint", channel="chat")
    make_ticket(START, agent=agent, kind="complaint", channel="hotline")

    assert rates("complaint_rate?channel=chat")[agent.pk].numerator == 1


def test_complaints_and_orders_are_listed() -> None:
    agent, department = make_agent(), make_department()
    assign(agent, department)
    make_orders(department, 10, agent)
    make_ticket(START, agent=agent, kind="complaint")

    behind = records(RATE, agent.pk, OCTOBER, CUTOFF)

    assert behind.counted.count() == 1
    assert behind.orders is not None and behind.orders.count() == 1
