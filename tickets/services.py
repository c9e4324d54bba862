"""Writing tickets and order volumes from ready rows: the API's batches and whoever has rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction

from kpi_portal.audit.services import record
from kpi_portal.people.models import User
from tickets.importing import table_facts, tables
from tickets.importing.agents import AgentBook, DepartmentBook
from tickets.importing.loading import Counts, People, Row, TicketLoader
from tickets.importing.pipeline import tell_listeners
from tickets.importing.table_facts import TableFacts
from tickets.models import OrderVolume

AMOUNTS = ("orders", "refunds", "returns")


@transaction.atomic
def load_rows(
    rows: Iterable[Row],
    source: str,
    *,
    by: User | None = None,
    reports_response: bool = True,
    reports_resolution: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Counts:
    """Take ready tickets in: field (as in `importing.fields.TICKET_FIELDS`) → typed value.

    Needs `external_id` and `created_at`; instants are aware and in whole seconds, `agent` and
    `first_agent` employee nos., `department` a code, `customer` the raw reference (only its hash
    and mask are kept). Fields that a row lacks keep what the ticket had. Idempotent by
    (source, external_id), which must be unique among `rows`. Rows may be a generator.
    Raises KeyError for an agent that is not known.
    """
    tables.lock_loads()
    book = AgentBook(source)
    people = People(book.id_of, DepartmentBook().id_of)
    loader = TicketLoader(source, people, response=reports_response, resolution=reports_resolution)
    counts = loader.load(rows, progress)
    tell_listeners(source)
    if counts.created or counts.updated:
        record(
            "tickets.loaded",
            ("tickets.source", source),
            actor=by,
            after={"created": counts.created, "updated": counts.updated},
        )
    return counts


@transaction.atomic
def load_orders(rows: Iterable[Mapping[str, Any]], *, by: User | None = None) -> Counts:
    """Take order volumes in: `day`, `department` (code), maybe `agent` (employee no.), `orders`,
    maybe `refunds`, `returns`. Idempotent by (day, department, agent).

    Raises KeyError for a department or agent that is not known.
    """
    tables.lock_loads()
    book, departments = AgentBook(""), DepartmentBook()
    wanted: dict[tuple[Any, int, int | None], dict[str, int]] = {}
    for row in rows:
        department = departments.id_of(row["department"])
        if department is None:
            raise KeyError(row["department"])
        agent = book.id_of(row["agent"]) if row.get("agent") else None
        wanted[row["day"], department, agent] = {name: row.get(name, 0) for name in AMOUNTS}
    counts = Counts()
    new, changed = [], []
    stored = _stored_orders([day for day, _department, _agent in wanted])
    for key, amounts in wanted.items():
        old = stored.get(key)
        if old is None:
            new.append([*key, *amounts.values()])
            counts.add("created")
        elif {name: old[name] for name in AMOUNTS} != amounts:
            changed.append((old["id"], amounts))
            counts.add("updated")
        else:
            counts.add("unchanged")
    tables.insert(OrderVolume, ("day", "department_id", "agent_id", *AMOUNTS), new)
    tables.update(OrderVolume, changed)
    if new or changed:
        record(
            "orders.loaded",
            ("tickets.ordervolume", "-"),
            actor=by,
            after={"created": counts.created, "updated": counts.updated},
        )
    return counts


def _stored_orders(days: list[Any]) -> dict[tuple[Any, int, int | None], dict[str, Any]]:
    if not days:
        return {}
    rows = OrderVolume.objects.filter(day__range=(min(days), max(days))).order_by()
    return {
        (row["day"], row["department_id"], row["agent_id"]): row
        for row in rows.values("id", "day", "department_id", "agent_id", *AMOUNTS)
    }


@transaction.atomic
def load_table_rows(
    facts: TableFacts, rows: Iterable[Row], source: str, *, by: User | None = None
) -> Counts:
    """Take ready rows of one of the small tables in: field (as in `table_kinds`) → typed value,
    `agent` and `owner` as employee nos., `department` as a code, `customer` as the raw reference.

    Idempotent by what tells the rows of the table apart. Raises KeyError for an agent or
    department that is not known.
    """
    tables.lock_loads()
    book, departments = AgentBook(source), DepartmentBook()
    people = People(book.id_of, departments.id_of, by)

    def ready() -> Iterator[dict[str, Any]]:
        for row in rows:
            named = dict(row)
            if "department" in row:
                named["department_id"] = departments.id_of(row["department"])
                if row["department"] and named["department_id"] is None:
                    raise KeyError(row["department"])
            yield facts.columns(named, people, source)

    counts = facts.target.load(ready())
    if counts.created or counts.updated:
        record(
            f"{facts.kind}.loaded",
            ("tickets.source", source or "-"),
            actor=by,
            after={"created": counts.created, "updated": counts.updated},
        )
    return counts


def load_table(
    kind: str, rows: Iterable[Row], source: str = "", *, by: User | None = None
) -> Counts:
    """As `load_table_rows` for orders, contacts, customer_orders, sessions or rectifications."""
    return load_table_rows(table_facts.FACTS[kind], rows, source, by=by)
