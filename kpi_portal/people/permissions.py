"""Who may see and change people, accounts, the calendar; and recent proof of identity."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest

from kpi_portal.people.models import ApiToken, Employee, Role, User

FRESH_S = 300
MFA_ROLES = (Role.HR, Role.COMMITTEE, Role.ADMIN, Role.AUDITOR)


def can_view_people(user: User) -> bool:
    """Lists of employees and departments (a supervisor's holds the own team)."""
    return user.has_role(Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR)


def can_edit_people(user: User) -> bool:
    """Departments, positions, employees, assignments."""
    return user.has_role(Role.ADMIN)


def can_edit_leave(user: User) -> bool:
    """Recorded absences: HR keeps them."""
    return user.has_role(Role.HR)


def can_report_absence(user: User, employee: Employee) -> bool:
    """Supervisors report absences of their team, not their own; HR, as a second person, records
    them."""
    return user.has_role(Role.SUPERVISOR) and user.employee_id != employee.pk


def can_view_accounts(user: User) -> bool:
    """Accounts and their roles (a supervisor's list holds the own team)."""
    return user.has_role(Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR)


def can_edit_accounts(user: User) -> bool:
    return user.has_role(Role.ADMIN)


def can_edit_roles(user: User, account: User) -> bool:
    """Administrators, but nobody their own."""
    return user.has_role(Role.ADMIN) and user.pk != account.pk


def can_view_calendar(user: User) -> bool:
    """Everybody: deadlines follow it."""
    return True


def can_edit_calendar(user: User) -> bool:
    return user.has_role(Role.HR, Role.ADMIN)


def can_view_company(user: User) -> bool:
    """The settings of the company; auditors look."""
    return user.has_role(Role.ADMIN, Role.AUDITOR)


def can_edit_company(user: User) -> bool:
    return user.has_role(Role.ADMIN)


def can_create_token(user: User, scope: str) -> bool:
    """Reading: everybody, their own rights. Importing: administrators."""
    return scope == ApiToken.Scope.READ or user.has_role(Role.ADMIN)


def can_use_admin(user: User) -> bool:
    """The reference data behind Django's admin."""
    return user.is_active and user.has_role(Role.ADMIN)


def needs_mfa(user: User) -> bool:
    """Whether this account must have a second factor (setting, roles with power)."""
    return bool(settings.MFA_REQUIRED) and user.has_role(*MFA_ROLES)


def is_fresh(request: HttpRequest, now: float | None = None) -> bool:
    """Whether this session proved who it is within the last five minutes."""
    records = get_authentication_records(request, request.user)
    latest = max((record.get("at", 0) for record in records), default=0)
    return (time.time() if now is None else now) - latest < FRESH_S


def require_fresh(request: HttpRequest) -> None:
    """Ask for the password (or second factor) again if that was long ago; then go on here.

    For the rows marked S in the permission matrix; call it first in the view, for GET and POST.
    Raises ReauthenticationRequired, which the sign-in middleware turns into that page.
    """
    if settings.FRESH_AUTHENTICATION and not is_fresh(request):
        raise ReauthenticationRequired
