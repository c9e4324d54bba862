"""Where too few of the committee are free of a stake: the outside chair decides.

No quorum is made smaller. The deadline pauses from the request until the outside chair takes
the case up, and the appellant is told. Source: 9-promises.md section 4, C7.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.deadlines import step_due
from appeals.eligibility import Capacity, eligible_users
from appeals.errors import AppealIncomplete
from appeals.guards import PANEL_SIZES, require_capacity, require_free, require_inside
from appeals.models import Appeal, OutsideChair, PanelSeat, State
from appeals.permissions import can_name_outside_chair, outside_is_needed
from appeals.services.common import (
    appellant,
    audit,
    deciding,
    locked,
    next_level,
    require_text,
    supervisor,
    tell,
)
from appeals.services.effect import apply_points, require_points, require_reason_code
from appeals.workflow import move, note_step
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User


@transaction.atomic
def name_outside_chair(user: User, *, reason: str, by: User, at: datetime) -> OutsideChair:
    """The HR lead names who stands ready; the one before leaves the office.

    Raises NotAllowed, AppealIncomplete (no reason; oneself; an account switched off or without
    any role).
    """
    if not can_name_outside_chair(by):
        raise NotAllowed(_("Only the HR lead names the outside chair."))
    reason = require_text(reason, "reason", _("Please give the reason."))
    if user.pk == by.pk or not user.is_active or not user.roles:
        message = _("Somebody else with a working account has to be named.")
        raise AppealIncomplete(message, fields={"user": message})
    before = OutsideChair.objects.select_for_update().filter(is_in_office=True).first()
    OutsideChair.objects.filter(is_in_office=True).update(is_in_office=False, ended_at=at)
    named = OutsideChair.objects.create(user=user, reason=reason, named_by=by, named_at=at)
    record(
        "appeal.outside_chair_named",
        named,
        actor=by,
        before={"user": before.user_id if before else None},
        after={"user": user.pk},
        reason=reason,
    )
    return named


def in_office() -> User | None:
    """Who is the outside chair now."""
    row = OutsideChair.objects.filter(is_in_office=True).select_related("user__employee").first()
    return row.user if row else None


@deciding
def refer_outside(appeal: Appeal, *, reason: str, by: User, at: datetime) -> Appeal:
    """Too few are free of a stake: hand the case to the outside chair; the deadline pauses.

    By a chair without a stake or, where no chair is free, the HR lead. Raises NotAllowed,
    ConflictOfInterest, Conflict (a panel can still be seated; nobody is named).
    """
    appeal = locked(appeal.pk)
    if appeal.state != State.ARBITRATION:
        raise Conflict(_("Appeal %(number)s is not in arbitration.") % {"number": appeal.number})
    require_inside(appeal)
    _require_referrer(appeal, by, at)
    if not outside_is_needed(appeal, at):
        raise Conflict(
            _("At least %(count)s people without a stake can still be seated on the panel.")
            % {"count": min(PANEL_SIZES)}
        )
    reason = require_text(reason, "reason", _("Please give the reason."))
    outside = in_office()
    if outside is None:
        raise Conflict(_("No outside chair has been named yet. The HR lead names one."))
    require_free(outside, appeal, Capacity.OUTSIDE, at)
    Appeal.objects.filter(pk=appeal.pk).update(outside_chair=outside, paused_at=at)
    appeal.refresh_from_db()
    note_step(appeal, "refer_outside", by=by, at=at, note=reason)
    audit(appeal, "referred_outside", by=by, after={"user": outside.pk}, reason=reason)
    tell(appeal, [outside], "outside_wanted", at)
    tell(appeal, [appellant(appeal)], "outside", at)
    return appeal


def _require_referrer(appeal: Appeal, by: User, at: datetime) -> None:
    free_chairs = eligible_users(appeal, Capacity.CHAIR, at)
    part = Capacity.CHAIR if free_chairs else Capacity.HR_LEAD
    require_free(by, appeal, part, at)


@deciding
def take_up(appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    """The outside chair begins; the deadline runs anew from this day.

    Raises NotAllowed, StakeArisen, Conflict (taken up already).
    """
    appeal = locked(appeal.pk)
    require_capacity(by, appeal, Capacity.OUTSIDE, at)
    due = step_due(State.ARBITRATION, at)
    rows = Appeal.objects.filter(pk=appeal.pk, paused_at__isnull=False)
    if not rows.update(paused_at=None, due_on=due):
        raise Conflict(_("Appeal %(number)s has been taken already.") % {"number": appeal.number})
    appeal.refresh_from_db()
    note_step(appeal, "take_up", by=by, at=at)
    audit(appeal, "taken_up", by=by, after={"due_on": due})
    tell(appeal, [appellant(appeal), *next_level(appeal, Capacity.CHAIR, at)], "resumed", at)
    return appeal


@deciding
def decide_outside(
    appeal: Appeal,
    *,
    choice: str,
    figures: Mapping[int, Decimal],
    decision: str,
    reason_code: str,
    by: User,
    at: datetime,
) -> Appeal:
    """The outside chair decides alone, with reasons; the revision is made in this transaction.

    Raises AppealIncomplete and what `move` raises.
    """
    appeal = locked(appeal.pk)
    require_capacity(by, appeal, Capacity.OUTSIDE, at)
    decision = require_text(decision, "decision", _("Please write the decision."))
    reason_code = require_reason_code(reason_code)
    points = _points(appeal, choice, figures)
    result = apply_points(appeal, points, reason=decision, proposed_by=None, approved_by=by, at=at)
    act = "maintain_outside" if result is None else "change_outside"
    move(appeal, act, by=by, at=at, decision=decision, reason_code=reason_code, result=result)
    audit(
        appeal,
        "decided",
        by=by,
        reason=decision,
        after={"state": appeal.state, "revision": result.revision if result else None},
    )
    people = [appellant(appeal), supervisor(appeal), appeal.reviewer]
    tell(appeal, people, "closed", at)
    return appeal


def _points(appeal: Appeal, choice: str, figures: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
    if choice == PanelSeat.Vote.MAINTAIN:
        return {}
    if choice != PanelSeat.Vote.CHANGE or not figures:
        message = _("A change names the points of at least one line.")
        raise AppealIncomplete(message, fields={"vote": message})
    return require_points(appeal, figures)
