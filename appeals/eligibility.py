"""Conflicts of interest: who must not act on an appeal, and why.

Checked at assignment, when evidence is opened, and inside the transaction that decides.
Source: 5-appeals.md rule 2; 9-promises.md section 4, C1 to C8.
"""

from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Appeal, State, Topic
from appraisal.models import Adjustment
from kpi_portal.people.models import Assignment, Department, Role, User
from kpi_portal.people.models.organisation import AssignmentQuerySet
from kpi_portal.people.queries import local_date


class Capacity(StrEnum):
    """In what part somebody would act."""

    REVIEWER = "reviewer"
    EVALUATOR = "evaluator"
    ARBITER = "arbiter"
    CHAIR = "chair"
    HR_LEAD = "hr_lead"


ROLES = {
    Capacity.REVIEWER: (Role.HR,),
    Capacity.EVALUATOR: (Role.SUPERVISOR, Role.INSPECTOR, Role.HR),
    Capacity.ARBITER: (Role.COMMITTEE,),
    Capacity.CHAIR: (Role.CHAIR,),
    Capacity.HR_LEAD: (Role.HR_LEAD,),
}

REASONS: dict[str, Promise] = {
    "inactive": _("the account is switched off or has left"),
    "role": _("does not hold the role that this needs"),
    "self": _("is the appellant"),
    "in_line": _("is or was above the appellant in the line since the period began"),
    "below": _("reports to the appellant"),
    "acted": _("has acted on this scorecard"),
    "wrote_scheme": _("wrote the scheme version whose weights are disputed"),
    "decided": _("has already acted in this case at another step"),
    "own_appeal": _("has an open appeal of their own in the same period"),
    "party": _("is a party in the meeting"),
}


def conflicts(user: User, appeal: Appeal, capacity: Capacity, now: datetime) -> list[str]:
    """Keys of REASONS that keep `user` from acting in `capacity`; empty means eligible."""
    found = []
    if not user.is_active:
        found.append("inactive")
    if not user.has_role(*ROLES[capacity]):
        found.append("role")
    today = local_date(now)
    if user.employee_id is not None:
        if user.employee_id == appeal.employee_id:
            found.append("self")
        if user.employee_id in line_above(appeal, today):
            found.append("in_line")
        if user.employee_id in line_below(appeal, today):
            found.append("below")
    if capacity in (Capacity.REVIEWER, Capacity.EVALUATOR, Capacity.ARBITER):
        if _acted(user, appeal):
            found.append("acted")
        if _wrote_scheme(user, appeal):
            found.append("wrote_scheme")
    if _decided_elsewhere(user, appeal, capacity):
        found.append("decided")
    if capacity in (Capacity.ARBITER, Capacity.CHAIR) and _own_appeal(user, appeal):
        found.append("own_appeal")
    return found


def is_eligible(user: User, appeal: Appeal, capacity: Capacity, now: datetime) -> bool:
    return not conflicts(user, appeal, capacity, now)


def eligible_users(appeal: Appeal, capacity: Capacity, now: datetime) -> list[User]:
    """Everybody who may act in `capacity`, by user name."""
    roles = set(ROLES[capacity])
    if Role.HR in roles:
        roles.add(Role.HR_LEAD)
    if Role.COMMITTEE in roles:
        roles.add(Role.CHAIR)
    candidates = (
        User.objects.filter(is_active=True, role_grants__role__in=roles)
        .select_related("employee")
        .distinct()
    )
    return [user for user in candidates if is_eligible(user, appeal, capacity, now)]


def line_above(appeal: Appeal, today: date) -> set[int]:
    """Employees above the appellant on any day from the period's start to today.

    Direct supervisors, theirs in turn, and the heads of the departments and those above.
    """
    above: set[int] = set()
    frontier = {appeal.employee_id}
    departments: set[int] = set()
    while frontier:
        rows = list(_assignments(appeal, today).filter(employee_id__in=frontier))
        departments |= {row.department_id for row in rows}
        found = {row.supervisor_id for row in rows if row.supervisor_id is not None}
        frontier = found - above - {appeal.employee_id}
        above |= frontier
    if appeal.scorecard.supervisor_id is not None:
        above.add(appeal.scorecard.supervisor_id)
    own = {
        row.department_id
        for row in _assignments(appeal, today).filter(employee_id=appeal.employee_id)
    }
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    heads = dict(Department.objects.values_list("pk", "head_id"))
    for department in own:
        current: int | None = department
        while current is not None:
            head = heads.get(current)
            if head is not None and head != appeal.employee_id:
                above.add(head)
            current = parents.get(current)
    return above


def line_below(appeal: Appeal, today: date) -> set[int]:
    """Employees who answered to the appellant, directly or through others, in the same time."""
    below: set[int] = set()
    frontier = {appeal.employee_id}
    while frontier:
        rows = _assignments(appeal, today).filter(supervisor_id__in=frontier)
        frontier = set(rows.values_list("employee_id", flat=True)) - below
        below |= frontier
    return below


def _assignments(appeal: Appeal, today: date) -> AssignmentQuerySet:
    return Assignment.objects.filter(
        Q(end_on__isnull=True) | Q(end_on__gt=appeal.period.start_on), start_on__lte=today
    )


def _acted(user: User, appeal: Appeal) -> bool:
    return (
        Adjustment.objects.filter(
            scorecard__period=appeal.period, scorecard__employee_id=appeal.employee_id
        )
        .filter(Q(proposed_by=user) | Q(approved_by=user))
        .exists()
    )


def _wrote_scheme(user: User, appeal: Appeal) -> bool:
    """Only where weights are disputed: procedure, total or band rather than single lines."""
    if not {Topic.PROCEDURE, Topic.TOTAL, Topic.BAND} & set(appeal.topics):
        return False
    version = appeal.scorecard.version
    return version.author_id == user.pk or version.editors.filter(pk=user.pk).exists()


def _decided_elsewhere(user: User, appeal: Appeal, capacity: Capacity) -> bool:
    held = {
        Capacity.REVIEWER: appeal.reviewer_id == user.pk,
        Capacity.EVALUATOR: appeal.evaluator_id == user.pk,
        Capacity.ARBITER: appeal.panel.filter(user=user).exists(),
    }
    if capacity in (Capacity.CHAIR, Capacity.HR_LEAD):
        return capacity == Capacity.CHAIR and held[Capacity.REVIEWER]
    confirmed = appeal.steps.filter(by=user, from_state__in=[State.MEETING]).exists()
    others = any(value for part, value in held.items() if part != capacity)
    return others or (capacity == Capacity.ARBITER and confirmed)


def _own_appeal(user: User, appeal: Appeal) -> bool:
    if user.employee_id is None:
        return False
    return (
        Appeal.objects.open()
        .filter(period=appeal.period, employee_id=user.employee_id)
        .exclude(pk=appeal.pk)
        .exists()
    )
