"""Counts and sums over several sets of rows in one statement: a union of grouped selects.

Statements are compiled once and run for any window: putting a large one together costs more than
running it over a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connections
from django.db.models import BigIntegerField, DateField, DateTimeField, Expression, QuerySet, Value

from kpi_portal.core.time import Window

Row = tuple[int, ...]


class Instant(Expression):
    """An instant, or the date of one, to be filled in when the statement runs.

    It stands wherever a condition takes an aware datetime, and can be moved by a timedelta. It
    cannot be compared: which of two is the earlier is the database's to say.
    """

    def __init__(
        self, name: str, *, shift: timedelta = timedelta(), zone: ZoneInfo | None = None
    ) -> None:
        super().__init__(output_field=DateField() if zone else DateTimeField())
        self.name, self.shift, self.zone = name, shift, zone

    def date_in(self, zone: ZoneInfo) -> Instant:
        """Its date in `zone`."""
        return Instant(self.name, shift=self.shift, zone=zone)

    def __add__(self, other: Any) -> Any:
        return Instant(self.name, shift=self.shift + other, zone=self.zone)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def filled(self, instants: Mapping[str, datetime], operations: Any) -> Any:
        """The parameter that stands here in a run."""
        instant = instants[self.name] + self.shift
        if self.zone:
            return operations.adapt_datefield_value(instant.astimezone(self.zone).date())
        return operations.adapt_datetimefield_value(instant)


def stand_ins() -> tuple[Window, Any]:
    """A window and a cutoff to build conditions with."""
    window: Any = Window(Instant("start"), Instant("end"))  # type: ignore[arg-type]
    return window, Instant("cutoff")


def date_of(instant: Any, zone: ZoneInfo) -> Any:
    """The date of an instant, or of one that is yet to be filled in."""
    if isinstance(instant, Instant):
        return instant.date_in(zone)
    day: date = instant.astimezone(zone).date()
    return day


@dataclass(frozen=True, slots=True)
class Lead:
    """What a statement that mentions `name` gets along when it runs.

    `sql`: what stands before it and its parameters, by vendor; `prepare` is given the connection.
    """

    name: str
    sql: Mapping[str, tuple[str, tuple[Any, ...]]]
    prepare: Callable[[Any], None]


_lead: ContextVar[Lead | None] = ContextVar("lead", default=None)


@contextmanager
def leading(lead: Lead) -> Iterator[None]:
    """Statements that run in here and mention the lead's name get it along."""
    token = _lead.set(lead)
    try:
        yield
    finally:
        _lead.reset(token)


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled select with places for instants."""

    sql: str
    params: tuple[Any, ...]
    database: str

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Statement:
        sql, params = rows.query.get_compiler(rows.db).as_sql()
        return cls(sql, tuple(params), rows.db)

    def run(self, window: Window, cutoff: datetime) -> list[Row]:
        connection = connections[self.database]
        instants = {"start": window.start, "end": window.end, "cutoff": cutoff}
        params = [
            param.filled(instants, connection.ops) if isinstance(param, Instant) else param
            for param in self.params
        ]
        sql, lead = self.sql, _lead.get()
        if lead is not None and lead.name in sql:
            lead.prepare(connection)
            before, arrays = lead.sql.get(connection.vendor, ("", ()))
            sql, params = before + sql, [*arrays, *params]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows, what to group them by, and what to count or add up. All of it whole numbers.

    A group column that is NULL comes back as None. Sums over nothing are None.
    """

    rows: QuerySet[Any]
    groups: tuple[Any, ...]
    totals: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Several branches, compiled into one statement. All have the same number of groups."""

    statement: Statement
    branches: int

    @classmethod
    def of(cls, branches: Sequence[Branch]) -> Totals:
        if len(branches) == 1:
            return cls(Statement.of(_select(branches[0], len(branches[0].totals))), 1)
        width = max(len(branch.totals) for branch in branches)
        first, *others = (_select(branch, width, part) for part, branch in enumerate(branches))
        return cls(Statement.of(first.union(*others, all=True)), len(branches))

    def run(self, window: Window, cutoff: datetime) -> list[list[Row]]:
        """For each branch its rows `(*groups, *totals)`, in no order."""
        rows = self.statement.run(window, cutoff)
        if self.branches == 1:
            return [rows]
        results: list[list[Row]] = [[] for _branch in range(self.branches)]
        for row in rows:
            results[row[0]].append(row[1:])
        return results


def _select(branch: Branch, width: int, part: int | None = None) -> QuerySet[Any, Any]:
    """The grouped select, padded with zeros to `width` totals."""
    groups = {f"group_{n}": group for n, group in enumerate(branch.groups)}
    if part is not None:
        groups = {"part": _number(part)} | groups
    columns = {f"total_{n}": total for n, total in enumerate(branch.totals)}
    rows = branch.rows.order_by().values(**groups).annotate(**columns)
    padding = {f"total_{n}": _number(0) for n in range(len(columns), width)}
    padded: QuerySet[Any, Any] = rows.annotate(**padding)
    return padded.values_list(*groups, *columns, *padding)


def _number(value: int) -> Value:
    return Value(value, output_field=BigIntegerField())
