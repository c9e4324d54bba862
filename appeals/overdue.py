"""The board of due dates: what is overdue and who is next, and what is due soon."""

from dataclasses import dataclass
from datetime import datetime

from appeals import deadlines
from appeals.eligibility import Capacity
from appeals.models import Appeal, State
from appeals.queries import masked
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date, working_day_after


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One case. `days`: working days left, below 0 once it is over; `next_level` a Capacity."""

    appeal: Appeal
    name: str
    days: int
    next_level: str
    is_extended: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The longest overdue first; paused ones wait for the outside chair."""

    overdue: list[BoardRow]
    soon: list[BoardRow]
    paused: list[BoardRow]


def board(viewer: User, now: datetime) -> Board:
    """Of the cases that `viewer` may know of: those due by the next working day, or paused."""
    today = local_date(now)
    rows = (
        Appeal.objects.visible_to(viewer)
        .open()
        .select_related("employee", "period", "reviewer__employee", "evaluator__employee")
        .prefetch_related("extensions")
        .order_by("due_on", "number")
    )
    readable = set(Appeal.objects.readable_by(viewer).open().values_list("pk", flat=True))
    running = rows.filter(paused_at__isnull=True, due_on__lte=working_day_after(today, 1))
    listed = [_row(appeal, readable, now) for appeal in running]
    return Board(
        overdue=[row for row in listed if deadlines.is_over(row.appeal, now)],
        soon=[row for row in listed if not deadlines.is_over(row.appeal, now)],
        paused=[_row(appeal, readable, now) for appeal in rows.filter(paused_at__isnull=False)],
    )


def _row(appeal: Appeal, readable: set[int], now: datetime) -> BoardRow:
    assert appeal.due_on is not None
    level = Capacity.CHAIR if appeal.state == State.ARBITRATION else Capacity.HR_LEAD
    name = appeal.employee.name
    return BoardRow(
        appeal=appeal,
        name=name if appeal.pk in readable else masked(name),
        days=deadlines.days_left(appeal.due_on, local_date(now)),
        next_level=level,
        is_extended=any(row.state == appeal.state for row in appeal.extensions.all()),
    )
