"""Who may do what with a scorecard that they may see (see ScorecardQuerySet.visible_to).

Source: 9-promises.md section 4, rows 1 to 8, 23 and 34.
"""

from appraisal.models import Period, Scorecard
from kpi_portal.people.models import Role, User

EXPORT_LIMIT = 200
"""People in one file; more need a second person (row 34)."""


def is_own(user: User, card: Scorecard) -> bool:
    return user.employee_id is not None and user.employee_id == card.employee_id


def can_acknowledge(user: User, card: Scorecard) -> bool:
    """Confirm having read, or comment: the employee, on the newest published revision."""
    return is_own(user, card) and card.is_frozen and card.is_current


def can_view_projection(user: User, period: Period) -> bool:
    """The provisional score of the running period: everybody their own, auditors none."""
    if user.employee_id is None or not user.roles - {Role.AUDITOR}:
        return False
    return period.state == Period.State.OPEN


def can_view_team(user: User) -> bool:
    """The board. Which rows it has is for `visible_to`; a head counts as a supervisor."""
    return user.has_role(Role.SUPERVISOR, Role.HR, Role.COMMITTEE, Role.AUDITOR)


def can_view_departments(user: User) -> bool:
    """The list of departments' own cards. Which rows it has is for `visible_to`."""
    return user.has_role(Role.SUPERVISOR, Role.HR, Role.COMMITTEE, Role.AUDITOR)


def can_export(user: User, period: Period) -> bool:
    """The board as a file: published results only, with a reason."""
    return period.was_published and user.has_role(Role.SUPERVISOR, Role.HR, Role.AUDITOR)


def needs_second_person(user: User, count: int) -> bool:
    """Whether a file of `count` people takes another person's agreement: an auditor's, and any
    of very many people. Source: 9-promises.md section 4, row 34."""
    return count > EXPORT_LIMIT or not user.has_role(Role.SUPERVISOR, Role.HR)


def must_give_reason(user: User, card: Scorecard) -> bool:
    """An auditor writes down why before reading somebody's scores."""
    if is_own(user, card):
        return False
    return user.has_role(Role.AUDITOR) and not user.has_role(Role.HR)
