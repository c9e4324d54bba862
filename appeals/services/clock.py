"""What time does to appeals: reminders, overdue notices, lapses, extensions. Safe to run twice."""

import logging
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.deadlines import extended
from appeals.eligibility import Capacity
from appeals.errors import AlreadySaid, AppealIncomplete
from appeals.guards import active_seats
from appeals.models import Appeal, Extension, State
from appeals.permissions import can_extend
from appeals.services.common import (
    appellant,
    audit,
    deciding,
    hr_leads,
    locked,
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
    due = list(Appeal.objects.open().filter(due_on__lte=soon).values_list("pk", flat=True))
    for done, pk in enumerate(due, start=1):
        try:
            with transaction.atomic():
                outcome = _look_at(pk, today, at)
        except Exception:
            logger.exception("the deadline of appeal id %s could not be checked", pk)
            outcome = "failed"
        if outcome:
            counts[outcome] += 1
        if progress is not None:
            progress(done, len(due))
    return counts


def _look_at(pk: int, today: date, at: datetime) -> str:
    """What was done about one appeal: a key of `run`'s counts, or nothing."""
    appeal = locked(pk)
    if not appeal.is_open or appeal.due_on is None:
        return ""
    key = f"{appeal.state} {appeal.due_on}"
    if appeal.due_on >= today:
        tell(appeal, _acting(appeal, at), "due_soon", at, key=key)
        return "reminded"
    if appeal.state == State.MEETING:
        to_committee(appeal, "lapse", at=at)
        return "lapsed"
    level = Capacity.CHAIR if appeal.state == State.ARBITRATION else Capacity.HR_LEAD
    people = [*next_level(appeal, level, at), *_acting(appeal, at)]
    tell(appeal, people, "overdue", at, key=key)
    return "overdue"


def _acting(appeal: Appeal, at: datetime) -> list[User | None]:
    """Whose turn it is."""
    if appeal.state == State.MEETING:
        return [appellant(appeal), supervisor(appeal), appeal.reviewer]
    if appeal.state == State.ARBITRATION:
        waiting = [seat.user for seat in active_seats(appeal) if seat.voted_at is None]
        return [*waiting] if waiting else [*next_level(appeal, Capacity.CHAIR, at)]
    if appeal.state == State.RE_EVALUATION:
        return [appeal.evaluator] if appeal.evaluator else [*hr_leads()]
    return [appeal.reviewer] if appeal.reviewer else [*hr_leads()]
