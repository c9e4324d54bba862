"""Who may see and stop jobs, and change the timetable."""

from kpi_portal.jobs.models import Job
from kpi_portal.people.models import Role, User


def can_cancel(user: User, job: Job) -> bool:
    """Whoever asked for it, and administrators."""
    return job.requested_by_id == user.pk or user.has_role(Role.ADMIN)


def can_view_schedules(user: User) -> bool:
    """The timetable; auditors look."""
    return user.has_role(Role.ADMIN, Role.AUDITOR)


def can_edit_schedules(user: User) -> bool:
    return user.has_role(Role.ADMIN)


def can_verify_audit(user: User) -> bool:
    return user.has_role(Role.ADMIN, Role.AUDITOR)
