"""The small tables about tickets' surroundings, as `Facts`: how a row becomes columns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.importing.agents import AgentBook
from tickets.importing.checking import Findings
from tickets.importing.customers import sealed
from tickets.importing.loading import Counts, People
from tickets.importing.mapping import Row
from tickets.importing.recognise import Recognition
from tickets.importing.table_check import TableCheck, Verify
from tickets.importing.table_kinds import (
    CONTACTS,
    CUSTOMER_ORDERS,
    ORDERS,
    RECTIFICATIONS,
    SESSIONS,
    TableKind,
)
from tickets.importing.table_load import Target
from tickets.models import (
    ContactVolume,
    CustomerOrder,
    OrderVolume,
    Rectification,
    SelfServiceSession,
)

Columns = Callable[[Row, People, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One kind of table: how its rows are checked, what columns they become, where they go."""

    table: TableKind
    verify: Verify
    columns: Columns
    target: Target

    @property
    def kind(self) -> str:
        return self.table.key

    def check(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> Callable[[Any, int], Row | None]:
        return TableCheck(self.table, self.verify, found, book, findings, now)

    def load(
        self,
        found: Recognition,
        rows: Iterable[Row],
        people: People,
        *,
        import_id: int | None,
        dry: bool,
        progress: Callable[[int], None],
    ) -> Counts:
        source = found.plan.source
        brought = {"last_import_id": import_id} if "last_import_id" in self.target.defaults else {}
        ready = ({**self.columns(row, people, source), **brought} for row in rows)
        return self.target.load(ready, dry=dry, progress=progress)


def given(row: Row, *names: str) -> dict[str, Any]:
    """The columns that a row has under the same name."""
    return {name: row[name] for name in names if name in row}


# --- order volumes


def _order_volume(check: TableCheck, row: Row) -> str:
    person = check.someone(row, "agent", row["day"])
    department = row.get("department_id")
    if department is None and person is not None:
        department = check.home(person, row["day"])
    if department is None:
        raise check.refused("department", row.get("department") or "", "missing")
    row["department_id"] = department
    return f"{row['day']} {department} {row.get('agent') or ''}".strip()


def _order_columns(row: Row, people: People, source: str) -> dict[str, Any]:
    return {
        "day": row["day"],
        "department_id": row["department_id"],
        "agent_id": people.agent(row["agent"]) if row.get("agent") else None,
        **{name: value or 0 for name, value in given(row, "orders", "refunds", "returns").items()},
    }


# --- contact volumes


def _contact_volume(check: TableCheck, row: Row) -> str:
    offered, answered = row.get("offered"), row.get("answered")
    planned, opened = row.get("planned"), row.get("opened")
    for one, other, missing in (
        (offered, answered, "answered"), (answered, offered, "offered"),
        (planned, opened, "opened"), (opened, planned, "planned"),
    ):  # fmt: skip
        if one is not None and other is None:
            raise check.refused(missing, "", "missing")
    if offered is None and planned is None:
        raise check.refused("offered", "", "missing")
    if offered is not None and answered is not None and answered > offered:
        raise check.refused("answered", answered, "more_than", most=offered)
    return f"{row['day']} {row.get('department_id') or ''} {row['channel']}"


def _contact_columns(row: Row, people: People, source: str) -> dict[str, Any]:
    columns = {
        "day": row["day"],
        "department_id": row.get("department_id"),
        "channel": row["channel"],
    }
    if row.get("offered") is not None:
        columns |= given(row, "offered", "answered")
    if row.get("planned") is not None:
        columns["planned_minutes"] = row["planned"] // 60
        columns["offered_minutes"] = row["opened"] // 60
    return columns


# --- orders of customers


def _customer_order(check: TableCheck, row: Row) -> str:
    return str(row["external_id"])


def _customer_order_columns(row: Row, people: People, source: str) -> dict[str, Any]:
    customer, mask = sealed(row["customer"])
    return {
        "external_id": row["external_id"],
        "source": source,
        "customer_hash": customer,
        "customer_mask": mask,
        "ordered_at": row["ordered_at"],
    }


# --- self-service sessions


def _session(check: TableCheck, row: Row) -> str:
    return str(row["external_id"])


def _session_columns(row: Row, people: People, source: str) -> dict[str, Any]:
    columns = {
        "external_id": row["external_id"], "source": source,
        **given(row, "started_at", "channel", "department_id"),
    }  # fmt: skip
    if "customer" in row:
        columns["customer_hash"], columns["customer_mask"] = sealed(row["customer"] or "")
    return columns


# --- rectifications


def _rectification(check: TableCheck, row: Row) -> str:
    opened, done = row.get("opened_on"), row.get("done_on")
    if opened is not None and row["due_on"] < opened:
        raise check.refused("due_on", row["due_on"], "ends_before_start")
    if opened is not None and done is not None and done < opened:
        raise check.refused("done_on", done, "ends_before_start")
    check.someone(row, "owner", min(row["due_on"], check.today))
    return str(row["external_id"])


def _rectification_columns(row: Row, people: People, source: str) -> dict[str, Any]:
    columns = {
        "external_id": row["external_id"], "source": source,
        **given(row, "cause", "action", "department_id", "opened_on", "due_on", "done_on"),
    }  # fmt: skip
    if "owner" in row:
        columns["owner_id"] = people.agent(row["owner"]) if row["owner"] else None
    return columns


IDS: Mapping[str, Any] = {"external_id": "", "source": "", "last_import_id": None}

FACTS: Mapping[str, TableFacts] = {
    facts.kind: facts
    for facts in (
        TableFacts(
            ORDERS, _order_volume, _order_columns,
            Target(
                OrderVolume,
                ("day", "department_id", "agent_id"),
                {"day": None, "department_id": None, "agent_id": None, "orders": 0, "refunds": 0,
                 "returns": 0},
            ),
        ),
        TableFacts(
            CONTACTS, _contact_volume, _contact_columns,
            Target(
                ContactVolume,
                ("day", "department_id", "channel"),
                {"day": None, "department_id": None, "channel": "other", "offered": None,
                 "answered": None, "planned_minutes": None, "offered_minutes": None},
            ),
        ),
        TableFacts(
            CUSTOMER_ORDERS, _customer_order, _customer_order_columns,
            Target(
                CustomerOrder,
                ("external_id", "source"),
                {**IDS, "customer_hash": "", "customer_mask": "", "ordered_at": None},
            ),
        ),
        TableFacts(
            SESSIONS, _session, _session_columns,
            Target(
                SelfServiceSession,
                ("external_id", "source"),
                {**IDS, "started_at": None, "customer_hash": "", "customer_mask": "",
                 "channel": "", "department_id": None},
            ),
        ),
        TableFacts(
            RECTIFICATIONS, _rectification, _rectification_columns,
            Target(
                Rectification,
                ("external_id", "source"),
                {**IDS, "cause": "", "action": "", "department_id": None, "owner_id": None,
                 "opened_on": None, "due_on": None, "done_on": None},
            ),
        ),
    )
}  # fmt: skip
