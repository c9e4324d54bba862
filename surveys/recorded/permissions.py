"""Who may read recorded values, and type them in for whom."""

from datetime import date, timedelta

from kpi_portal.people.models import Assignment, Department, Employee, Role, User
from kpi_portal.people.queries import headed_department_ids, led_ids
from surveys.models import RecordedValue
from surveys.permissions import can_view_answers

ONE_DAY = timedelta(days=1)


def can_view_recorded(user: User) -> bool:
    """The list of recorded values; which rows, `visible_to` says."""
    return can_view_answers(user)


def can_record(user: User) -> bool:
    """Type values in at all."""
    return user.has_role(Role.HR, Role.SUPERVISOR)


def can_record_for(user: User, whom: Employee | Department, on: date) -> bool:
    """HR for everybody but themselves; supervisors for whom they lead, and for the departments
    that they head, on that day.
    """
    if isinstance(whom, Department):
        return user.has_role(Role.HR) or (
            user.has_role(Role.SUPERVISOR) and whom.pk in headed_department_ids(user)
        )
    if whom.pk == user.employee_id:
        return False
    if user.has_role(Role.HR):
        return True
    if whom.pk in led_ids(user, on, on + ONE_DAY):
        return True
    headed = headed_department_ids(user) if user.has_role(Role.SUPERVISOR) else set()
    posts = Assignment.objects.overlapping(on, on + ONE_DAY).filter(employee=whom)
    return posts.filter(department_id__in=headed).exists()


def can_change(user: User, value: RecordedValue) -> bool:
    """Correct or remove a value: whoever may record it."""
    whom = value.employee or value.department
    assert whom is not None
    return can_record(user) and can_record_for(user, whom, value.effective_on)
