"""Adding up in Python what the metrics with collectors of their own read, exactly.

For records that are few per person; tickets and answers are added up by the database.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from appraisal.metrics.base import COMPANY, Level, Measurement, Reason
from kpi_portal.core.decimals import rounded
from kpi_portal.core.time import Window
from kpi_portal.people.models import Assignment
from kpi_portal.people.queries import local_date
from tickets import measures

PLACES = 4


@dataclass(slots=True)
class Pool:
    """Amounts and left-out records of one person or department."""

    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)
    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, amount: Fraction | int) -> None:
        self.total += amount
        self.squares += amount * amount
        self.count += 1

    def leave_out(self, reason: Reason, number: int = 1) -> None:
        self.reasons[str(reason)] += number

    def mean(self) -> Measurement:
        """Sum ÷ records, in the unit of the amounts."""
        if not self.count:
            return Measurement(None, 0, 0, 0, dict(self.reasons))
        return Measurement(
            rounded(self.total / self.count, PLACES), whole(self.total), self.count, self.count,
            dict(self.reasons), squares=whole(self.squares),
        )  # fmt: skip

    def rate(self) -> Measurement:
        """Hits (amounts of 1) ÷ records, in percent."""
        return share(int(self.total), self.count, dict(self.reasons))


def share(top: int, bottom: int, reasons: Mapping[str, int] | None = None) -> Measurement:
    """`top` of `bottom` in percent; no data without a bottom."""
    if not bottom:
        return Measurement(None, 0, 0, 0, dict(reasons or {}))
    value = rounded(Fraction(top * 100, bottom), PLACES)
    return Measurement(value, top, bottom, bottom, dict(reasons or {}))


def whole(amount: Fraction) -> Fraction | int:
    """The same as an int where it is one."""
    return amount.numerator if amount.denominator == 1 else amount


Pools = defaultdict[int, Pool]


def pools() -> Pools:
    """A pool for whoever is met."""
    return defaultdict(Pool)


def place_of(level: Level, person: int | None, department: int | None) -> int | None:
    """The id under which a record counts at a level; None where nobody is there to count it."""
    if level is Level.COMPANY:
        return COMPANY
    return person if level is Level.AGENT else department


@dataclass(frozen=True, slots=True)
class Posts:
    """Who belonged to which department when, within a window."""

    spans: Mapping[int, list[tuple[date, date | None, int]]]

    @classmethod
    def of(cls, window: Window) -> "Posts":
        start, end = local_date(window.start), local_date(window.end)
        spans: dict[int, list[tuple[date, date | None, int]]] = defaultdict(list)
        rows: Any = Assignment.objects.overlapping(start, end).order_by("start_on")
        for person, begin, until, department in rows.values_list(
            "employee_id", "start_on", "end_on", "department_id"
        ):
            spans[person].append((begin, until, department))
        return cls(spans)

    def on(self, person: int, day: date) -> int | None:
        """The department of a person on a day."""
        for start, end, department in self.spans.get(person, ()):
            if start <= day and (end is None or day < end):
                return department
        return None


def lines_of(by_department: Mapping[int, Measurement], window: Window) -> dict[int, Measurement]:
    """The department's measurement as the line of everybody who is in it at the window's end."""
    homes = measures.homes(window).values_list("employee_id", "department_id")
    return {
        person: by_department[department]._replace(is_department_line=True)
        for person, department in homes
        if department in by_department
    }
