"""When an appeal may be filed and when a step is due, in working days of the calendar.

A due date is a date in company time; it ends with that day. 5-appeals.md, table and rule 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from appeals.models import Appeal, State
from appraisal.models import Acknowledgement, Period, Scorecard
from kpi_portal.core.time import days_between, midnight, working_days
from kpi_portal.people.models import Leave
from kpi_portal.people.queries import (
    company,
    local_date,
    present_working_day_after,
    workday_test,
    working_day_after,
    zone,
)

# Working days until a state is overdue.
DAYS: Mapping[State, int] = MappingProxyType(
    {
        State.SUBMITTED: 3,
        State.DATA_RECHECK: 5,
        State.RE_EVALUATION: 5,
        State.MEETING: 5,
        State.ARBITRATION: 10,
    }
)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueDate:
    """`on`: the last day. `skipped`: the days before it that do not count, in order."""

    on: date
    skipped: tuple[date, ...]


def step_due(state: State, at: datetime) -> date:
    """When a step entered at `at` is due; that day itself is not counted."""
    return working_day_after(local_date(at), DAYS[state])


def ends_at(due_on: date) -> datetime:
    """The instant from which a step due on that day is over: 24:00 company time, in UTC."""
    return midnight(due_on + DAY, zone())


def is_over(appeal: Appeal, at: datetime) -> bool:
    """Whether the due date of the present step has passed; never while the deadline is paused."""
    if appeal.due_on is None or appeal.paused_at is not None:
        return False
    return at >= ends_at(appeal.due_on)


def extended(due_on: date, today: date, days: int) -> date:
    """`days` more working days, counted from the later of the due date and today."""
    return working_day_after(max(due_on, today), days)


def with_skipped(start: date, due_on: date) -> DueDate:
    """The due date of a step entered on `start`, with the days between that do not count."""
    test = workday_test(start, due_on)
    days = days_between(start + DAY, due_on)
    return DueDate(due_on, tuple(day for day in days if not test(day)))


def window_end(card: Scorecard) -> date | None:
    """The last day on which `card` may be appealed; None before its notice was delivered.

    The first working day after delivery is day one; days of recorded leave do not count, so
    that for somebody on leave it is the first day back.
    """
    try:
        delivered = card.acknowledgement.delivered_at
    except Acknowledgement.DoesNotExist:
        return None
    return present_working_day_after(
        card.employee_id, local_date(delivered), company().appeal_window_days
    )


def windows_open(period: Period, today: date) -> bool:
    """Whether anybody may still appeal a current card of `period`."""
    rows = dict(
        Acknowledgement.objects.filter(
            scorecard__period=period, scorecard__is_current=True
        ).values_list("scorecard__employee_id", "delivered_at")
    )
    starts = {employee: local_date(at) for employee, at in rows.items()}
    if not starts:
        return False
    days = company().appeal_window_days
    if any(working_day_after(start, days) >= today for start in set(starts.values())):
        return True
    away = Leave.objects.filter(employee_id__in=starts, end_on__gt=min(starts.values()))
    return any(
        present_working_day_after(employee, starts[employee], days) >= today
        for employee in set(away.values_list("employee_id", flat=True))
    )


def days_left(due_on: date, today: date) -> int:
    """Working days after `today` up to and including `due_on`; below 0 once it is over."""
    low, high = min(today, due_on) + DAY, max(today, due_on) + DAY
    count = working_days(low, high, workday_test(low, high))
    return count if due_on >= today else -max(1, count)
