"""Who is appraised in a period, where they stand, and how many working days they were there."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate, groupby, pairwise

from appraisal.models import Period
from appraisal.scorecards.inputs import Seat, Stay
from kpi_portal.core.time import days_between
from kpi_portal.people.models import Assignment, Leave
from kpi_portal.people.queries import workday_test

Span = tuple[date, date]
Count = Callable[[date, date], int]


def seats(
    period: Period, employee_id: int | None = None, *, cuts: Sequence[date] = ()
) -> list[Seat]:
    """Everybody with an assignment in the period but bots and shared accounts, by number.

    Each has one stay for every assignment, and for every part of it between `cuts`, in order.
    Working days are those of the company's calendar on which they belonged to it, recorded
    leave excepted. Three queries, however many people. `employee_id` narrows to one.
    Source: 3-scoring.md, "Missing data".
    """
    count = _counter(period.start_on, period.end_on)
    leaves = _leaves(period)
    rows = (
        Assignment.objects.overlapping(period.start_on, period.end_on)
        .filter(employee__is_shared=False)
        .select_related("employee")
        .order_by("employee__number", "start_on")
    )
    if employee_id is not None:
        rows = rows.filter(employee_id=employee_id)
    found = []
    for _number, group in groupby(rows, key=lambda row: row.employee.number):
        assignments = [(row, span) for row in group if (span := _present(row, period))]
        if not assignments:
            continue
        employee = assignments[-1][0].employee
        absent = leaves.get(employee.pk, [])
        stays: list[Stay] = []
        for row, span in assignments:
            for start, end in _cut(span, cuts):
                stays.append(_stay(row, start, end, absent, count))
        found.append(Seat(employee_id=employee.pk, hired_on=employee.hired_on, stays=tuple(stays)))
    return found


def _stay(row: Assignment, start: date, end: date, absent: list[Span], count: Count) -> Stay:
    return Stay(
        start=start,
        end=end,
        department_id=row.department_id,
        position_id=row.position_id,
        supervisor_id=row.supervisor_id,
        working_days=sum(count(*span) for span in without([(start, end)], absent)),
    )


def _cut(span: Span, cuts: Sequence[date]) -> list[Span]:
    """The span in pieces that end where a scheme does."""
    days = [span[0], *(day for day in cuts if span[0] < day < span[1]), span[1]]
    return list(pairwise(days))


def _present(assignment: Assignment, period: Period) -> Span | None:
    """The part of the assignment in the period and in the employment; `left_on` counts."""
    employee = assignment.employee
    start = max(filter(None, (assignment.start_on, period.start_on, employee.hired_on)))
    left = employee.left_on + timedelta(days=1) if employee.left_on else None
    end = min(filter(None, (assignment.end_on, period.end_on, left)))
    return (start, end) if start < end else None


def _leaves(period: Period) -> dict[int, list[Span]]:
    rows = Leave.objects.filter(start_on__lt=period.end_on, end_on__gt=period.start_on)
    found: dict[int, list[Span]] = {}
    for employee_id, start, end in rows.values_list("employee_id", "start_on", "end_on"):
        found.setdefault(employee_id, []).append((start, end))
    return found


def _counter(start: date, end: date) -> Callable[[date, date], int]:
    """How many working days a span inside `[start, end)` holds, by one subtraction."""
    is_workday = workday_test(start, end)
    before = [0, *accumulate(int(is_workday(day)) for day in days_between(start, end))]
    return lambda first, last: before[(last - start).days] - before[(first - start).days]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Half-open spans in order, those that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def without(spans: Iterable[Span], absent: Iterable[Span]) -> list[Span]:
    """The parts of `spans` outside of `absent`; all half-open."""
    left = list(spans)
    for gone_from, gone_to in _joined(absent):
        left = [
            part
            for start, end in left
            for part in ((start, min(end, gone_from)), (max(start, gone_to), end))
            if part[0] < part[1]
        ]
    return left
