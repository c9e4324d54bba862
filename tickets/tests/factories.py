"""Tickets and orders for tests. Everything has a sensible default; pass what the test is about."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from kpi_portal.people.models import Department, Employee
from kpi_portal.people.tests.factories import make_department
from tickets.importing.derive import stored_seconds
from tickets.models import OrderVolume, Ticket

CREATED = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)
DAY = date(2026, 10, 12)

_numbers = count(1)


def make_ticket(
    agent: Employee | None = None,
    *,
    created_at: datetime = CREATED,
    frt: int | None = None,
    full: int | None = None,
    **fields: Any,
) -> Ticket:
    """A ticket of `agent`. `frt` and `full`: seconds from creation to first response, resolution.

    Stored seconds, first owner and status are what the loader would write.
    """
    fields.setdefault("source", "test")
    fields.setdefault("external_id", f"T{next(_numbers):06}")
    if frt is not None:
        fields.setdefault("first_response_at", created_at + timedelta(seconds=frt))
    if full is not None:
        fields.setdefault("resolved_at", created_at + timedelta(seconds=full))
    done = fields.get("resolved_at") is not None
    fields.setdefault("status", Ticket.Status.RESOLVED if done else Ticket.Status.OPEN)
    fields.setdefault("first_owner", fields.get("first_agent") or agent)
    fields = {**stored_seconds({"created_at": created_at, **fields}), **fields}
    return Ticket.objects.create(agent=agent, created_at=created_at, **fields)


def make_orders(
    department: Department | None = None,
    day: date = DAY,
    orders: int = 100,
    **fields: Any,
) -> OrderVolume:
    """The orders of one day and department."""
    return OrderVolume.objects.create(
        department=department or make_department(), day=day, orders=orders, **fields
    )
