"""Which tickets a person may see: rows 35 and 36 of the permission matrix, as one filter."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from kpi_portal.core.time import midnight
from kpi_portal.people.models import Assignment, Role, User
from kpi_portal.people.queries import headed_department_ids, zone

if TYPE_CHECKING:
    from tickets.models.tickets import Ticket  # noqa: F401  named in the base class

NOTHING = Q(pk__in=[])


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Tickets, newest first."""

    def visible_to(self, user: User) -> "TicketQuerySet":
        """Own tickets; the team's and the headed departments' by date; all for HR and admins.

        Own: handled, or answered first. A supervisor sees what somebody handled while they
        supervised them. Customers are masked for everybody: the raw reference is not kept.
        """
        if not user.is_active or not user.roles:
            return self.none()
        if user.has_role(Role.HR, Role.ADMIN):
            return self.all()
        return self.filter(own(user) | of_team(user, "created_at", ("agent", "first_owner")))

    def of(self, employee_id: int) -> "TicketQuerySet":
        """Those that somebody handled or answered first."""
        return self.filter(Q(agent_id=employee_id) | Q(first_owner_id=employee_id))


def own(user: User) -> Q:
    """Tickets that the user handled or answered first. An auditor's role alone opens none."""
    if user.employee_id is None or user.roles == {Role.AUDITOR}:
        return NOTHING
    return Q(agent_id=user.employee_id) | Q(first_owner_id=user.employee_id)


def of_team(user: User, anchor: str, owners: tuple[str, ...]) -> Q:
    """Records of those whom the user led, or whose department they head, on the record's day.

    `anchor` is the instant that dates a record, `owners` the fields that name a person. People
    with the same dates share one condition, so that a team costs a few of them.
    """
    condition = NOTHING
    for (start, end), ids in _spans(user).items():
        when = Q(**{f"{anchor}__gte": midnight(start, zone())})
        if end is not None:
            when &= Q(**{f"{anchor}__lt": midnight(end, zone())})
        who = Q()
        for owner in owners:
            who |= Q(**{f"{owner}_id__in": ids})
        condition |= when & who
    return condition


def _spans(user: User) -> dict[tuple[date, date | None], list[int]]:
    """The employees led or headed, by the span of their assignment."""
    if user.employee_id is None or not user.has_role(Role.SUPERVISOR):
        return {}
    led = Q(supervisor_id=user.employee_id)
    headed = headed_department_ids(user)
    rows: Any = Assignment.objects.filter(led | Q(department_id__in=headed))
    spans: dict[tuple[date, date | None], list[int]] = {}
    for start, end, employee_id in rows.order_by("id").values_list(
        "start_on", "end_on", "employee_id"
    ):
        spans.setdefault((start, end), []).append(employee_id)
    return spans
