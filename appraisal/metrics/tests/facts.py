"""Tickets, answers and orders for the tests of metrics, written as a loader would write them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from kpi_portal.core.time import Window
from kpi_portal.people.models import Assignment, Department, Employee
from surveys.models import SatisfactionAnswer
from tickets.models import OrderVolume, Ticket

START = datetime(2026, 9, 30, 16, tzinfo=UTC)  # 1 October in Shanghai
END = datetime(2026, 10, 31, 16, tzinfo=UTC)
OCTOBER = Window(START, END)
CUTOFF = END + timedelta(days=3)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

numbers = count(1)


def make_agent(number: str = "E1", **fields: Any) -> Employee:
    found, _made = Employee.objects.get_or_create(
        number=number, defaults={"name": number} | fields
    )
    return found


def make_department(code: str = "D1") -> Department:
    return Department.objects.get_or_create(code=code, defaults={"name": code})[0]


def assign(
    agent: Employee, department: Department, start: date = date(2026, 1, 1), end: Any = None
) -> None:
    Assignment.objects.create(employee=agent, department=department, start_on=start, end_on=end)


def new_ticket(created_at: datetime = START, **fields: Any) -> Ticket:
    """An unsaved ticket with what the loader derives: owner, whole seconds, promise kept."""
    ticket = Ticket(
        **{"source": "test", "external_id": str(next(numbers))} | fields, created_at=created_at
    )
    ticket.first_owner_id = ticket.first_agent_id or ticket.agent_id
    ticket.frt_s = _seconds(created_at, ticket.first_response_at)
    ticket.full_s = _seconds(created_at, ticket.resolved_at)
    ticket.active_s = _seconds(ticket.first_response_at, ticket.resolved_at)
    if ticket.resolved_at and ticket.promised_at:
        ticket.promise_met = ticket.resolved_at <= ticket.promised_at
    return ticket


def make_ticket(created_at: datetime = START, **fields: Any) -> Ticket:
    ticket = new_ticket(created_at, **fields)
    ticket.save()
    return ticket


def make_answer(
    agent: Employee | None,
    score_e4: int,
    scale: int = 5,
    answered_at: datetime = START,
    **fields: Any,
) -> SatisfactionAnswer:
    return SatisfactionAnswer.objects.create(
        source="test",
        external_id=str(next(numbers)),
        agent=agent,
        score_e4=score_e4,
        scale=scale,
        answered_at=answered_at,
        **fields,
    )


def make_orders(
    department: Department,
    orders: int,
    agent: Employee | None = None,
    day: date = date(2026, 10, 5),
) -> None:
    OrderVolume.objects.create(day=day, department=department, agent=agent, orders=orders)


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None or end < start:
        return None
    return int((end - start).total_seconds())
