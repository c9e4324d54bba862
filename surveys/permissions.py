"""Who may see satisfaction answers and what customers wrote. Row 43 of the permission matrix."""

from kpi_portal.people.models import Role, User
from surveys.models import SatisfactionAnswer


def can_view_answers(user: User) -> bool:
    """The list of answers; which rows, `visible_to` says. Not for administrators as such."""
    if user.has_role(Role.HR, Role.SUPERVISOR):
        return True
    return user.employee_id is not None and user.has_role(
        Role.AGENT, Role.INSPECTOR, Role.COMMITTEE
    )


def can_read_comment(user: User, answer: SatisfactionAnswer) -> bool:
    """What a customer wrote about somebody else; never about oneself before publication."""
    if user.employee_id is not None and answer.agent_id == user.employee_id:
        return False
    return user.has_role(Role.HR, Role.SUPERVISOR)
