"""What is offered to whom on an appeal they see: state, part and stakes.

The services ask the same again in the deciding transaction. Source: 9-promises.md section 4,
rows 24 to 31.
"""

from datetime import datetime

from appeals.deadlines import is_over
from appeals.eligibility import Capacity, conflicts, eligible_users, is_eligible
from appeals.guards import PANEL_SIZES, active_seats, is_appellant
from appeals.line import line_above
from appeals.models import Appeal, Confirmation, Evidence, Meeting, State
from appeals.second_person import OPEN_EVIDENCE
from appeals.workflow import allows, offers
from appraisal.models import Scorecard
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import local_date
from kpi_portal.people.second_person.queries import granted

REVIEWED = (State.SUBMITTED, State.DATA_RECHECK, State.MEETING)


def meeting_of(appeal: Appeal) -> Meeting | None:
    """The three-party meeting, once it has been called."""
    try:
        return appeal.meeting
    except Meeting.DoesNotExist:
        return None


def is_party_supervisor(user: User, appeal: Appeal) -> bool:
    """Whether the user speaks for the supervisor's side; from the meeting on."""
    meeting = meeting_of(appeal)
    return meeting is not None and meeting.supervisor_id == user.pk


def has_seat(user: User, appeal: Appeal) -> bool:
    """Whether the user is on the panel and has not stepped back."""
    return appeal.panel.filter(user=user, recused_at__isnull=True).exists()


def can_read(user: User, appeal: Appeal) -> bool:
    """The whole case rather than HR's pool entry."""
    return Appeal.objects.readable_by(user).filter(pk=appeal.pk).exists()


def can_edit(user: User, appeal: Appeal) -> bool:
    """Row 24: the appellant, while it is a draft."""
    return is_appellant(user, appeal) and appeal.state == State.DRAFT


def can_withdraw(user: User, appeal: Appeal) -> bool:
    return offers(user, appeal, "withdraw")


def can_admit_late(user: User, card: Scorecard, now: datetime) -> bool:
    """HR, never for themselves and never for somebody below them in the line."""
    if not user.has_role(Role.HR) or user.employee_id == card.employee_id:
        return False
    above = line_above(card.employee_id, card.period.start_on, local_date(now))
    return user.employee_id is None or user.employee_id not in above | {card.supervisor_id}


def reviewer_is_free(appeal: Appeal) -> bool:
    """Whether the case lies in HR's pool."""
    return appeal.reviewer_id is None and appeal.state in REVIEWED


def can_take(user: User, appeal: Appeal, now: datetime) -> bool:
    """An eligible HR may take a case that nobody has been given."""
    return (
        reviewer_is_free(appeal)
        and user.has_role(Role.HR)
        and is_eligible(user, appeal, Capacity.REVIEWER, now)
    )


def can_assign_reviewer(user: User, appeal: Appeal, now: datetime) -> bool:
    """Row 31: the HR lead, not on a case of their own line."""
    return appeal.state in REVIEWED and _leads(user, appeal, now)


def can_review(user: User, appeal: Appeal, now: datetime) -> bool:
    """Row 26: the assigned HR reviewer, still without a conflict."""
    return (
        appeal.reviewer_id == user.pk
        and appeal.state in REVIEWED
        and is_eligible(user, appeal, Capacity.REVIEWER, now)
    )


def can_name_evaluator(user: User, appeal: Appeal, now: datetime) -> bool:
    """Row 31: the HR lead without a stake."""
    return appeal.state == State.RE_EVALUATION and _leads(user, appeal, now)


def _leads(user: User, appeal: Appeal, now: datetime) -> bool:
    return user.has_role(Role.HR_LEAD) and is_eligible(user, appeal, Capacity.HR_LEAD, now)


def can_re_evaluate(user: User, appeal: Appeal, now: datetime) -> bool:
    """The named evaluator, still without a conflict."""
    return offers(user, appeal, "re_evaluate") and is_eligible(
        user, appeal, Capacity.EVALUATOR, now
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


def can_confirm(user: User, appeal: Appeal, now: datetime) -> bool:
    """Row 27: each of the three, once a round, until the step is over."""
    if is_over(appeal, now):
        return False
    meeting, party = meeting_of(appeal), party_of(user, appeal)
    if appeal.state != State.MEETING or meeting is None or party is None or not meeting.round:
        return False
    return not meeting.confirmations.filter(round=meeting.round, party=party).exists()


def can_seat_panel(user: User, appeal: Appeal, now: datetime) -> bool:
    """Row 31: the committee chair without a conflict."""
    if appeal.state != State.ARBITRATION or appeal.outside_chair_id is not None:
        return False
    return _chairs(user, appeal, now)


def _chairs(user: User, appeal: Appeal, now: datetime) -> bool:
    return user.has_role(Role.CHAIR) and is_eligible(user, appeal, Capacity.CHAIR, now)


def can_vote(user: User, appeal: Appeal, now: datetime) -> bool:
    """Row 28: a seated arbiter, still eligible, who has not voted."""
    return _may_still_vote(user, appeal) and is_eligible(user, appeal, Capacity.ARBITER, now)


def _may_still_vote(user: User, appeal: Appeal) -> bool:
    if appeal.state != State.ARBITRATION or appeal.outside_chair_id is not None:
        return False
    seats = appeal.panel.filter(user=user, recused_at__isnull=True, voted_at__isnull=True)
    return seats.exists()


def part_of(user: User, appeal: Appeal) -> Capacity | None:
    """The part that the user could give back now; None without one, or after the vote."""
    if appeal.reviewer_id == user.pk and appeal.state in REVIEWED:
        return Capacity.REVIEWER
    if appeal.evaluator_id == user.pk and appeal.state == State.RE_EVALUATION:
        return Capacity.EVALUATOR
    return Capacity.ARBITER if _may_still_vote(user, appeal) else None


def can_publish(user: User, appeal: Appeal, now: datetime) -> bool:
    """The chair, once every seated arbiter has voted."""
    if appeal.outside_chair_id is not None:
        return False
    if not allows(appeal, "change") or not _chairs(user, appeal, now):
        return False
    seats = active_seats(appeal)
    return len(seats) in PANEL_SIZES and all(seat.voted_at is not None for seat in seats)


def outside_is_needed(appeal: Appeal, now: datetime) -> bool:
    """Whether fewer than three people are free to sit on the panel, or no chair is free (C7)."""
    if not eligible_users(appeal, Capacity.CHAIR, now):
        return True
    return len(eligible_users(appeal, Capacity.ARBITER, now)) < min(PANEL_SIZES)


def can_refer_outside(user: User, appeal: Appeal, now: datetime) -> bool:
    """The chair without a stake; where none is free, the HR lead without one."""
    if appeal.state != State.ARBITRATION or appeal.outside_chair_id is not None:
        return False
    if not user.has_role(Role.CHAIR, Role.HR_LEAD) or not outside_is_needed(appeal, now):
        return False
    free = eligible_users(appeal, Capacity.CHAIR, now)
    return user in free if free else _leads(user, appeal, now)


def can_name_outside_chair(user: User) -> bool:
    return user.has_role(Role.HR_LEAD)


def can_see_outside_chair(user: User) -> bool:
    return user.has_role(Role.HR_LEAD, Role.COMMITTEE, Role.CHAIR, Role.AUDITOR)


def can_see_statistics(user: User) -> bool:
    """Rule 17: who calibrates, decides and checks."""
    return user.has_role(Role.HR_LEAD, Role.COMMITTEE, Role.CHAIR, Role.AUDITOR)


def can_note_impact(user: User, appeal: Appeal, now: datetime) -> bool:
    """The reviewer while the case is theirs, or the HR lead without a stake, until it is over."""
    if not appeal.is_open or appeal.state == State.SUBMITTED:
        return False
    return can_review(user, appeal, now) or _leads(user, appeal, now)


def can_see_board(user: User) -> bool:
    """The board of due dates: those who act on cases of others, each seeing their own."""
    return user.has_role(Role.HR, Role.HR_LEAD, Role.COMMITTEE, Role.CHAIR, Role.AUDITOR)


def can_decide_outside(user: User, appeal: Appeal, now: datetime) -> bool:
    """The outside chair asked to decide, still without a stake."""
    return (
        appeal.outside_chair_id == user.pk
        and appeal.is_open
        and is_eligible(user, appeal, Capacity.OUTSIDE, now)
    )


def can_extend(user: User, appeal: Appeal, now: datetime) -> bool:
    """The next level, once per step: the HR lead, in arbitration the chair; never who acts."""
    if not appeal.is_open or appeal.extensions.filter(state=appeal.state).exists():
        return False
    if appeal.paused_at is not None or (appeal.state == State.MEETING and is_over(appeal, now)):
        return False
    if appeal.state == State.ARBITRATION:
        return _chairs(user, appeal, now)
    return user.pk not in (appeal.reviewer_id, appeal.evaluator_id) and _leads(user, appeal, now)


def can_add_evidence(user: User, appeal: Appeal) -> bool:
    """Row 24: the appellant, until it is decided; the supervisor as a party in the meeting."""
    if is_appellant(user, appeal):
        return appeal.state == State.DRAFT or appeal.is_open
    return is_party_supervisor(user, appeal) and appeal.state == State.MEETING


def can_open_evidence(user: User, evidence: Evidence, appeal: Appeal, now: datetime) -> bool:
    """Row 29: own files; parties those opened to them; acting HR, panel and chair all; auditors
    all with the agreement of a second person.

    Conflicts are asked again here (C9): who has become involved since may not read on.
    """
    if evidence.added_by_id == user.pk:
        return True
    if is_appellant(user, appeal):
        return evidence.for_parties
    if evidence.for_parties and is_party_supervisor(user, appeal):
        return True
    if _audits(user, appeal) and granted(OPEN_EVIDENCE, appeal.number, user, now):
        return True
    return any(is_eligible(user, appeal, capacity, now) for capacity in acting_parts(user, appeal))


def _audits(user: User, appeal: Appeal) -> bool:
    return user.has_role(Role.AUDITOR) and not conflicts_of_auditor(user, appeal)


def can_ask_for_evidence(user: User, appeal: Appeal) -> bool:
    """Row 29: auditors read files once a second person has agreed."""
    return _audits(user, appeal) and not is_appellant(user, appeal)


def conflicts_of_auditor(user: User, appeal: Appeal) -> bool:
    """Auditors read everything but the cases of their own people."""
    return user.employee_id is not None and user.employee_id == appeal.scorecard.supervisor_id


def acting_parts(user: User, appeal: Appeal) -> list[Capacity]:
    """In which parts the user may read the files of the case, stakes apart."""
    parts = {
        Capacity.REVIEWER: appeal.reviewer_id == user.pk,
        Capacity.EVALUATOR: appeal.evaluator_id == user.pk,
        Capacity.ARBITER: has_seat(user, appeal),
        Capacity.CHAIR: user.has_role(Role.CHAIR) and appeal.state == State.ARBITRATION,
        Capacity.HR_LEAD: user.has_role(Role.HR_LEAD),
        Capacity.OUTSIDE: appeal.outside_chair_id == user.pk,
    }
    return [part for part, holds in parts.items() if holds]


def sees_deliberation(user: User, appeal: Appeal, now: datetime) -> bool:
    """Votes by name, once all are in: panel, chair without a stake, auditors (C1)."""
    if is_appellant(user, appeal):
        return False
    if user.has_role(Role.AUDITOR) and not conflicts_of_auditor(user, appeal):
        return True
    return has_seat(user, appeal) or _chairs(user, appeal, now)


def own_conflicts(user: User, appeal: Appeal, now: datetime) -> list[str]:
    """Why the part that the user holds is not theirs to act in any more; keys of REASONS."""
    part = part_of(user, appeal)
    return conflicts(user, appeal, part, now) if part is not None else []
