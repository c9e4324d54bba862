"""Writing satisfaction answers."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from kpi_portal.audit.services import record
from kpi_portal.people.models import User
from surveys.importing.loading import AnswerLoader
from surveys.models import Assessment, SatisfactionAnswer, SurveyInvitation
from tickets.importing import tables
from tickets.importing.agents import AgentBook, DepartmentBook
from tickets.importing.loading import Counts, People, Row
from tickets.models import Ticket

MOST_AT_ONCE = 50_000  # assessments looked up in other sources per load


def link_answers(source: str) -> None:
    """Give the answers, invitations and assessments of a source their tickets, and those answers
    and invitations that name nobody their ticket's agent.

    Tickets and what is said about them may come in either order. Safe to run again.
    """
    match = Ticket.objects.filter(source=source, external_id=OuterRef("ticket_external_id"))
    for model in (SatisfactionAnswer, SurveyInvitation, Assessment):
        _link(model, source, match)
    _link_across_sources()
    for model in (SatisfactionAnswer, SurveyInvitation):
        _name_agents(model, source)


def _link(model: Any, source: str, match: QuerySet[Ticket]) -> None:
    rows = model.objects.filter(source=source, ticket__isnull=True).order_by()
    rows.exclude(ticket_external_id="").update(
        ticket_id=Subquery(match.order_by().values("id")[:1])
    )


def _link_across_sources() -> None:
    """Inspections often come from another system: a ticket no. that only one ticket has is its."""
    waiting = Assessment.objects.filter(ticket__isnull=True).exclude(ticket_external_id="")
    numbers = set(waiting.order_by().values_list("ticket_external_id", flat=True)[:MOST_AT_ONCE])
    if not numbers:
        return
    unique = (
        Ticket.objects.filter(external_id__in=numbers)
        .order_by()
        .values("external_id")
        .annotate(count=Count("id"), found=Min("id"))
        .filter(count=1)
    )
    for number, ticket in unique.values_list("external_id", "found"):
        waiting.filter(ticket_external_id=number).update(ticket_id=ticket)


def _name_agents(model: Any, source: str) -> None:
    owner = Ticket.objects.filter(pk=OuterRef("ticket_id")).order_by().values("agent_id")[:1]
    rows = model.objects.filter(source=source).order_by()
    orphans = rows.filter(names_agent=False, ticket__isnull=False)
    differing = Q(agent__isnull=True, ticket__agent__isnull=False) | Q(
        agent__isnull=False, ticket__agent__isnull=True
    )
    changed = orphans.alias(owner=Subquery(owner)).filter(differing | ~Q(agent_id=Subquery(owner)))
    model.objects.filter(pk__in=changed.values("pk")).update(agent_id=Subquery(owner))


@transaction.atomic
def load_answers(
    rows: Iterable[Row],
    source: str,
    *,
    by: User | None = None,
    progress: Callable[[int], None] | None = None,
) -> Counts:
    """Take ready answers in: `external_id`, `answered_at` (aware), at least one of `score` (with
    `scale`), `nps` and `dimensions` (name → score on the same scale), and maybe `ticket` (its
    no.), `agent` (employee no.), `channel`, `comment`, `source_updated_at`.

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
    ready = dict(row)
    scale = row.get("scale")
    if row.get("score") is not None:
        ready["score_e4"] = _e4(row["score"])
    else:
        ready["score_e4"] = ready["scale"] = None
    if "dimensions" in row:
        ready["dimensions"] = {
            name: (_e4(score), int(scale or 0)) for name, score in row["dimensions"].items()
        }
    return ready


def _e4(score: Any) -> int:
    return int((Decimal(str(score)) * 10_000).to_integral_value())
