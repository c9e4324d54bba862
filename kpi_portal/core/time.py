"""Windows of time and arithmetic of working days on a given table. Nothing here reads a clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span `[start, end)` of aware instants."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """00:00 company time of `day`, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def days_between(start: date, end: date) -> Iterator[date]:
    """The dates of `[start, end)`."""
    for offset in range((end - start).days):
        yield start + timedelta(days=offset)


def add_working_days(start: date, count: int, is_workday: Callable[[date], bool]) -> date:
    """The `count`-th working day after `start`; `start` itself is never counted.

    With count 0, `start` if it is a working day, else the next one.
    Raises ValueError if a whole year holds no working day.
    """
    day, left = start, count
    if count == 0:
        day, left = start - timedelta(days=1), 1
    idle = 0
    while left > 0:
        day += timedelta(days=1)
        if is_workday(day):
            left, idle = left - 1, 0
        elif (idle := idle + 1) > 366:
            raise ValueError(f"no working day within a year of {start}")
    return day


def working_days(start: date, end: date, is_workday: Callable[[date], bool]) -> int:
    """How many working days `[start, end)` holds."""
    return sum(1 for day in days_between(start, end) if is_workday(day))
