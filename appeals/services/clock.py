"""What time does to appeals: reminders, overdue notices, lapses, extensions. Safe to run twice."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.deadlines import extended, is_over
from appeals.eligibility import Capacity, conflicts
from appeals.errors import AlreadySaid, AppealIncomplete, DeadlinePassed
from appeals.guards import active_seats
from appeals.models import Appeal, Extension, PanelSeat, State
from appeals.permissions import can_extend
from appeals.services import claims
from appeals.services.common import (
    appellant,
    audit,
    chairs,
    deciding,
    hr_leads,
    locked,
    mark_vote,
    next_level,
    require_text,
    supervisor,
    tell,
)
from appeals.services.meeting import to_committee
from appeals.workflow import note_step
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date, working_day_after

LONGEST_EXTENSION = 20

logger = logging.getLogger(__name__)


@deciding
def extend(appeal: Appeal, *, days: int, reason: str, by: User, at: datetime) -> Appeal:
    """Give the present step `days` more working days, once.

    Raises NotAllowed, AlreadySaid, AppealIncomplete, Conflict (not under way).
    """
    appeal = locked(appeal.pk)
    if not appeal.is_open or appeal.due_on is None:
        raise Conflict(
            _("Appeal %(number)s is not under way; it has no due date.")
            % {"number": appeal.number}
        )
    if appeal.paused_at is not None:
        raise Conflict(_("The deadline is paused until the outside chair takes the case up."))
    if appeal.state == State.MEETING and is_over(appeal, at):
        raise DeadlinePassed(_("The meeting is overdue; the case goes to the committee."))
    if appeal.extensions.filter(state=appeal.state).exists():
        raise AlreadySaid(_("This step has been extended already."))
    if not can_extend(by, appeal, at):
        raise NotAllowed(_("Only the next level, without a stake, can extend this step."))
    if not 1 <= days <= LONGEST_EXTENSION:
        message = _("An extension is 1 to %(most)s working days.") % {"most": LONGEST_EXTENSION}
        raise AppealIncomplete(message, fields={"days": message})
    reason = require_text(reason, "reason", _("Please say why more time is needed."))
    before = appeal.due_on
    Extension.objects.create(
        appeal=appeal, state=appeal.state, days=days, reason=reason, by=by, at=at
    )
    appeal.due_on = extended(before, local_date(at), days)
    appeal.save(update_fields=["due_on"])
    note_step(appeal, "extend", by=by, at=at, note=reason)
    audit(
        appeal,
        "extended",
        by=by,
        before={"due_on": before},
        after={"due_on": appeal.due_on},
        reason=reason,
    )
    tell(appeal, [appellant(appeal), *_acting(appeal, at)], "extended", at, key=appeal.state)
    return appeal


def run(at: datetime, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Remind one working day before, escalate what is overdue, end meetings that lapsed.

    One transaction an appeal, so that one that fails stops no other. Notices are unique by key,
    the lapse is a conditional UPDATE: running twice changes nothing. Returns counts of appeals:
    {"reminded", "overdue", "lapsed", "failed"}.
    """
    today = local_date(at)
    soon = working_day_after(today, 1)
    counts = {"reminded": 0, "overdue": 0, "lapsed": 0, "failed": 0}
    rows = Appeal.objects.open().filter(paused_at__isnull=True)
    due = list(rows.filter(due_on__lte=soon).values_list("pk", flat=True))
    for done, pk in enumerate(due, start=1):
        try:
            with transaction.atomic():
                outcome = _look_at(pk, at)
        except Exception:
            logger.exception("the deadline of appeal id %s could not be checked", pk)
            outcome = "failed"
        if outcome:
            counts[outcome] += 1
        if progress is not None:
            progress(done, len(due))
    mark_stakes(at)
    claims.remind(at)
    return counts


def mark_stakes(at: datetime) -> int:
    """Mark votes whose caster has a stake by now, and tell HR and chair; how many are new (C9)."""
    seats = PanelSeat.objects.filter(
        appeal__state=State.ARBITRATION,
        voted_at__isnull=False,
        recused_at__isnull=True,
        stake_at__isnull=True,
    )
    marked = 0
    for seat in seats.select_related("appeal__period", "appeal__scorecard", "user__employee"):
        if not conflicts(seat.user, seat.appeal, Capacity.ARBITER, at):
            continue
        with transaction.atomic():
            if mark_vote(seat.appeal, seat.user_id, at):
                audit(seat.appeal, "stake_found", by=None, after={"user": seat.user_id})
                people = [*hr_leads(), *chairs()]
                tell(seat.appeal, people, "stake", at, key=str(seat.user_id))
                marked += 1
    return marked


def _look_at(pk: int, at: datetime) -> str:
    """What was done about one appeal: a key of `run`'s counts, or nothing."""
    appeal = locked(pk)
    if not appeal.is_open or appeal.due_on is None or appeal.paused_at is not None:
        return ""
    key = f"{appeal.state} {appeal.due_on}"
    if not is_over(appeal, at):
        tell(appeal, _acting(appeal, at), "due_soon", at, key=key)
        return "reminded"
    if appeal.state == State.MEETING:
        to_committee(appeal, "lapse", at=at)
        return "lapsed"
    level = level_after(appeal)
    _escalate(appeal, level, at)
    people = [*next_level(appeal, level, at), *_acting(appeal, at)]
    tell(appeal, people, "overdue", at, key=key)
    return "overdue"


def level_after(appeal: Appeal) -> Capacity:
    """Who takes over what is overdue: the chair in arbitration, else the HR lead (rule 15)."""
    return Capacity.CHAIR if appeal.state == State.ARBITRATION else Capacity.HR_LEAD


def _escalate(appeal: Appeal, level: Capacity, at: datetime) -> None:
    """Put the lapse into the history, once per due date."""
    due = str(appeal.due_on)
    if appeal.steps.filter(act="escalate", from_state=appeal.state, note=due).exists():
        return
    note_step(appeal, "escalate", by=None, at=at, note=due)
    audit(appeal, "escalated", by=None, after={"to": str(level), "due_on": appeal.due_on})


def _acting(appeal: Appeal, at: datetime) -> list[User | None]:
    """Whose turn it is."""
    if appeal.state == State.MEETING:
        return [appellant(appeal), supervisor(appeal), appeal.reviewer]
    if appeal.outside_chair is not None:
        return [appeal.outside_chair]
    if appeal.state == State.ARBITRATION:
        waiting = [seat.user for seat in active_seats(appeal) if seat.voted_at is None]
        return [*waiting] if waiting else [*next_level(appeal, Capacity.CHAIR, at)]
    if appeal.state == State.RE_EVALUATION:
        return [appeal.evaluator] if appeal.evaluator else [*hr_leads()]
    return [appeal.reviewer] if appeal.reviewer else [*hr_leads()]
