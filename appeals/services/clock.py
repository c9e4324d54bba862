"""What time does to appeals: reminders, overdue notices, lapses, extensions. Safe to run twice."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.deadlines import due_after
from appeals.errors import AlreadySaid, AppealIncomplete
from appeals.models import Appeal, Extension, State
from appeals.permissions import can_extend
from appeals.services.common import appellant, audit, chairs, hr_leads, locked, supervisor, tell
from appeals.services.meeting import to_committee
from appeals.workflow import note_step
from kpi_portal.core.errors import NotAllowed
from kpi_portal.jobs.context import JobContext
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date

LONGEST_EXTENSION = 20


@transaction.atomic
def extend(appeal: Appeal, *, days: int, reason: str, by: User, at: datetime) -> Appeal:
    """Give the present step `days` more working days, once. Raises NotAllowed, AlreadySaid."""
    appeal = locked(appeal.pk)
    if not can_extend(by, appeal, at):
        raise NotAllowed(_("Only the next level can extend this step, and only once."))
    if not 1 <= days <= LONGEST_EXTENSION:
        message = _("An extension is 1 to %(most)s working days.") % {"most": LONGEST_EXTENSION}
        raise AppealIncomplete(message, fields={"days": message})
    if not reason.strip():
        message = _("Please say why more time is needed.")
        raise AppealIncomplete(message, fields={"reason": message})
    if appeal.due_on is None:
        raise NotAllowed(_("This appeal has no due date."))
    before = appeal.due_on
    try:
        with transaction.atomic():
            Extension.objects.create(
                appeal=appeal, state=appeal.state, days=days, reason=reason.strip(), by=by, at=at
            )
    except IntegrityError:
        raise AlreadySaid(_("This step has been extended already.")) from None
    start = max(before, local_date(at))
    Appeal.objects.filter(pk=appeal.pk).update(due_on=due_after(start, days).on)
    appeal.refresh_from_db()
    note_step(appeal, "extend", by=by, at=at, note=reason.strip())
    audit(
        appeal,
        "extend",
        by=by,
        before={"due_on": before},
        after={"due_on": appeal.due_on},
        reason=reason,
    )
    tell(appeal, [appellant(appeal), appeal.reviewer], "extended", at, key=str(appeal.state))
    return appeal


def run(at: datetime) -> dict[str, int]:
    """Remind one day before, escalate what is overdue, end meetings that did not agree.

    One transaction an appeal; notices are unique by key, the lapse of a meeting is a conditional
    UPDATE: running twice changes nothing. Returns counts.
    """
    today = local_date(at)
    counts = {"reminded": 0, "overdue": 0, "lapsed": 0}
    for pk, due_on in Appeal.objects.open().values_list("pk", "due_on"):
        with transaction.atomic():
            if due_on is None or due_on > today + timedelta(days=1):
                continue
            appeal = locked(pk)
            if not appeal.is_open or appeal.due_on is None:
                continue
            key = f"{appeal.state} {appeal.due_on}"
            if appeal.due_on >= today:
                tell(appeal, _acting(appeal), "due_soon", at, key=key)
                counts["reminded"] += 1
            elif appeal.state == State.MEETING:
                to_committee(appeal, at=at, note=_("The meeting's due date passed."))
                counts["lapsed"] += 1
            else:
                next_level = chairs() if appeal.state == State.ARBITRATION else hr_leads()
                tell(appeal, [*next_level, *_acting(appeal)], "overdue", at, key=key)
                counts["overdue"] += 1
    return counts


def _acting(appeal: Appeal) -> list[User | None]:
    """Whose turn it is."""
    if appeal.state == State.MEETING:
        return [appellant(appeal), supervisor(appeal), appeal.reviewer]
    if appeal.state == State.ARBITRATION:
        waiting = appeal.panel.filter(recused_at__isnull=True, voted_at__isnull=True)
        return [seat.user for seat in waiting.select_related("user")] or list(chairs())
    if appeal.state == State.RE_EVALUATION:
        return [appeal.evaluator] if appeal.evaluator else list(hr_leads())
    return [appeal.reviewer] if appeal.reviewer else list(hr_leads())


def handle(job: JobContext) -> dict[str, int]:
    """The daily job `appeals.deadlines`."""
    return run(timezone.now())
