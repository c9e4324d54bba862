"""Which answers a person may see: row 43 of the permission matrix, as one filter."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from kpi_portal.people.models import Role, User
from tickets.models.visibility import NOTHING, of_team

if TYPE_CHECKING:
    from surveys.models.answers import SatisfactionAnswer  # noqa: F401  named in the base class


class AnswerQuerySet(models.QuerySet["SatisfactionAnswer"]):
    """Satisfaction answers, newest first."""

    def visible_to(self, user: User) -> "AnswerQuerySet":
        """Own answers; the team's by date; all for HR.

        What a customer wrote is a matter of `surveys.permissions.can_read_comment`.
        """
        if not user.is_active or not user.roles:
            return self.none()
        if user.has_role(Role.HR):
            return self.all()
        return self.filter(_own(user) | of_team(user, "answered_at", ("agent",)))


def _own(user: User) -> Q:
    if user.employee_id is None or user.roles == {Role.AUDITOR}:
        return NOTHING
    return Q(agent_id=user.employee_id)
