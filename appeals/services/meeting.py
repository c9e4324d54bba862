"""The three-party meeting: minutes, a proposal, three confirmations."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appeals.deadlines import ends_at, is_over
from appeals.eligibility import Capacity
from appeals.errors import AlreadySaid, AppealIncomplete, DeadlinePassed
from appeals.guards import PARTIES, require_capacity, require_free
from appeals.models import Appeal, Confirmation, Meeting, MinutesVersion, Proposal, State
from appeals.permissions import party_of
from appeals.services.common import (
    appellant,
    audit,
    deciding,
    locked,
    next_level,
    require_text,
    tell,
)
from appeals.services.effect import apply_points, lowers, require_points, require_reason_code
from appeals.services.parties import stand_in
from appeals.workflow import move, note_step
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User
from kpi_portal.people.queries import zone


@deciding
def schedule(appeal: Appeal, *, held_at: datetime, place: str, by: User, at: datetime) -> Meeting:
    """Set or move date or place, or invite once more; each invitation tells the parties.

    Raises NotAllowed, StakeArisen, Conflict (not at the meeting, or overdue), AppealIncomplete
    (not between now and the end of the step).
    """
    appeal = locked(appeal.pk)
    meeting = _held(appeal, by, at)
    require_meeting_time(held_at, appeal.due_on, at)
    before = {"held_at": meeting.held_at, "place": meeting.place}
    meeting.held_at, meeting.place = held_at, place.strip()
    meeting.invitation += 1
    meeting.save(update_fields=["held_at", "place", "invitation"])
    note_step(appeal, "schedule_meeting", by=by, at=at, note=_when(meeting))
    audit(
        appeal,
        "meeting_scheduled",
        by=by,
        before=before,
        after={"held_at": held_at, "place": meeting.place, "invitation": meeting.invitation},
    )
    people = [appellant(appeal), meeting.supervisor]
    tell(appeal, people, "meeting", at, key=f"invitation {meeting.invitation}")
    return meeting


def require_meeting_time(held_at: datetime, due_on: date | None, at: datetime) -> None:
    """Raises AppealIncomplete unless the meeting lies ahead and within its step."""
    if held_at <= at:
        message = _("This time is over. Please choose a later one.")
    elif due_on is not None and held_at >= ends_at(due_on):
        message = _("The meeting is due by %(date)s at 24:00. Please choose an earlier time.") % {
            "date": date_format(due_on, "DATE_FORMAT")
        }
    else:
        return
    raise AppealIncomplete(message, fields={"held_at": message})


def _when(meeting: Meeting) -> str:
    """Date, time and place, for the history."""
    if meeting.held_at is None:
        return meeting.place
    text = date_format(meeting.held_at.astimezone(zone()), "Y-m-d H:i")
    return f"{text} {meeting.place}".strip()


@deciding
def propose(
    appeal: Appeal,
    *,
    minutes: str,
    points: Mapping[int, Decimal],
    reason_code: str,
    by: User,
    at: datetime,
) -> Meeting:
    """Write the minutes and the proposal; every change starts a new round of confirmations.

    `points`: line id → proposed points; empty proposes that the result stands. Raises
    AppealIncomplete (also for a proposal that would lower the result), NotAllowed, StakeArisen,
    Conflict (not at the meeting).
    """
    appeal = locked(appeal.pk)
    meeting = _held(appeal, by, at)
    minutes = require_text(minutes, "minutes", _("Please write the minutes."))
    reason_code = require_reason_code(reason_code)
    points = require_points(appeal, points)
    if lowers(appeal, points):
        raise AppealIncomplete(
            _("This proposal would lower the result. An appeal never does; leave the points as "
              "they are and say in the minutes what was found.")
        )  # fmt: skip
    meeting.minutes, meeting.stands = minutes, not points
    meeting.reason_code, meeting.round = reason_code, meeting.round + 1
    meeting.save(update_fields=["minutes", "stands", "reason_code", "round", "supervisor"])
    meeting.proposals.all().delete()
    Proposal.objects.bulk_create(
        Proposal(meeting=meeting, line_id=line_id, points=value)
        for line_id, value in points.items()
    )
    MinutesVersion.objects.create(
        meeting=meeting,
        round=meeting.round,
        minutes=minutes,
        points={str(line_id): str(value) for line_id, value in points.items()},
        reason_code=reason_code,
        by=by,
        at=at,
    )
    note_step(appeal, "propose", by=by, at=at)
    audit(
        appeal,
        "proposed",
        by=by,
        after={"round": meeting.round, "points": {str(k): str(v) for k, v in points.items()}},
        reason=minutes,
    )
    people = [appellant(appeal), meeting.supervisor]
    tell(appeal, people, "proposal", at, key=str(meeting.round))
    return meeting


@deciding
def confirm(
    appeal: Appeal, *, round_: int, agrees: bool, comment: str, by: User, at: datetime
) -> Appeal:
    """One party's yes or no to round `round_`, under the own account.

    The third yes settles the appeal and makes the revision, in this transaction; the first no
    sends it to the committee. Raises NotAllowed, AlreadySaid, Conflict (another round), and
    StakeArisen for an HR reviewer who has a stake by now.
    """
    appeal = locked(appeal.pk)
    party = party_of(by, appeal)
    if party is None:
        raise NotAllowed(_("Only the three parties of the meeting confirm."))
    if appeal.state != State.MEETING:
        raise Conflict(_("The meeting of appeal %(number)s is over.") % {"number": appeal.number})
    _require_in_time(appeal, at)
    if party == Confirmation.Party.HR:
        require_free(by, appeal, Capacity.REVIEWER, at, assigned=True)
    meeting = appeal.meeting
    if meeting.round == 0 or round_ != meeting.round:
        raise Conflict(_("The proposal has changed since. Please read the present one."))
    _keep_answer(meeting, party, agrees=agrees, comment=comment.strip(), by=by, at=at)
    note_step(appeal, "confirm" if agrees else "refuse", by=by, at=at, note=comment.strip())
    audit(appeal, "confirmed", by=by, after={"round": round_, "party": party, "agrees": agrees})
    if not agrees:
        to_committee(appeal, "disagree", at=at)
    elif meeting.confirmations.filter(round=round_, agrees=True).count() == PARTIES:
        _settle(appeal, meeting, at)
    return appeal


def _keep_answer(
    meeting: Meeting, party: str, *, agrees: bool, comment: str, by: User, at: datetime
) -> None:
    try:
        with transaction.atomic():
            Confirmation.objects.create(
                meeting=meeting,
                round=meeting.round,
                party=party,
                user=by,
                agrees=agrees,
                comment=comment,
                at=at,
            )
    except IntegrityError:
        raise AlreadySaid(_("This party has answered already.")) from None


def to_committee(appeal: Appeal, act: str, *, at: datetime) -> None:
    """No agreement (`disagree`) or the due date passed (`lapse`): arbitration.

    In the caller's transaction, which holds the lock.
    """
    move(appeal, act, by=None, at=at)
    audit(appeal, "to_committee", by=None, after={"state": appeal.state, "due_on": appeal.due_on})
    tell(appeal, next_level(appeal, Capacity.CHAIR, at), "panel_wanted", at)
    people = [appellant(appeal), appeal.meeting.supervisor, appeal.reviewer]
    tell(appeal, people, "arbitration", at)


def _settle(appeal: Appeal, meeting: Meeting, at: datetime) -> None:
    points = {proposal.line_id: proposal.points for proposal in meeting.proposals.all()}
    result = apply_points(
        appeal,
        points,
        reason=meeting.minutes,
        proposed_by=appeal.reviewer,
        approved_by=meeting.supervisor,
        at=at,
    )
    move(
        appeal,
        "agree",
        by=None,
        at=at,
        decision=meeting.minutes,
        reason_code=meeting.reason_code,
        result=result,
    )
    audit(
        appeal,
        "settled",
        by=None,
        after={"state": appeal.state, "revision": result.revision if result else None},
    )
    people = [appellant(appeal), meeting.supervisor, appeal.reviewer]
    tell(appeal, people, "closed", at)


def _require_in_time(appeal: Appeal, at: datetime) -> None:
    """Rule 15: at the end of its day a meeting without three answers is no consensus."""
    if is_over(appeal, at) and appeal.due_on is not None:
        raise DeadlinePassed(
            _("The meeting was due by %(date)s at 24:00. Without three answers it counts as no "
              "agreement; the case goes to the committee.")
            % {"date": date_format(appeal.due_on, "DATE_FORMAT")}
        )  # fmt: skip


def _held(appeal: Appeal, by: User, at: datetime) -> Meeting:
    """The meeting, if `by` is the reviewer who holds it. A second party whose account was
    switched off meanwhile is replaced by whoever stands in."""
    if appeal.state != State.MEETING:
        raise Conflict(
            _("Appeal %(number)s is not at the three-party meeting.") % {"number": appeal.number}
        )
    require_capacity(by, appeal, "reviewer", at)
    _require_in_time(appeal, at)
    meeting = Meeting.objects.select_related("supervisor").get(appeal=appeal)
    if not meeting.supervisor.is_active:
        meeting.supervisor = stand_in(appeal) or meeting.supervisor
        meeting.save(update_fields=["supervisor"])
    return meeting
