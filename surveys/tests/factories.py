"""Satisfaction answers for tests."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from kpi_portal.people.models import Employee
from surveys.models import SatisfactionAnswer
from tickets.models import Ticket

ANSWERED = datetime(2026, 10, 13, 2, 0, tzinfo=UTC)

_numbers = count(1)


def make_answer(
    agent: Employee | None = None,
    *,
    score: Decimal | int | str = 5,
    scale: int = 5,
    ticket: Ticket | None = None,
    answered_at: datetime = ANSWERED,
    **fields: Any,
) -> SatisfactionAnswer:
    """An answer of `score` on `scale`; without `agent` it belongs to its ticket's."""
    fields.setdefault("source", ticket.source if ticket else "test")
    fields.setdefault("external_id", f"A{next(_numbers):06}")
    fields.setdefault("ticket_external_id", ticket.external_id if ticket else "")
    fields.setdefault("names_agent", agent is not None)
    if agent is None and ticket is not None:
        agent = ticket.agent
    return SatisfactionAnswer.objects.create(
        agent=agent,
        ticket=ticket,
        score_e4=int(Decimal(score) * 10_000),
        scale=scale,
        answered_at=answered_at,
        **fields,
    )
