"""What the portal knows about the reader: account, roles, where they belong."""

from dataclasses import dataclass
from datetime import date, datetime

from kpi_portal.people import queries as people
from kpi_portal.people.models import Assignment, Department, Role, User


@dataclass(frozen=True, slots=True)
class Profile:
    """Own roles and places. `assignments` are newest first; `team` counts those led today."""

    user: User
    roles: list[str]
    assignments: list[Assignment]
    headed: list[Department]
    team: int
    today: date


def profile_of(user: User, now: datetime) -> Profile:
    today = people.local_date(now)
    own = user.employee_id
    return Profile(
        user=user,
        roles=[str(Role(role).label) for role in Role.values if role in user.roles],
        assignments=_assignments(own) if own else [],
        headed=list(Department.objects.filter(head_id=own)) if own else [],
        team=len(people.led_now_ids(user, today)),
        today=today,
    )


def _assignments(employee_id: int) -> list[Assignment]:
    rows = Assignment.objects.filter(employee_id=employee_id).order_by("-start_on")
    return list(rows.select_related("department", "position", "supervisor"))
