"""Fourth step: rows into tickets, as one idempotent upsert. Runs in the caller's transaction.

Per batch the stored versions are read once, compared in Python and written back in bulk, so
that both databases give the same result and a dry run counts what the load would do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from kpi_portal.people.models import User
from tickets.importing import limits, tables
from tickets.importing.customers import sealed
from tickets.importing.derive import HELPERS, WRITES, stored_seconds
from tickets.importing.plans import Plan
from tickets.importing.profiles import is_log
from tickets.models import Ticket

Row = Mapping[str, Any]

# Every column that the loader writes, with what a new ticket has where its source is silent.
DEFAULTS: dict[str, Any] = {
    "source": "",
    "external_id": "",
    "kind": "other",
    "channel": "other",
    "service_type": "",
    "category": "",
    "sub_category": "",
    "priority": "",
    "tags": (),
    "customer_hash": "",
    "customer_mask": "",
    "order_ref": "",
    "agent_id": None,
    "first_agent_id": None,
    "first_owner_id": None,
    "department_id": None,
    "status": "unknown",
    "created_at": None,
    "first_response_at": None,
    "resolved_at": None,
    "last_resolved_at": None,
    "solution_given_at": None,
    "closed_at": None,
    "promised_at": None,
    "appointment_at": None,
    "arrived_at": None,
    "source_updated_at": None,
    "owner_version_at": None,
    "handle_seconds": None,
    "contacts": None,
    "transfers": None,
    "reopens": None,
    "escalated": None,
    "first_contact": None,
    "service_error": None,
    "accepted": None,
    "complexity": "",
    "knowledge_article": None,
    "rework_of": None,
    "root_cause": "",
    "root_cause_confirmed": None,
    "suggestion_adopted": None,
    "frt_s": None,
    "active_s": None,
    "full_s": None,
    "promise_met": None,
    "reports_response": False,
    "reports_resolution": False,
    "last_import_id": None,
}
COLUMNS = tuple(DEFAULTS)
RENAMED = {"order": "order_ref", "agent": "agent_id", "first_agent": "first_agent_id",
           "department": "department_id"}  # fmt: skip
# Fields of rows that are not columns of the same name.
TRANSLATED = frozenset({*RENAMED, "customer", *HELPERS})


@dataclass(slots=True)
class Counts:
    """How many rows were new, changed and unchanged. `statuses`: one per row, where asked for."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    statuses: list[str] | None = None

    def add(self, status: str) -> None:
        setattr(self, status, getattr(self, status) + 1)
        if self.statuses is not None:
            self.statuses.append(status)


@dataclass(frozen=True, slots=True)
class People:
    """How texts become ids: agents (text is known), departments (None if unknown); and `by` whom
    the load is asked for, None for a command.
    """

    agent: Callable[[str], int | None]
    department: Callable[[str], int | None]
    by: User | None = None


def reported(plan: Plan) -> tuple[bool, bool]:
    """Whether the file reports first responses and resolutions at all."""
    given = set(plan.reads)
    for rule in plan.rules:
        given.update(WRITES[rule])
    if is_log(plan.profile) and given & {"event_state", "status"}:
        return True, True
    return "first_response_at" in given, "resolved_at" in given


class TicketLoader:
    """Loads rows of one source.

    `response`, `resolution`: whether the source reports first responses and resolutions.
    With `dry` nothing is written and new agents need not exist.
    """

    def __init__(
        self,
        source: str,
        people: People,
        *,
        response: bool,
        resolution: bool,
        import_id: int | None = None,
        dry: bool = False,
        statuses: bool = False,
    ) -> None:
        self.source, self.people, self.import_id, self.dry = source, people, import_id, dry
        self.reports = {"reports_response": response, "reports_resolution": resolution}
        self.counts = Counts(statuses=[] if statuses else None)
        self._is_new_source = not Ticket.objects.filter(source=source).exists()

    def load(self, rows: Iterable[Row], progress: Callable[[int], None] | None = None) -> Counts:
        """Take all rows in, batch by batch. Ids must be unique among them."""
        iterator, done = iter(rows), 0
        while batch := list(islice(iterator, limits.BATCH_ROWS)):
            self._load_batch(batch)
            done += len(batch)
            if progress is not None:
                progress(done)
        return self.counts

    def _load_batch(self, batch: Sequence[Row]) -> None:
        stored: dict[str, dict[str, Any]] = {}
        if not self._is_new_source:
            ids = [row["external_id"] for row in batch]
            stored = tables.existing(Ticket, self.source, ids, COLUMNS)
        new: list[list[Any]] = []
        changed: list[tuple[int, dict[str, Any]]] = []
        for row in batch:
            values = self.columns_of(row)
            old = stored.get(row["external_id"])
            if old is None:
                new.append(self._new(values))
                self.counts.add("created")
                continue
            status, changes = merged(old, values)
            self.counts.add(status)
            if changes:
                changed.append((old["id"], {**changes, "last_import_id": self.import_id}))
        if not self.dry:
            tables.insert(Ticket, COLUMNS, new)
            tables.update(Ticket, changed)

    def columns_of(self, row: Row) -> dict[str, Any]:
        """The columns that a row gives: only those, so that the others stay as they are."""
        values: dict[str, Any] = {}
        for name, value in row.items():
            if name not in TRANSLATED:
                values[name] = value
            elif name == "customer":
                values["customer_hash"], values["customer_mask"] = sealed(value or "")
            elif name in ("agent", "first_agent"):
                values[RENAMED[name]] = self.people.agent(value) if value else None
            elif name == "department":
                values["department_id"] = self.people.department(value) if value else None
            elif name == "order":
                values["order_ref"] = value
        for name, is_reported in self.reports.items():
            if is_reported:
                values[name] = True
        return values

    def _new(self, values: dict[str, Any]) -> list[Any]:
        full = first(values)
        full["source"], full["last_import_id"] = self.source, self.import_id
        return [full[column] for column in COLUMNS]


def first(values: Mapping[str, Any]) -> dict[str, Any]:
    """All columns of a ticket that is seen for the first time."""
    full = {**DEFAULTS, **values}
    if full["resolved_at"] is not None:
        full["owner_version_at"] = version_of(full)
    full["first_owner_id"] = full["first_agent_id"] or full["agent_id"]
    full.update(stored_seconds(full))
    return full


def version_of(values: Mapping[str, Any]) -> datetime:
    """When the version was current: its update in the source, else its resolution."""
    version: datetime = values.get("source_updated_at") or values["resolved_at"]
    return version


def merged(old: Mapping[str, Any], new: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a further version of a stored ticket changes: (status, columns).

    The later version by source_updated_at wins, where both have one; else the one imported
    later. The owner is that of the earliest version in which the ticket is resolved, whatever
    the order of imports, so that an older version may settle the owner although it counts as
    unchanged.
    """
    owner = owner_of(old, new)
    is_older = _is_before(new.get("source_updated_at"), old["source_updated_at"])
    candidate = dict(owner) if is_older else {**new, **owner}
    full = {**old, **candidate}
    candidate["first_owner_id"] = full["first_agent_id"] or full["agent_id"]
    candidate.update(stored_seconds(full))
    changes = {
        column: value for column, value in candidate.items() if not _same(old[column], value)
    }
    return ("unchanged" if is_older or not changes else "updated"), changes


def owner_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """agent_id and owner_version_at after the new version came in."""
    if "agent_id" not in new:
        return {}
    settled = old["owner_version_at"]
    if new.get("resolved_at") is None:
        kept = settled is not None or _is_before(
            new.get("source_updated_at"), old["source_updated_at"]
        )
        return {"agent_id": old["agent_id"] if kept else new["agent_id"]}
    version, updated = version_of(new), new.get("source_updated_at")
    if settled is None or (updated is not None and updated <= settled):
        return {"agent_id": new["agent_id"], "owner_version_at": version}
    return {"agent_id": old["agent_id"]}


def _is_before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


def _same(stored: Any, value: Any) -> bool:
    if isinstance(stored, list):
        return stored == list(value)
    return bool(stored == value)
