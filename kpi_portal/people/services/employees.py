"""Employees: hiring, transfers, leaving, absences, and the names that sources give them.

Two assignments of one employee never overlap: the database refuses it, and these functions
split and join spans so that it does not come to that.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict
from kpi_portal.people.models import (
    Alias,
    Assignment,
    Department,
    Employee,
    Leave,
    Position,
    User,
)
from kpi_portal.people.services import changes

FIELDS = frozenset({"number", "name", "hired_on", "is_shared"})


class NotEmployed(Conflict):
    code = "not_employed"


class LeaveOverlaps(Conflict):
    code = "leave_overlaps"


@transaction.atomic
def add_employee(
    *,
    number: str,
    name: str,
    department: Department | None,
    start_on: date,
    by: User | None,
    position: Position | None = None,
    supervisor: Employee | None = None,
    hired_on: date | None = None,
    is_shared: bool = False,
    reason: str = "",
) -> Employee:
    """A new employee, assigned from `start_on` on unless `department` is None. Raises Invalid."""
    employee = Employee(number=number, name=name, hired_on=hired_on, is_shared=is_shared)
    changes.checked(employee)
    employee.save(force_insert=True)
    record(
        "employee.added",
        employee,
        actor=by,
        after={
            "number": number,
            "name": name,
            "hired_on": hired_on,
            "is_shared": is_shared,
        },
        reason=reason,
    )
    if department is not None:
        transfer(
            employee, on=start_on, department=department, position=position,
            supervisor=supervisor, by=by, reason=reason,
        )  # fmt: skip
    return employee


@transaction.atomic
def change_employee(
    employee: Employee, *, by: User | None, reason: str = "", **fields: Any
) -> Employee:
    """Change number, name, hiring date or the bot flag. Raises Invalid."""
    changes.apply(employee, "employee.changed", fields, allowed=FIELDS, by=by, reason=reason)
    return employee


@transaction.atomic
def transfer(
    employee: Employee,
    *,
    on: date,
    department: Department,
    position: Position | None,
    supervisor: Employee | None,
    by: User | None,
    reason: str = "",
) -> Assignment:
    """Where `employee` works from `on` on, until the next assignment that is already known.

    The assignment in force ends on that day; one that begins on that very day is corrected.
    Nothing changes, and nothing is recorded, if this is already so. Safe to run again.
    Raises NotEmployed before hiring or after leaving, and Invalid.
    """
    employee = Employee.objects.select_for_update().get(pk=employee.pk)
    _check_employed(employee, on)
    place = {"department": department, "position": position, "supervisor": supervisor}
    current = Assignment.objects.on(on).filter(employee=employee).first()
    if current is not None and _is_at(current, place):
        return current
    before = _described(current) if current else {}
    if current is not None and current.start_on == on:
        fresh = current
        for name, value in place.items():
            setattr(fresh, name, value)
    else:
        fresh = Assignment(
            employee=employee,
            start_on=on,
            end_on=_end_of(employee, current, on),
            **place,
        )
        if current is not None:
            current.end_on = on
            current.save(update_fields=["end_on"])
    changes.checked(fresh)
    fresh.save()
    record(
        "employee.transferred",
        employee,
        actor=by,
        before=before,
        after=_described(fresh),
        reason=reason,
    )
    return fresh


def _check_employed(employee: Employee, on: date) -> None:
    if employee.hired_on is not None and on < employee.hired_on:
        raise NotEmployed(
            _("%(name)s was hired on %(day)s. Choose that day or a later one.")
            % {"name": employee.name, "day": employee.hired_on}
        )
    if employee.left_on is not None and on > employee.left_on:
        raise NotEmployed(
            _("%(name)s left on %(day)s. Choose that day or an earlier one.")
            % {"name": employee.name, "day": employee.left_on}
        )


def _is_at(assignment: Assignment, place: dict[str, Any]) -> bool:
    return all(getattr(assignment, name) == value for name, value in place.items())


def _end_of(employee: Employee, current: Assignment | None, on: date) -> date | None:
    """Until when a new assignment runs: as long as the one that it splits, else to the next."""
    if current is not None:
        return current.end_on
    later = Assignment.objects.filter(employee=employee, start_on__gt=on).order_by("start_on")
    following = later.first()
    if following is not None:
        return following.start_on
    return employee.left_on + timedelta(days=1) if employee.left_on else None


def _described(assignment: Assignment) -> dict[str, Any]:
    """An assignment for the trail: codes and numbers, which stay readable."""
    return {
        "department": assignment.department.code,
        "position": assignment.position.code if assignment.position else None,
        "supervisor": assignment.supervisor.number if assignment.supervisor else None,
        "start_on": assignment.start_on,
        "end_on": assignment.end_on,
    }


@transaction.atomic
def leave(employee: Employee, *, on: date, by: User | None, reason: str = "") -> Employee:
    """`on` is the last day at work: assignments end after it, and so does the right to sign in.

    Later assignments that have not begun go. Safe to run again. Raises Invalid.
    """
    employee = Employee.objects.select_for_update().get(pk=employee.pk)
    if employee.left_on == on:
        return employee
    before = employee.left_on
    employee.left_on = on
    changes.checked(employee)
    employee.save(update_fields=["left_on"])
    after = on + timedelta(days=1)
    Assignment.objects.filter(employee=employee, start_on__gte=after).delete()
    Assignment.objects.overlapping(after, date.max).filter(employee=employee).update(end_on=after)
    record(
        "employee.left",
        employee,
        actor=by,
        before={"left_on": before},
        after={"left_on": on},
        reason=reason,
    )
    return employee


@transaction.atomic
def rejoin(
    employee: Employee,
    *,
    on: date,
    department: Department,
    position: Position | None,
    supervisor: Employee | None,
    by: User | None,
    reason: str = "",
) -> Employee:
    """Somebody who left works here again from `on` on. Raises NotEmployed if they never left."""
    employee = Employee.objects.select_for_update().get(pk=employee.pk)
    if employee.left_on is None or on <= employee.left_on:
        raise NotEmployed(_("%(name)s has not left.") % {"name": employee.name})
    before = employee.left_on
    employee.left_on = None
    employee.save(update_fields=["left_on"])
    record(
        "employee.rejoined",
        employee,
        actor=by,
        before={"left_on": before},
        reason=reason,
    )
    transfer(
        employee, on=on, department=department, position=position, supervisor=supervisor,
        by=by, reason=reason,
    )  # fmt: skip
    return employee


@transaction.atomic
def add_leave(
    employee: Employee, *, start_on: date, end_on: date, kind: str, by: User | None,
    reason: str = "",
) -> Leave:  # fmt: skip
    """Record an absence during `[start_on, end_on)`. Raises LeaveOverlaps and Invalid."""
    Employee.objects.select_for_update().get(pk=employee.pk)
    others = Leave.objects.filter(employee=employee, start_on__lt=end_on, end_on__gt=start_on)
    if other := others.first():
        raise LeaveOverlaps(
            _("An absence from %(start)s to %(end)s is already recorded.")
            % {"start": other.start_on, "end": other.end_on - timedelta(days=1)}
        )
    absence = Leave(employee=employee, start_on=start_on, end_on=end_on, kind=kind)
    changes.checked(absence)
    absence.save()
    record(
        "employee.leave_added",
        employee,
        actor=by,
        after={"start_on": start_on, "end_on": end_on, "kind": kind},
        reason=reason,
    )
    return absence


@transaction.atomic
def remove_leave(absence: Leave, *, by: User | None, reason: str = "") -> None:
    """Take a recorded absence back."""
    record(
        "employee.leave_removed",
        absence.employee,
        actor=by,
        before={
            "start_on": absence.start_on,
            "end_on": absence.end_on,
            "kind": absence.kind,
        },
        reason=reason,
    )
    absence.delete()


@transaction.atomic
def remember_alias(source: str, text: str, employee: Employee, *, by: User | None) -> Alias:
    """From now on `text` in exports of `source` means `employee`. Safe to run again."""
    alias, made = Alias.objects.get_or_create(
        source=source, text=text, defaults={"employee": employee}
    )
    before = None if made else alias.employee.number
    if before == employee.number:
        return alias
    alias.employee = employee
    alias.save()
    record(
        "employee.alias_set",
        employee,
        actor=by,
        before={"source": source, "text": text, "employee": before},
        after={"source": source, "text": text, "employee": employee.number},
    )
    return alias
