"""Writing satisfaction answers."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from kpi_portal.audit.services import record
from kpi_portal.people.models import User
from surveys.importing.loading import AnswerLoader
from surveys.models import SatisfactionAnswer
from tickets.importing import tables
from tickets.importing.agents import AgentBook, DepartmentBook
from tickets.importing.loading import Counts, People, Row
from tickets.models import Ticket


def link_answers(source: str) -> None:
    """Give the answers of a source their tickets, and those that name nobody their ticket's agent.

    Tickets and answers may come in either order. Safe to run again.
    """
    answers = SatisfactionAnswer.objects.filter(source=source).order_by()
    match = Ticket.objects.filter(source=source, external_id=OuterRef("ticket_external_id"))
    answers.filter(ticket__isnull=True).exclude(ticket_external_id="").update(
        ticket_id=Subquery(match.order_by().values("id")[:1])
    )
    owner = Ticket.objects.filter(pk=OuterRef("ticket_id")).order_by().values("agent_id")[:1]
    orphans = answers.filter(names_agent=False, ticket__isnull=False)
    differing = Q(agent__isnull=True, ticket__agent__isnull=False) | Q(
        agent__isnull=False, ticket__agent__isnull=True
    )
    changed = orphans.alias(owner=Subquery(owner)).filter(differing | ~Q(agent_id=Subquery(owner)))
    SatisfactionAnswer.objects.filter(pk__in=changed.values("pk")).update(agent_id=Subquery(owner))


@transaction.atomic
def load_answers(
    rows: Iterable[Row],
    source: str,
    *,
    by: User | None = None,
    progress: Callable[[int], None] | None = None,
) -> Counts:
    """Take ready answers in: `external_id`, `score`, `scale`, `answered_at` (aware), and maybe
    `ticket` (its no.), `agent` (employee no.), `channel`, `comment`, `source_updated_at`.

    Idempotent by (source, external_id). Raises KeyError for an agent that is not known.
    """
    tables.lock_loads()
    book = AgentBook(source)
    people = People(book.id_of, DepartmentBook().id_of)
    counts = AnswerLoader(source, people).load(map(_ready, rows), progress)
    link_answers(source)
    if counts.created or counts.updated:
        record(
            "answers.loaded",
            ("surveys.source", source),
            actor=by,
            after={"created": counts.created, "updated": counts.updated},
        )
    return counts


def _ready(row: Row) -> dict[str, Any]:
    score = Decimal(str(row["score"])) * 10_000
    return {**row, "score_e4": int(score.to_integral_value())}
