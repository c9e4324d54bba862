"""Who stands above and below an employee in the line, by the assignments of a span of days.

Walks outwards from one person, so that its cost does not grow with the company.
"""

from datetime import date

from django.db.models import Q

from kpi_portal.people.models import Assignment, Department
from kpi_portal.people.models.organisation import AssignmentQuerySet


def line_above(employee_id: int, start: date, today: date) -> set[int]:
    """Employee ids above `employee_id` on any day from `start` to `today`, both included.

    Supervisors, theirs in turn, and the heads of the own departments and of those above.
    """
    above: set[int] = set()
    frontier = {employee_id}
    while frontier:
        rows = _assignments(start, today).filter(employee_id__in=frontier)
        found = {pk for pk in rows.values_list("supervisor_id", flat=True) if pk is not None}
        frontier = found - above - {employee_id}
        above |= frontier
    own = _assignments(start, today).filter(employee_id=employee_id)
    departments = set(own.values_list("department_id", flat=True))
    return (above | set(heads_of(departments))) - {employee_id}


def line_below(employee_id: int, start: date, today: date) -> set[int]:
    """Employee ids that answered to `employee_id`, directly or through others, in that time."""
    below: set[int] = set()
    frontier = {employee_id}
    while frontier:
        rows = _assignments(start, today).filter(supervisor_id__in=frontier)
        frontier = set(rows.values_list("employee_id", flat=True)) - below - {employee_id}
        below |= frontier
    return below


def heads_of(departments: set[int]) -> list[int]:
    """Heads of `departments` and of those that they belong to, the nearest first."""
    links = {
        pk: (parent, head)
        for pk, parent, head in Department.objects.values_list("pk", "parent_id", "head_id")
    }
    heads: list[int] = []
    seen: set[int] = set()
    level = sorted(departments)
    while level:
        seen.update(level)
        rows = [links[pk] for pk in level if pk in links]
        heads += [head for _parent, head in rows if head is not None and head not in heads]
        level = sorted({parent for parent, _head in rows if parent is not None} - seen)
    return heads


def _assignments(start: date, today: date) -> AssignmentQuerySet:
    return Assignment.objects.filter(
        Q(end_on__isnull=True) | Q(end_on__gt=start), start_on__lte=today
    )
