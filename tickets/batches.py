"""Batches of tickets from the API: the same checks and the same load as files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError
from kpi_portal.people.models import User
from kpi_portal.people.queries import zone
from tickets.importing import fields, limits, tables
from tickets.importing.agents import AgentBook, DepartmentBook
from tickets.importing.checking import Findings, TicketCheck
from tickets.importing.errors import RowRejected
from tickets.importing.headers import Header
from tickets.importing.loading import People, TicketLoader
from tickets.importing.pipeline import tell_listeners
from tickets.importing.plans import Plan
from tickets.importing.reading import Table
from tickets.importing.reasons import sentence
from tickets.importing.recognise import Recognition
from tickets.models import Batch

NAMES = tuple(
    name
    for name in fields.TICKET_FIELDS
    if name not in ("response_after", "resolved_after", "is_resolved")
)


class KeyReused(Conflict):
    """The same idempotency key came with another body."""

    code = "idempotency_key_reused"


class BatchInvalid(DomainError):
    """The batch as a whole cannot be read."""

    code = "batch_invalid"
    status = 422


def load_batch(
    source: str,
    tickets: Sequence[Any],
    *,
    key: str,
    body_sha256: str,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    """Take up to 10,000 tickets in; the answer of the API. Rejected ones do not stop the others.

    Safe to repeat: the same key with the same body is answered from what was kept.
    Raises KeyReused and BatchInvalid.
    """
    if answer := _kept(by, key, body_sha256):
        return answer
    if len(tickets) > limits.API_ROWS:
        raise BatchInvalid(
            _("A batch holds at most %(limit)s tickets. Send more batches.")
            % {"limit": limits.API_ROWS}
        )
    try:
        with transaction.atomic():
            answer = _load(source, tickets, by, at)
            Batch.objects.create(
                user=by, key=key, body_sha256=body_sha256, answer=answer, received_at=at
            )
    except IntegrityError:
        if answer := _kept(by, key, body_sha256):
            return answer
        raise
    return answer


def _kept(by: User, key: str, body_sha256: str) -> dict[str, Any] | None:
    batch = Batch.objects.filter(user=by, key=key).first()
    if batch is None:
        return None
    if batch.body_sha256 != body_sha256:
        raise KeyReused(
            _("This idempotency key has come with another body. Use a new key for a new batch.")
        )
    answer: dict[str, Any] = batch.answer
    return answer


def _load(source: str, tickets: Sequence[Any], by: User, at: datetime) -> dict[str, Any]:
    tables.lock_loads()
    book, findings = AgentBook(source), Findings()
    check = TicketCheck(_recognition(source), book, findings, at)
    results: list[dict[str, Any]] = []
    rows = []
    for index, ticket in enumerate(tickets):
        try:
            rows.append(_row(check, ticket, index))
            results.append({"index": index, "status": "", "errors": []})
        except RowRejected as refusal:
            results.append(
                {"index": index, "status": "rejected", "errors": [_error(refusal, index)]}
            )
    people = People(book.id_of, DepartmentBook().id_of)
    loader = TicketLoader(source, people, response=False, resolution=False, statuses=True)
    counts = loader.load(map(_reporting, rows))
    statuses = iter(counts.statuses or [])
    for result in results:
        result["status"] = result["status"] or next(statuses)
    tell_listeners(source)
    totals = {
        "rows": len(tickets),
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "rejected": len(tickets) - len(rows),
    }
    record("tickets.batch_loaded", ("tickets.source", source), actor=by, after=totals)
    return {"counts": totals, "results": results}


def _reporting(row: dict[str, Any]) -> dict[str, Any]:
    """A ticket that has the field reports the instant, be it empty."""
    if "first_response_at" in row:
        row["reports_response"] = True
    if "resolved_at" in row:
        row["reports_resolution"] = True
    return row


def _recognition(source: str) -> Recognition:
    """The fields of the API as if they were the columns of a file."""
    plan = Plan(
        kind="tickets", source=source, profile="api", format="json", encoding="utf-8",
        delimiter="", sheet="", header_row=1, columns={name: name for name in NAMES}, values={},
        constants={}, units={}, orders={}, rules=(), timezone=str(zone()), scale=None,
        create_agents=False,
    )  # fmt: skip
    return Recognition(plan, Table("", "json", "utf-8"), Header.of(NAMES))


def _row(check: TicketCheck, ticket: Any, index: int) -> dict[str, Any]:
    """The typed row of one ticket, only with the fields that it gives. Raises RowRejected."""
    if not isinstance(ticket, Mapping):
        raise RowRejected("", "", "not_an_object", {})
    for name, value in ticket.items():
        if name not in NAMES:
            raise RowRejected(str(name)[:100], "", "unknown_field", {})
        if isinstance(value, dict) or (isinstance(value, list) and name != "tags"):
            raise RowRejected(name, "", "not_a_plain_value", {})
    cells = ["" if ticket.get(name) is None else ticket[name] for name in NAMES]
    row = check.mapper(cells)
    return check.checked({name: value for name, value in row.items() if name in ticket}, index)


def _error(refusal: RowRejected, index: int) -> dict[str, str]:
    problem = refusal.at(index)
    return {
        "code": problem.key,
        "field": problem.column,
        "message": sentence(problem.key, index, problem.column, problem.value, problem.params),
    }
