"""Which answers, assessments and recorded values a person may see, each as one filter."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from kpi_portal.people.models import Assignment, Role, User
from kpi_portal.people.queries import headed_department_ids
from tickets.models.visibility import NOTHING, of_team

if TYPE_CHECKING:  # named in the base classes
    from surveys.models.answers import SatisfactionAnswer  # noqa: F401
    from surveys.models.assessments import Assessment  # noqa: F401
    from surveys.models.invitations import SurveyInvitation  # noqa: F401
    from surveys.models.recorded import RecordedValue  # noqa: F401

PEER = "peer"


class AnswerQuerySet(models.QuerySet["SatisfactionAnswer"]):
    """Satisfaction answers, newest first."""

    def visible_to(self, user: User) -> "AnswerQuerySet":
        """Own answers; the team's by date; all for HR. Row 43 of the permission matrix.

        What a customer wrote is a matter of `surveys.permissions.can_read_comment`.
        """
        if not user.is_active or not user.roles:
            return self.none()
        if user.has_role(Role.HR):
            return self.all()
        return self.filter(_own(user) | of_team(user, "answered_at", ("agent",)))


class InvitationQuerySet(models.QuerySet["SurveyInvitation"]):
    """Invitations to answer, newest first."""

    def visible_to(self, user: User) -> "InvitationQuerySet":
        """As answers are."""
        if not user.is_active or not user.roles:
            return self.none()
        if user.has_role(Role.HR):
            return self.all()
        return self.filter(_own(user) | of_team(user, "invited_at", ("agent",)))


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments, newest first."""

    def visible_to(self, user: User) -> "AssessmentQuerySet":
        """Those about oneself and about the team, by date; those that one gave; all for HR.

        A single assessment by a peer is for HR and for who gave it only: peers stay unnamed, and
        only their mean, from three on, is shown to others.
        """
        if not user.is_active or not user.roles:
            return self.none()
        if user.has_role(Role.HR):
            return self.all()
        about = _own(user, "subject") | of_team(user, "submitted_at", ("subject",))
        return self.filter(about & ~Q(rater_group=PEER) | _own(user, "rater"))


class RecordedQuerySet(models.QuerySet["RecordedValue"]):
    """Recorded values, newest first."""

    def visible_to(self, user: User) -> "RecordedQuerySet":
        """One's own and those of the own department; the team's, and those of the departments
        that one leads in or heads, by date; all for HR.
        """
        if not user.is_active or not user.roles:
            return self.none()
        if user.has_role(Role.HR):
            return self.all()
        condition = _own(user, "employee")
        for start, end, employee, department in _posts(user):
            when = Q(effective_on__gte=start)
            if end is not None:
                when &= Q(effective_on__lt=end)
            condition |= when & (Q(employee_id=employee) | Q(department_id=department))
        return self.filter(condition)


def _posts(user: User) -> list[tuple[object, object, int, int]]:
    """(from, until, employee, department) of everybody whom the user led, and of the user."""
    if user.employee_id is None or user.roles == {Role.AUDITOR}:
        return []
    whose = Q(employee_id=user.employee_id)
    if user.has_role(Role.SUPERVISOR):
        whose |= Q(supervisor_id=user.employee_id)
        whose |= Q(department_id__in=headed_department_ids(user))
    rows = Assignment.objects.filter(whose).order_by("id")
    return list(rows.values_list("start_on", "end_on", "employee_id", "department_id"))


def _own(user: User, field: str = "agent") -> Q:
    if user.employee_id is None or user.roles == {Role.AUDITOR}:
        return NOTHING
    return Q(**{f"{field}_id": user.employee_id})
