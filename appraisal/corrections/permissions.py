"""Who may propose and decide corrections. Whether the state allows it is the services' matter.

Source: 9-promises.md section 4, row 17; 4-schemes-periods-results.md, "Scorecard".
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from appraisal.models import AdjustmentRequest, Decision, Exclusion, Period, Scorecard
from appraisal.models.corrections import Proposal
from appraisal.models.visibility import proposed_department_ids
from kpi_portal.people.models import Assignment, Department, Role, User
from kpi_portal.people.queries import led_ids
from surveys.models import SatisfactionAnswer
from tickets.models import Ticket

PROPOSABLE = (
    Period.State.CALCULATED,
    Period.State.IN_REVIEW,
    Period.State.APPROVED,
    Period.State.PUBLISHED,
)
"""From being calculated on, until the period is closed."""


def can_list(user: User) -> bool:
    """The page of corrections: who proposes, decides, or may ask for one."""
    own_roles = user.roles - {Role.AUDITOR}
    return user.has_role(Role.HR) or (user.employee_id is not None and bool(own_roles))


def can_list_adjustments(user: User) -> bool:
    """Adjustments are between supervisors and HR."""
    return user.has_role(Role.HR, Role.SUPERVISOR)


def can_propose_adjustment(user: User, card: Scorecard) -> bool:
    """HR, and supervisors for those they led in the period; nobody for themselves."""
    if user.employee_id == card.employee_id:
        return False
    if user.has_role(Role.HR):
        return True
    period = card.period
    return user.has_role(Role.SUPERVISOR) and card.employee_id in led_ids(
        user, period.start_on, period.end_on
    )


def can_decide_adjustment(user: User, request: AdjustmentRequest) -> bool:
    """Somebody of HR who has neither proposed it nor is concerned."""
    return _may_decide(user, request) and user.employee_id != request.employee_id


def can_decide_exclusion(user: User, exclusion: Exclusion) -> bool:
    """Somebody of HR who has neither proposed it nor gains or loses by it."""
    if not _may_decide(user, exclusion):
        return False
    return user.employee_id is None or user.employee_id not in concerned_ids(exclusion)


def can_withdraw(user: User, proposal: Proposal) -> bool:
    """Who proposed it, as long as nobody has decided."""
    return proposal.state == Decision.PROPOSED and proposal.proposed_by_id == user.pk


def can_ask(user: User, ids: set[int]) -> bool:
    """Ask for leaving out a record of one's own: `ids` are those whom the record counts for."""
    return user.employee_id in ids and user.roles != {Role.AUDITOR}


def can_propose_exclusion(user: User, ids: set[int]) -> bool:
    """HR and supervisors for a record of others that they may see."""
    return user.has_role(Role.HR, Role.SUPERVISOR) and user.employee_id not in ids


def can_propose_span(user: User, department: Department | None) -> bool:
    """A span of time: HR everywhere, supervisors in the departments they lead in or head."""
    if user.has_role(Role.HR):
        return True
    return department is not None and department.pk in proposed_department_ids(user)


def visible_adjustments(user: User) -> QuerySet[AdjustmentRequest]:
    """HR all, supervisors their team's, everybody what they proposed; nobody
    those about themselves, which would tell of an unpublished score."""
    rows = AdjustmentRequest.objects.select_related(
        "period", "employee", "indicator", "proposed_by__employee", "decided_by__employee"
    )
    if user.employee_id is not None:
        rows = rows.exclude(employee_id=user.employee_id)
    if user.has_role(Role.HR):
        return rows
    seen = Q(proposed_by=user)
    if user.employee_id is not None and user.has_role(Role.SUPERVISOR):
        led = Assignment.objects.filter(
            employee_id=OuterRef("employee_id"),
            supervisor_id=user.employee_id,
            start_on__lt=OuterRef("period__end_on"),
        ).filter(Q(end_on__isnull=True) | Q(end_on__gt=OuterRef("period__start_on")))
        seen |= Q(Exists(led))
    return rows.filter(seen)


def visible_exclusions(user: User) -> QuerySet[Exclusion]:
    """HR all, supervisors those of records and departments that they see, agents
    what they asked for."""
    rows = Exclusion.objects.select_related(
        "ticket",
        "answer__ticket",
        "department",
        "asked_by_agent",
        "proposed_by__employee",
        "decided_by__employee",
    )
    if user.has_role(Role.HR):
        return rows
    seen = Q(proposed_by=user)
    if user.employee_id is not None and user.has_role(Role.SUPERVISOR):
        seen |= Q(ticket__in=Ticket.objects.visible_to(user))
        seen |= Q(answer__in=SatisfactionAnswer.objects.visible_to(user))
        seen |= Q(department__in=proposed_department_ids(user))
    return rows.filter(seen)


def concerned_ids(exclusion: Exclusion) -> set[int]:
    """Whose numbers it may change: whom the record counts for, or those of the effect shown."""
    if exclusion.ticket is not None:
        return owners_of(exclusion.ticket)
    if exclusion.answer is not None:
        return owners_of(exclusion.answer)
    numbers = {number for people in exclusion.effect.values() for number in people}
    rows = Scorecard.objects.filter(employee__number__in=numbers)
    return set(rows.values_list("employee_id", flat=True))


def owners_of(record: Ticket | SatisfactionAnswer) -> set[int]:
    """The employees that a record counts for."""
    if isinstance(record, SatisfactionAnswer):
        named = {record.agent_id}
        ticket = owners_of(record.ticket) if record.ticket is not None else set()
        return {pk for pk in named if pk is not None} or ticket
    owners = (record.agent_id, record.first_agent_id, record.first_owner_id)
    return {pk for pk in owners if pk is not None}


def _may_decide(user: User, proposal: Proposal) -> bool:
    is_open = proposal.state == Decision.PROPOSED
    return is_open and user.has_role(Role.HR) and proposal.proposed_by_id != user.pk
