"""Who may import and see tickets. Rows 32, 35 and 36 of the permission matrix."""

from kpi_portal.people.models import Role, User
from tickets.models import Import


def can_import(user: User) -> bool:
    """Upload, check and import files and batches; see earlier imports and their rejected rows."""
    return user.has_role(Role.HR, Role.ADMIN)


def can_open_what_came(user: User, kept: Import) -> bool:
    """Whether the rows of an import can be shown: administrators import answers unseen, and not
    every kind has a list of its own.
    """
    if kept.kind not in (Import.Kind.TICKETS, Import.Kind.SATISFACTION, Import.Kind.RECORDED):
        return False
    return kept.kind == Import.Kind.TICKETS or user.has_role(Role.HR)


def needs_fresh_sign_in(user: User) -> bool:
    """Administrators prove who they are before they import (S); HR imports its own files."""
    return not user.has_role(Role.HR)


def can_view_tickets(user: User) -> bool:
    """The list of tickets; which rows, `visible_to` says."""
    if user.has_role(Role.HR, Role.ADMIN, Role.SUPERVISOR, Role.AGENT):
        return True
    return user.employee_id is not None and user.has_role(Role.INSPECTOR, Role.COMMITTEE)
