"""Many new employees at once, as an import that may create agents finds them."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from kpi_portal.audit.services import record
from kpi_portal.people.models import Assignment, Employee, User
from kpi_portal.people.services.departments import ensure_department

# Before any date that an import accepts: a newcomer's department covers whatever comes later.
SINCE_EVER = date(1990, 1, 1)


@transaction.atomic
def add_employees(groups: Mapping[str, str], *, by: User | None, reason: str = "") -> int:
    """New employees from a mapping of text to group: number and name are the text, the group
    names the department (empty: 未分配), which is made if it is not there.

    Whoever has such a number already is left alone. Safe to run again. Returns how many are new.
    """
    known = set(Employee.objects.filter(number__in=list(groups)).values_list("number", flat=True))
    fresh = {text: group for text, group in groups.items() if text not in known}
    departments = {group: ensure_department(group, by=by) for group in sorted(set(fresh.values()))}
    people = Employee.objects.bulk_create(
        [Employee(number=text, name=text) for text in fresh], batch_size=1000
    )
    Assignment.objects.bulk_create(
        [
            Assignment(
                employee=person,
                department=departments[fresh[person.number]],
                start_on=SINCE_EVER,
            )
            for person in people
        ],
        batch_size=1000,
    )
    for person in people:
        record(
            "employee.added",
            person,
            actor=by,
            after={
                "number": person.number,
                "name": person.name,
                "department": departments[fresh[person.number]].code,
            },
            reason=reason,
        )
    return len(people)
