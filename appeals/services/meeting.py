"""The three-party meeting: minutes, a proposal, three confirmations."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appeals.deadlines import step_due
from appeals.eligibility import Capacity
from appeals.errors import AlreadySaid, AppealIncomplete
from appeals.models import Appeal, Confirmation, Meeting, Proposal, State
from appeals.permissions import can_review, party_of
from appeals.services.common import (
    appellant,
    audit,
    chairs,
    locked,
    require_eligible,
    require_text,
    supervisor,
    tell,
)
from appeals.services.effect import apply_points, require_reason_code
from appeals.workflow import move, note_step
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User

THREE = 3


@transaction.atomic
def schedule(appeal: Appeal, *, held_at: datetime, place: str, by: User, at: datetime) -> Meeting:
    """Set or move the date; the parties are told of each new one."""
    appeal = locked(appeal.pk)
    _require_hr(appeal, by, at)
    meeting = appeal.meeting
    meeting.held_at, meeting.place = held_at, place.strip()
    meeting.save(update_fields=["held_at", "place"])
    note_step(appeal, "schedule_meeting", by=by, at=at)
    audit(appeal, "schedule_meeting", by=by, after={"held_at": held_at})
    tell(appeal, [appellant(appeal), supervisor(appeal)], "meeting", at, key=held_at.isoformat())
    return meeting


@transaction.atomic
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

    `points`: line id → proposed points; empty proposes that the result stands.
    """
    appeal = locked(appeal.pk)
    _require_hr(appeal, by, at)
    minutes = require_text(minutes, "minutes", _("Please write the minutes."))
    reason_code = require_reason_code(reason_code)
    own = set(appeal.scorecard.lines.values_list("pk", flat=True))
    if set(points) - own:
        raise AppealIncomplete(_("A line does not belong to the disputed scorecard."))
    meeting = appeal.meeting
    meeting.minutes, meeting.stands = minutes, not points
    meeting.reason_code, meeting.round = reason_code, meeting.round + 1
    meeting.save(update_fields=["minutes", "stands", "reason_code", "round"])
    meeting.proposals.all().delete()
    for line_id, value in points.items():
        proposal = Proposal(meeting=meeting, line_id=line_id, points=value)
        proposal.full_clean(validate_unique=False)
        proposal.save()
    note_step(appeal, "propose", by=by, at=at)
    audit(
        appeal,
        "propose",
        by=by,
        after={"round": meeting.round, "points": {str(k): str(v) for k, v in points.items()}},
    )
    tell(appeal, [appellant(appeal), supervisor(appeal)], "proposal", at, key=str(meeting.round))
    return meeting


@transaction.atomic
def confirm(
    appeal: Appeal, *, round_: int, agrees: bool, comment: str, by: User, at: datetime
) -> Appeal:
    """One party's yes or no to round `round_`, under the own account.

    The third yes settles the appeal and makes the revision, in this transaction; the first no
    sends it to the committee. Raises NotAllowed, AlreadySaid, Conflict (another round), and
    ConflictOfInterest for an HR reviewer who has a stake by now.
    """
    appeal = locked(appeal.pk)
    party = party_of(by, appeal)
    if party is None:
        raise NotAllowed(_("Only the three parties of the meeting confirm."))
    if appeal.state != State.MEETING:
        raise Conflict(_("The meeting of appeal %(number)s is over.") % {"number": appeal.number})
    if party == Confirmation.Party.HR:
        require_eligible(by, appeal, Capacity.REVIEWER, at)
    meeting = appeal.meeting
    if meeting.round == 0 or round_ != meeting.round:
        raise Conflict(_("The proposal has changed since. Please read the present one."))
    try:
        with transaction.atomic():
            Confirmation.objects.create(
                meeting=meeting,
                round=round_,
                party=party,
                user=by,
                agrees=agrees,
                comment=comment.strip(),
                at=at,
            )
    except IntegrityError:
        raise AlreadySaid(_("This party has answered already.")) from None
    note_step(appeal, "confirm" if agrees else "refuse", by=by, at=at, note=comment.strip())
    audit(appeal, "confirm", by=by, after={"round": round_, "party": party, "agrees": agrees})
    if not agrees:
        return to_committee(appeal, at=at, note="")
    agreed = meeting.confirmations.filter(round=round_, agrees=True).count()
    return _settle(appeal, meeting, at) if agreed == THREE else appeal


def to_committee(appeal: Appeal, *, at: datetime, note: str) -> Appeal:
    """No agreement, or the meeting's due date passed: arbitration. Caller holds the lock."""
    move(appeal, "disagree", by=None, at=at, note=note, due_on=step_due(State.ARBITRATION, at))
    audit(appeal, "disagree", by=None, after={"state": appeal.state, "due_on": appeal.due_on})
    tell(appeal, chairs(), "panel_wanted", at)
    tell(appeal, [appellant(appeal), supervisor(appeal), appeal.reviewer], "arbitration", at)
    return appeal


def _settle(appeal: Appeal, meeting: Meeting, at: datetime) -> Appeal:
    points = {proposal.line_id: proposal.points for proposal in meeting.proposals.all()}
    result = apply_points(
        appeal,
        points,
        reason=meeting.minutes,
        proposed_by=appeal.reviewer,
        approved_by=supervisor(appeal),
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
        "agree",
        by=None,
        after={"state": appeal.state, "revision": result.revision if result else None},
    )
    tell(appeal, [appellant(appeal), supervisor(appeal), appeal.reviewer], "closed", at)
    return appeal


def _require_hr(appeal: Appeal, by: User, at: datetime) -> None:
    require_eligible(by, appeal, Capacity.REVIEWER, at)
    if appeal.state != State.MEETING or not can_review(by, appeal, at):
        raise NotAllowed(_("Only the assigned HR reviewer does this, during the meeting step."))
