"""Which appeals a person may see: rows 24 to 29 of the permission matrix, as one filter."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q

from kpi_portal.people.models import Role, User

if TYPE_CHECKING:
    from appeals.models.appeals import Appeal  # noqa: F401  named in the base class

BEFORE_COMMITTEE = ("submitted", "data_recheck", "meeting")
WITH_COMMITTEE = ("arbitration", "maintained", "changed")
NOTHING = Q(pk__in=[])


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals, newest first."""

    def open(self) -> "AppealQuerySet":
        """Filed and not closed."""
        return self.filter(closed_at__isnull=True, filed_at__isnull=False)

    def visible_to(self, user: User) -> "AppealQuerySet":
        """Those that the user may know of: read in full (`readable_by`), or in HR's pool.

        Of a case in the pool, which nobody reviews at the moment, HR sees number, department,
        period and due date, with the name masked. Nobody but the appellant sees a draft.
        Source: 5-appeals.md rule 10; 9-promises.md section 4, rows 24 to 29.
        """
        if not user.is_active or not user.roles:
            return self.none()
        return self.filter(_readable(user) | _pool(user))

    def readable_by(self, user: User) -> "AppealQuerySet":
        """Own ones; others only as a party, acting HR, evaluator, panel, chair or auditor."""
        if not user.is_active or not user.roles:
            return self.none()
        return self.filter(_readable(user))


def _mine(user: User) -> Q:
    return NOTHING if user.employee_id is None else Q(employee_id=user.employee_id)


def _readable(user: User) -> Q:
    # One subquery per part, as a join over the panel would double rows.
    seats = apps.get_model("appeals", "PanelSeat")._default_manager.filter(
        user=user, recused_at__isnull=True
    )
    party = Q(meeting__supervisor=user)
    seen = Q(evaluator=user) | Q(outside_chair=user) | party
    if user.has_role(Role.HR):
        seen |= Q(reviewer=user)
    if user.has_role(Role.COMMITTEE):
        seen |= Q(pk__in=seats.values("appeal_id"))
    everything = NOTHING
    if user.has_role(Role.CHAIR):
        everything |= Q(state__in=WITH_COMMITTEE)
    if user.has_role(Role.HR_LEAD, Role.AUDITOR):
        everything |= ~Q(state="draft")
    return _mine(user) | (~Q(state="draft") & ~_mine(user) & (seen | (everything & ~_led(user))))


def _led(user: User) -> Q:
    """Cases of the user's own people: a role does not open them, being a party does."""
    return NOTHING if user.employee_id is None else Q(scorecard__supervisor_id=user.employee_id)


def _pool(user: User) -> Q:
    if not user.has_role(Role.HR):
        return NOTHING
    return Q(reviewer__isnull=True, state__in=BEFORE_COMMITTEE) & ~_mine(user)
