"""Service hours as arithmetic: whole seconds of service between two instants, in the database.

For each department and channel with hours of its own (a place) and for the company, the seconds
served since the beginning are a broken line: it rises while customers are served and is flat
otherwise. A table of all lines is sent along with a statement; the database finds the stretch
that an instant lies in and subtracts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, ExpressionWrapper, Func, Subquery, Value, When

from kpi_portal.core.time import days_between, midnight
from kpi_portal.core.totals import Lead, leading
from kpi_portal.people.models import WorkCalendarDay
from kpi_portal.people.queries import zone
from tickets.models import ServiceHours, Ticket

Place = tuple[int | None, str]  # department and channel; None and "" for any
Places = tuple[Place, ...]
COMPANY: Place = (None, "")
Days = ServiceHours.Days
DEFAULT = ((9 * 60, 18 * 60),)  # of working days, in minutes after midnight
FIRST = date(2000, 1, 1)
SATURDAY = 5
NAME = "kpi_hours"
WIDTH = 2**36  # seconds kept apart for each place: beyond the year 4000
Spans = tuple[tuple[int, int], ...]


class _Day(NamedTuple):
    """What the calendar says about a day that does not follow the week."""

    day: date
    is_workday: bool
    kind: str
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of all places, one after the other.

    A stretch begins at `starts` (place × WIDTH + seconds since 1970, ascending); on it, seconds
    served = the lesser of `base` + seconds since 1970 and `cap`.
    """

    places: Places
    starts: tuple[int, ...]
    base: tuple[int, ...]
    cap: tuple[int, ...]
    provisional: tuple[int, ...]

    def served(self, place: int, instant: int | None) -> int | None:
        """Seconds served at a place from the beginning to an instant."""
        if instant is None:
            return None
        stretch = bisect_right(self.starts, place * WIDTH + instant) - 1
        return min(self.base[stretch] + instant, self.cap[stretch])

    @property
    def digest(self) -> str:
        return blake2b(repr((self.starts, self.cap)).encode(), digest_size=8).hexdigest()


def table(*ends: datetime) -> Table:
    """The service hours from the first ticket to the last of `ends`. Two statements."""
    rows = tuple(
        ServiceHours.objects.order_by("department", "channel", "days", "opens").values_list(
            "department", "channel", "days", "opens", "closes"
        )
    )
    first = Subquery(Ticket.objects.order_by("created_at").values("created_at")[:1])
    found = list(
        WorkCalendarDay.objects.order_by("day").values_list(
            "day", "is_workday", "kind", "is_provisional", first
        )
    )
    earliest = found[0][4].astimezone(UTC).date() if found and found[0][4] else FIRST
    calendar = tuple(_Day(*row[:4]) for row in found)
    last = max(ends).astimezone(UTC).date() + timedelta(days=2)
    return _table(rows, calendar, min(earliest, last) - timedelta(days=2), last, zone())


@lru_cache(maxsize=16)
def _table(
    rows: tuple[tuple[Any, ...], ...],
    calendar: tuple[_Day, ...],
    first: date,
    last: date,
    company_zone: ZoneInfo,
) -> Table:
    own: dict[tuple[Place, str], list[tuple[int, int]]] = {}
    for department, channel, days, opens, closes in rows:
        own.setdefault(((department, channel), days), []).append((opens, closes))
    departments = sorted({row[0] for row in rows if row[0] is not None})
    channels = sorted({row[1] for row in rows if row[1]})
    places: list[Place] = [COMPANY]
    places += [(department, channel) for department in departments for channel in channels]
    places += [(department, "") for department in departments]
    places += [(None, channel) for channel in channels]
    days = _days(calendar, first, last, company_zone)
    lines: list[tuple[int, int, int]] = []
    for number, place in enumerate(places):
        hours = {kind: _hours(own, place, kind) for kind in Days.values}
        lines += _line(number * WIDTH, days, hours)
    provisional = tuple(sorted({day.day.year for day in calendar if day.is_provisional}))
    starts, base, cap = zip(*lines, strict=True)
    return Table(tuple(places), starts, base, cap, provisional)


def _hours(
    own: Mapping[tuple[Place, str], Sequence[tuple[int, int]]], place: Place, kind: str
) -> Spans:
    """The hours of a kind of day: of the nearest place that says anything about it."""
    department, channel = place
    for nearer in (place, (department, ""), (None, channel), COMPANY):
        if (nearer, kind) in own:
            return tuple(own[nearer, kind])
    return DEFAULT if kind == Days.WORKDAY else ()


def _days(
    calendar: Sequence[_Day], first: date, last: date, company_zone: ZoneInfo
) -> list[tuple[int, bool, str, date]]:
    """Of each day its midnight in seconds since 1970, whether it has 24 hours, and its kind."""
    known = {day.day: day for day in calendar}
    found = []
    start = int(midnight(first, company_zone).timestamp())
    for day in days_between(first, last):
        end = int(midnight(day + timedelta(days=1), company_zone).timestamp())
        found.append((start, end - start == 86_400, _kind(day, known.get(day)), day))
        start = end
    return found


def _kind(day: date, known: _Day | None) -> str:
    if known is None:
        return str(Days.WORKDAY if day.weekday() < SATURDAY else Days.WEEKEND)
    if known.is_workday:
        return str(Days.WORKDAY)
    return str(Days.HOLIDAY)


def _line(
    offset: int, days: Sequence[tuple[int, bool, str, date]], hours: Mapping[str, Spans]
) -> list[tuple[int, int, int]]:
    """(start, base, cap) of each stretch, the first before any service."""
    line = [(offset, 0, 0)]
    served = 0
    for start, is_even, kind, day in days:
        for opens, closes in hours[kind]:
            if is_even:
                begins, ends = start + opens * 60, start + closes * 60
            else:
                begins, ends = _clock(day, opens), _clock(day, closes)
            line.append((offset + begins, served - begins, served + ends - begins))
            served += ends - begins
    return line


def _clock(day: date, minutes: int) -> int:
    """The instant when the clock shows so many minutes after midnight."""
    company_zone = zone()
    if minutes == 24 * 60:
        return int(midnight(day + timedelta(days=1), company_zone).timestamp())
    shown = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=company_zone)
    return int(shown.timestamp())


# What expressions are made for: a statement that gets the table along, or one that holds it.
_places: ContextVar[Places] = ContextVar("service_places", default=(COMPANY,))
_table_inside: ContextVar[Table | None] = ContextVar("service_table", default=None)


@contextmanager
def served(places: Places, inside: Table | None = None) -> Iterator[None]:
    """Expressions made in here know these places. With `inside`, they carry the table."""
    tokens = _places.set(places or (COMPANY,)), _table_inside.set(inside)
    try:
        yield
    finally:
        _places.reset(tokens[0])
        _table_inside.reset(tokens[1])


@contextmanager
def filled(hours: Table | None) -> Iterator[None]:
    """Compiled statements that run in here get the table along."""
    if hours is None:
        yield
        return
    lead = Lead(
        NAME,
        {
            "postgresql": (
                f"WITH {NAME} (starts, base, cap) AS MATERIALIZED "
                "(VALUES (%s::bigint[], %s::bigint[], %s::bigint[])) ",
                (list(hours.starts), list(hours.base), list(hours.cap)),
            )
        },
        lambda connection: _register(connection, NAME, hours),
    )
    with leading(lead):
        yield


def _register(connection: Any, name: str, hours: Table) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function(name, 2, hours.served, deterministic=True)


def between(start: Any, end: Any) -> Any:
    """Whole seconds of service from one instant to another, of a ticket's place."""
    seconds = _Served(_place(), end) - _Served(_place(), start)
    return ExpressionWrapper(seconds, output_field=BigIntegerField())


def _place() -> Any:
    """The number of the place that a ticket's department and channel are served at."""
    whens = []
    for number, (department, channel) in enumerate(_places.get()):
        own: dict[str, Any] = {}
        if department is not None:
            own["department"] = department
        if channel:
            own["channel"] = channel
        if own:
            whens.append(When(**own, then=Value(number)))
    return Case(*whens, default=Value(0), output_field=BigIntegerField())


class _Served(Func):
    """Seconds served at a place (a number) from the beginning to an instant."""

    output_field = BigIntegerField()

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.table = _table_inside.get()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        place, instant = (compiler.compile(source) for source in self.source_expressions)
        inside = self.table
        epoch = f"EXTRACT(EPOCH FROM {instant[0]})::bigint"

        def array(name: str) -> tuple[str, tuple[Any, ...]]:
            if inside is None:
                return f"(SELECT {name} FROM {NAME})", ()
            return "(SELECT %s::bigint[])", (list(getattr(inside, name)),)

        starts, base, cap = array("starts"), array("base"), array("cap")
        key = f"({place[0]}) * {WIDTH} + {epoch}"
        bucket = f"width_bucket({key}, {starts[0]})"
        of_bucket = (*place[1], *instant[1], *starts[1])
        sql = f"LEAST({base[0]}[{bucket}] + {epoch}, {cap[0]}[{bucket}])"
        return sql, (*base[1], *of_bucket, *instant[1], *cap[1], *of_bucket)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        place, instant = (compiler.compile(source) for source in self.source_expressions)
        name = NAME
        if self.table is not None:
            name = f"{NAME}_{self.table.digest}"
            _register(connection, name, self.table)
        return f"{name}({place[0]}, unixepoch({instant[0]}))", (*place[1], *instant[1])
