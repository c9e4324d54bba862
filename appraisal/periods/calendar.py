"""Period codes and the dates behind them. Pure: no database, no clock.

A code is 2026-10, 2026-Q4 or 2026. With the company's month start day d: d ≤ 15 a month runs
from its day d, d ≥ 16 up to (not including) its day d. A quarter is three such months, a year
twelve. Source: 13-contracts, PERIOD.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kpi_portal.core.errors import DomainError
from kpi_portal.core.time import Window, midnight

CODE = re.compile(r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
FIRST_YEAR, LAST_YEAR = 1971, 2999
MONTHS = {"month": 1, "quarter": 3, "year": 12}
LAST_EARLY_START = 15  # a month that starts later is named after the month in which it ends


class BadPeriod(DomainError):
    """A text that is no period code."""

    code = "bad_period"


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A period by its name: its first month and how many months it has (1, 3 or 12)."""

    year: int
    month: int
    months: int

    def __str__(self) -> str:
        if self.months == 1:
            return f"{self.year}-{self.month:02}"
        if self.months == 3:
            return f"{self.year}-Q{(self.month + 2) // 3}"
        return str(self.year)

    @property
    def cycle(self) -> str:
        """`month`, `quarter` or `year`."""
        return next(cycle for cycle, months in MONTHS.items() if months == self.months)


def parse_code(text: str) -> Code:
    """The period that `text` names. Raises BadPeriod."""
    match = CODE.fullmatch(text)
    if match is None or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        raise BadPeriod(
            _(
                "“%(text)s” is no period. Write a month as 2026-10, a quarter as 2026-Q4, a year "
                "as 2026."
            )
            % {"text": text}
        )
    year = int(match["year"])
    if match["month"]:
        return Code(year, int(match["month"]), 1)
    if match["quarter"]:
        return Code(year, int(match["quarter"]) * 3 - 2, 3)
    return Code(year, 1, 12)


def _as_code(code: Code | str) -> Code:
    return parse_code(code) if isinstance(code, str) else code


def _moved(year: int, month: int, by: int) -> tuple[int, int]:
    """The year and month `by` months later."""
    years, index = divmod(year * 12 + month - 1 + by, 12)
    return years, index + 1


def _month_start(year: int, month: int, month_start_day: int) -> date:
    if month_start_day > LAST_EARLY_START:
        year, month = _moved(year, month, -1)
    return date(year, month, month_start_day)


def dates(code: Code | str, month_start_day: int) -> tuple[date, date]:
    """First day and the day after the last, company time. Raises BadPeriod on a bad text."""
    span = _as_code(code)
    start = _month_start(span.year, span.month, month_start_day)
    end = _month_start(*_moved(span.year, span.month, span.months), month_start_day)
    return start, end


def window(code: Code | str, month_start_day: int, zone: ZoneInfo) -> Window:
    """The instants of a period: from 00:00 company time of its first day, half-open."""
    start, end = dates(code, month_start_day)
    return Window(midnight(start, zone), midnight(end, zone))


def cutoff_on(code: Code | str, month_start_day: int, settle_days: int) -> date:
    """The date whose 00:00 company time is the usual cutoff: the end plus the days to settle."""
    return dates(code, month_start_day)[1] + timedelta(days=settle_days)


def cutoff(day: date, zone: ZoneInfo) -> datetime:
    """The cutoff as an instant: an instant not after it has happened."""
    return midnight(day, zone)


def _shifted(code: Code | str, months: int) -> Code:
    span = _as_code(code)
    return Code(*_moved(span.year, span.month, months), span.months)


def previous(code: Code | str) -> Code:
    """The period of the same cycle just before."""
    return _shifted(code, -_as_code(code).months)


def following(code: Code | str) -> Code:
    """The period of the same cycle just after."""
    return _shifted(code, _as_code(code).months)


def same_last_year(code: Code | str) -> Code:
    """The period of the same name one year earlier."""
    return _shifted(code, -12)


def months_of(code: Code | str) -> tuple[Code, ...]:
    """The months of a period, in order; a month is its own only one."""
    span = _as_code(code)
    return tuple(Code(*_moved(span.year, span.month, n), 1) for n in range(span.months))


def quarters_of(code: Code | str) -> tuple[Code, ...]:
    """The quarters of a quarter or a year, in order; of a month none."""
    span = _as_code(code)
    return tuple(Code(*_moved(span.year, span.month, n), 3) for n in range(0, span.months - 2, 3))


def containing(day: date, cycle: str, month_start_day: int) -> Code:
    """The period of `cycle` that `day` falls in."""
    months = MONTHS[cycle]
    for shift in (-1, 0, 1):
        year, month = _moved(day.year, day.month, shift)
        start, end = dates(Code(year, month, 1), month_start_day)
        if start <= day < end:
            return Code(year, (month - 1) // months * months + 1, months)
    raise ValueError(f"no month holds {day}")
