"""Which appeals a person may see: rows 24 to 29 of the permission matrix, as one filter."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from kpi_portal.people.models import Role, User

if TYPE_CHECKING:
    pass

# From the meeting on the supervisor is a party.
WITH_PARTIES = ("meeting", "arbitration", "settled", "maintained", "changed")
WITH_COMMITTEE = ("arbitration", "maintained", "changed")


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals, newest first."""

    def open(self) -> "AppealQuerySet":
        """Filed and not closed."""
        return self.filter(closed_at__isnull=True, filed_at__isnull=False)

    def visible_to(self, user: User) -> "AppealQuerySet":
        """Own ones; others only to the parties, acting HR, the panel, the chair and auditors.

        HR sees the cases assigned to them and the pool that nobody has taken; the HR lead and
        auditors see all. Nobody but the appellant sees a draft.
        Source: 5-appeals.md rule 10; 9-promises.md section 4, rows 24 to 29.
        """
        if not user.is_active or not user.roles:
            return self.none()
        seen = Q(pk__in=[])
        mine = Q(pk__in=[])
        if user.employee_id is not None:
            mine = Q(employee_id=user.employee_id)
            seen |= Q(scorecard__supervisor_id=user.employee_id, state__in=WITH_PARTIES)
        seen |= Q(reviewer=user) | Q(evaluator=user)
        if user.has_role(Role.HR):
            seen |= Q(state="submitted", reviewer__isnull=True)
        if user.has_role(Role.HR_LEAD, Role.AUDITOR):
            return self.filter(mine | ~Q(state="draft"))
        if user.has_role(Role.COMMITTEE):
            seated = self.model._default_manager.filter(
                panel__user=user, panel__recused_at__isnull=True
            )
            seen |= Q(pk__in=seated.values("pk"), state__in=WITH_COMMITTEE)
        if user.has_role(Role.CHAIR):
            seen |= Q(state__in=WITH_COMMITTEE)
        return self.filter(mine | (seen & ~Q(state="draft") & ~mine))
