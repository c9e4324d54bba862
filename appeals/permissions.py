"""Who may do what with an appeal they see. Guards of state are the workflow's; both are asked."""

from datetime import datetime

from django.utils import timezone

from appeals.eligibility import Capacity, is_eligible
from appeals.models import Appeal, Confirmation, State
from appeals.workflow import allows
from appraisal.models import Scorecard
from kpi_portal.people.models import Role, User


def is_appellant(user: User, appeal: Appeal) -> bool:
    return user.employee_id is not None and user.employee_id == appeal.employee_id


def is_party_supervisor(user: User, appeal: Appeal) -> bool:
    """Whether the user is the supervisor named on the disputed card."""
    return (
        user.employee_id is not None
        and user.employee_id == appeal.scorecard.supervisor_id
        and not is_appellant(user, appeal)
    )


def can_edit(user: User, appeal: Appeal) -> bool:
    """Row 24: the appellant, while it is a draft."""
    return is_appellant(user, appeal) and appeal.state == State.DRAFT


def can_withdraw(user: User, appeal: Appeal) -> bool:
    return is_appellant(user, appeal) and allows(appeal, "withdraw")


def can_admit_late(user: User, card: Scorecard) -> bool:
    """HR, never for themselves and never for somebody whom they supervise."""
    return (
        user.has_role(Role.HR)
        and user.employee_id != card.employee_id
        and (user.employee_id is None or user.employee_id != card.supervisor_id)
    )


def can_assign_reviewer(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    """Row 31: the HR lead, not on a case of their own line."""
    return appeal.state in (
        State.SUBMITTED,
        State.DATA_RECHECK,
        State.MEETING,
    ) and is_eligible(user, appeal, Capacity.HR_LEAD, now or timezone.now())


def can_take(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    """An eligible HR may take a case that nobody has been given."""
    return (
        appeal.state == State.SUBMITTED
        and appeal.reviewer_id is None
        and is_eligible(user, appeal, Capacity.REVIEWER, now or timezone.now())
    )


def can_review(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    """Row 26: the assigned HR reviewer, still without a conflict."""
    return (
        appeal.reviewer_id == user.pk
        and appeal.state in (State.SUBMITTED, State.DATA_RECHECK, State.MEETING)
        and is_eligible(user, appeal, Capacity.REVIEWER, now or timezone.now())
    )


def can_name_evaluator(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    return appeal.state == State.RE_EVALUATION and is_eligible(
        user, appeal, Capacity.HR_LEAD, now or timezone.now()
    )


def can_re_evaluate(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    return (
        appeal.state == State.RE_EVALUATION
        and appeal.evaluator_id == user.pk
        and is_eligible(user, appeal, Capacity.EVALUATOR, now or timezone.now())
    )


def party_of(user: User, appeal: Appeal) -> str | None:
    """As which of the three the user sits in the meeting; None if they do not."""
    if is_appellant(user, appeal):
        return Confirmation.Party.EMPLOYEE
    if is_party_supervisor(user, appeal):
        return Confirmation.Party.SUPERVISOR
    if appeal.reviewer_id == user.pk and user.has_role(Role.HR):
        return Confirmation.Party.HR
    return None


def can_confirm(user: User, appeal: Appeal) -> bool:
    """Row 27: each of the three, once a round."""
    if appeal.state != State.MEETING or not hasattr(appeal, "meeting"):
        return False
    meeting, party = appeal.meeting, party_of(user, appeal)
    return (
        party is not None
        and meeting.round > 0
        and not meeting.confirmations.filter(round=meeting.round, party=party).exists()
    )


def can_seat_panel(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    """Row 31: the committee chair without a conflict."""
    return appeal.state == State.ARBITRATION and is_eligible(
        user, appeal, Capacity.CHAIR, now or timezone.now()
    )


def can_vote(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    """Row 28: a seated arbiter, still eligible, who has not voted."""
    return (
        appeal.state == State.ARBITRATION
        and appeal.panel.filter(user=user, recused_at__isnull=True, voted_at__isnull=True).exists()
        and is_eligible(user, appeal, Capacity.ARBITER, now or timezone.now())
    )


def can_recuse(user: User, appeal: Appeal) -> bool:
    """A seated arbiter who has not voted may step back."""
    return (
        appeal.state == State.ARBITRATION
        and appeal.panel.filter(user=user, recused_at__isnull=True, voted_at__isnull=True).exists()
    )


def can_publish(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    """The chair, once every seated arbiter has voted."""
    seats = [seat for seat in appeal.panel.all() if seat.recused_at is None]
    return (
        can_seat_panel(user, appeal, now)
        and len(seats) in (3, 5)
        and all(seat.voted_at is not None for seat in seats)
    )


def can_extend(user: User, appeal: Appeal, now: datetime | None = None) -> bool:
    """The next level, once per step: the HR lead; in arbitration the chair."""
    if not appeal.is_open or appeal.extensions.filter(state=appeal.state).exists():
        return False
    capacity = Capacity.CHAIR if appeal.state == State.ARBITRATION else Capacity.HR_LEAD
    return is_eligible(user, appeal, capacity, now or timezone.now())


def can_add_evidence(user: User, appeal: Appeal) -> bool:
    """Row 24: the appellant, until it is decided; the supervisor as a party in the meeting."""
    if is_appellant(user, appeal):
        return appeal.state == State.DRAFT or appeal.is_open
    return is_party_supervisor(user, appeal) and appeal.state == State.MEETING


def can_open_evidence(user: User, appeal: Appeal, *, for_parties: bool, own: bool) -> bool:
    """Row 29: own files; parties those opened to them; acting HR, panel, chair, auditors all.

    Conflicts are asked again here (C9): who has become involved since may not read on.
    """
    now = timezone.now()
    if own or is_appellant(user, appeal):
        return True
    if user.has_role(Role.AUDITOR):
        return True
    if appeal.reviewer_id == user.pk:
        return is_eligible(user, appeal, Capacity.REVIEWER, now)
    if appeal.evaluator_id == user.pk:
        return is_eligible(user, appeal, Capacity.EVALUATOR, now)
    if appeal.panel.filter(user=user, recused_at__isnull=True).exists():
        return is_eligible(user, appeal, Capacity.ARBITER, now)
    if user.has_role(Role.CHAIR) and appeal.state == State.ARBITRATION:
        return is_eligible(user, appeal, Capacity.CHAIR, now)
    if user.has_role(Role.HR_LEAD):
        return is_eligible(user, appeal, Capacity.HR_LEAD, now)
    return for_parties and is_party_supervisor(user, appeal)
