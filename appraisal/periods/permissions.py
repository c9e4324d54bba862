"""Who may do what with a period. Whether its state allows it is the services' matter.

Source: 9-promises.md section 4, rows 6, 7 and 18 to 22.
"""

from appraisal.models import DepartmentCoefficient, Period, Reopening
from kpi_portal.people.models import Role, User


def can_view_periods(user: User) -> bool:
    """The list of periods and where each stands; no score of anybody."""
    return user.has_role(Role.HR, Role.COMMITTEE, Role.ADMIN, Role.AUDITOR)


def can_view_results(user: User, period: Period) -> bool:
    """Distribution, lists and names of the period's results."""
    if user.has_role(Role.HR):
        return True
    if user.has_role(Role.COMMITTEE) and period.state == Period.State.IN_REVIEW:
        return True
    return user.has_role(Role.AUDITOR) and period.was_published


def can_run(user: User, period: Period) -> bool:
    """Compute: HR, and administrators without a view of the results."""
    return user.has_role(Role.HR, Role.ADMIN)


def can_submit(user: User, period: Period) -> bool:
    return user.has_role(Role.HR)


def can_decide(user: User, period: Period) -> bool:
    """Approve or send back: the committee, but nobody what they submitted themselves."""
    return user.has_role(Role.COMMITTEE) and period.submitted_by_id != user.pk


def can_publish(user: User, period: Period) -> bool:
    return user.has_role(Role.HR)


def can_close(user: User, period: Period) -> bool:
    return user.has_role(Role.HR)


def can_set_coefficient(user: User, period: Period) -> bool:
    return user.has_role(Role.HR)


def can_approve_coefficient(user: User, coefficient: DepartmentCoefficient) -> bool:
    """A second person of HR, or one of the committee."""
    return user.has_role(Role.HR, Role.COMMITTEE) and coefficient.set_by_id != user.pk


def can_compare_runs(user: User, period: Period) -> bool:
    """Which finals two runs disagree on: whoever sees the results."""
    return can_view_results(user, period)


def can_request_reopening(user: User, period: Period) -> bool:
    return user.has_role(Role.HR)


def can_agree_to_reopening(user: User, reopening: Reopening) -> bool:
    """A second person of HR."""
    return user.has_role(Role.HR) and reopening.requested_by_id != user.pk


def can_decide_reopening(user: User, reopening: Reopening) -> bool:
    """One of the committee who has neither asked nor agreed."""
    hands = (reopening.requested_by_id, reopening.agreed_by_id)
    return user.has_role(Role.COMMITTEE) and user.pk not in hands


def can_withdraw_reopening(user: User, reopening: Reopening) -> bool:
    """HR, whoever of them asked."""
    return user.has_role(Role.HR)
