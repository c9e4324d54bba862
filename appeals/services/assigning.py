"""Who acts on an appeal: taking a case, naming reviewer and evaluator, stepping back."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.eligibility import Capacity, eligible_users
from appeals.guards import require_free
from appeals.models import Appeal, Confirmation, Meeting, PanelSeat, Recusal, State
from appeals.permissions import part_of, reviewer_is_free
from appeals.services.common import audit, locked, next_level, require_text, tell
from appeals.workflow import note_step
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import Role, User

REVIEWED = (State.SUBMITTED, State.DATA_RECHECK, State.MEETING)


@transaction.atomic
def take(appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    """An eligible HR takes a case of the pool. The second of two is told (409)."""
    appeal = locked(appeal.pk)
    require_free(by, appeal, Capacity.REVIEWER, at)
    rows = Appeal.objects.filter(pk=appeal.pk, reviewer__isnull=True, state__in=REVIEWED)
    if not reviewer_is_free(appeal) or not rows.update(reviewer=by):
        raise Conflict(_("Appeal %(number)s has been taken already.") % {"number": appeal.number})
    _named_reviewer(appeal, by, by, at)
    return appeal


@transaction.atomic
def assign_reviewer(appeal: Appeal, reviewer: User, *, by: User, at: datetime) -> Appeal:
    """The HR lead names the reviewer, or another one.

    Raises NotAllowed, ConflictOfInterest, Conflict (past the reviewer's steps).
    """
    appeal = locked(appeal.pk)
    _require_lead(by, appeal, at)
    if appeal.state not in REVIEWED:
        raise Conflict(
            _("Appeal %(number)s is past the steps that HR reviews.") % {"number": appeal.number}
        )
    require_free(reviewer, appeal, Capacity.REVIEWER, at)
    if appeal.reviewer_id != reviewer.pk:
        Appeal.objects.filter(pk=appeal.pk).update(reviewer=reviewer)
        _named_reviewer(appeal, reviewer, by, at)
    return appeal


def _named_reviewer(appeal: Appeal, reviewer: User, by: User, at: datetime) -> None:
    before = appeal.reviewer_id
    appeal.refresh_from_db()
    note_step(appeal, "assign_reviewer", by=by, at=at, note=reviewer.display_name)
    audit(
        appeal,
        "reviewer_assigned",
        by=by,
        before={"reviewer": before},
        after={"reviewer": reviewer.pk},
    )
    _ask_again(appeal)
    if reviewer.pk != by.pk:
        tell(appeal, [reviewer], "assigned", at, key=f"{reviewer.pk} {at.isoformat()}")


def _ask_again(appeal: Appeal) -> None:
    """Where HR has answered in the meeting already, another reviewer starts a new round."""
    meeting = Meeting.objects.filter(appeal=appeal, round__gt=0).first()
    if meeting is None or appeal.state != State.MEETING:
        return
    said = meeting.confirmations.filter(round=meeting.round, party=Confirmation.Party.HR)
    if said.exists():
        meeting.round += 1
        meeting.save(update_fields=["round"])


@transaction.atomic
def name_evaluator(appeal: Appeal, evaluator: User, *, by: User, at: datetime) -> Appeal:
    """The HR lead names who evaluates again: never who was involved before.

    Raises NotAllowed, ConflictOfInterest, Conflict (no re-evaluation under way).
    """
    appeal = locked(appeal.pk)
    _require_lead(by, appeal, at)
    if appeal.state != State.RE_EVALUATION:
        raise Conflict(
            _("Appeal %(number)s is not at the re-evaluation.") % {"number": appeal.number}
        )
    require_free(evaluator, appeal, Capacity.EVALUATOR, at)
    before = appeal.evaluator_id
    Appeal.objects.filter(pk=appeal.pk).update(evaluator=evaluator)
    appeal.refresh_from_db()
    note_step(appeal, "name_evaluator", by=by, at=at, note=evaluator.display_name)
    audit(
        appeal,
        "evaluator_named",
        by=by,
        before={"evaluator": before},
        after={"evaluator": evaluator.pk},
    )
    if evaluator.pk != by.pk:
        tell(appeal, [evaluator], "evaluate", at, key=f"{evaluator.pk} {at.isoformat()}")
    return appeal


def _require_lead(by: User, appeal: Appeal, at: datetime) -> None:
    if not by.has_role(Role.HR_LEAD):
        raise NotAllowed(_("Only the HR lead names who acts on an appeal."))
    require_free(by, appeal, Capacity.HR_LEAD, at)


def _draw_substitute(appeal: Appeal, at: datetime) -> None:
    """C7: one of those without a stake takes the seat, drawn by lot; the draw is on record.

    Where nobody is left the chair is told by `step_back`, and refers the case outside.
    """
    pool = [
        user
        for user in eligible_users(appeal, Capacity.ARBITER, at)
        if not appeal.panel.filter(user=user).exists()
    ]
    if not pool:
        return
    drawn = secrets.choice(pool)
    require_free(drawn, appeal, Capacity.ARBITER, at)
    PanelSeat.objects.create(appeal=appeal, user=drawn, seated_at=at)
    note_step(appeal, "substitute", by=None, at=at, note=drawn.display_name)
    audit(
        appeal,
        "substitute_drawn",
        by=None,
        after={"drawn": drawn.pk, "out_of": sorted(user.pk for user in pool)},
    )
    tell(appeal, [drawn], "vote", at)


@transaction.atomic
def step_back(appeal: Appeal, *, reason: str, by: User, at: datetime) -> Appeal:
    """Reviewer, evaluator or arbiter gives the case back because of a stake (C5).

    The reason is read by HR and auditors only; who stepped back is not assigned again. Raises
    NotAllowed (no part, or the vote is cast), AppealIncomplete.
    """
    appeal = locked(appeal.pk)
    part = part_of(by, appeal)
    if part is None:
        raise NotAllowed(_("Only who is assigned, and has not voted, can step back."))
    reason = require_text(reason, "reason", _("Please say why you step back."))
    Recusal.objects.create(appeal=appeal, user=by, capacity=part, reason=reason, at=at)
    if part == Capacity.REVIEWER:
        Appeal.objects.filter(pk=appeal.pk).update(reviewer=None)
    elif part == Capacity.EVALUATOR:
        Appeal.objects.filter(pk=appeal.pk).update(evaluator=None)
    else:
        seats = PanelSeat.objects.filter(appeal=appeal, user=by, voted_at__isnull=True)
        seats.update(recused_at=at)
        _draw_substitute(appeal, at)
    appeal.refresh_from_db()
    note_step(appeal, "step_back", by=by, at=at)
    audit(appeal, "stepped_back", by=by, after={"capacity": str(part)}, reason=reason)
    level = Capacity.CHAIR if part == Capacity.ARBITER else Capacity.HR_LEAD
    tell(appeal, next_level(appeal, level, at), "stepped_back", at, key=str(by.pk))
    return appeal
