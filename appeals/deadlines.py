"""When an appeal may be filed and when a step is due, in working days of the calendar.

A due date is a date in company time; it ends with that day. 5-appeals.md, table and rule 8.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appeals.models import State
from appeals.workflow import DAYS
from appraisal.models import Acknowledgement, Scorecard
from kpi_portal.core.time import add_working_days, days_between
from kpi_portal.people.models import Leave
from kpi_portal.people.queries import company, local_date, workday_test

HORIZON = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class DueDate:
    """`on`: the last day. `skipped`: the days between that did not count, in order."""

    on: date
    skipped: tuple[date, ...]


def due_after(start: date, days: int) -> DueDate:
    """The `days`-th working day after `start` (0: `start`, or the next working day)."""
    test = workday_test(start, start + HORIZON)
    on = add_working_days(start, days, test)
    between = days_between(start + timedelta(days=1), on)
    return DueDate(on, tuple(day for day in between if not test(day)))


def step_due(state: State, at: datetime) -> date:
    """When a step entered at `at` is due."""
    return due_after(local_date(at), DAYS[state]).on


def window_end(card: Scorecard) -> date | None:
    """The last day on which `card` may be appealed; None before its notice was delivered.

    Counted from the first working day after delivery; for someone on recorded leave on that
    day, from the first day back.
    """
    try:
        delivered = card.acknowledgement.delivered_at
    except Acknowledgement.DoesNotExist:
        return None
    start = local_date(delivered)
    first = due_after(start, 1).on
    while leave := _leave_on(card.employee_id, first):
        start = leave.end_on - timedelta(days=1)
        first = due_after(start, 1).on
    return due_after(start, company().appeal_window_days).on


def _leave_on(employee_id: int, day: date) -> Leave | None:
    return Leave.objects.filter(employee_id=employee_id, start_on__lte=day, end_on__gt=day).first()
