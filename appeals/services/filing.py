"""Drafting, filing and withdrawing an appeal: the agent's side."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appeals.deadlines import step_due, window_end
from appeals.errors import AppealIncomplete, WindowClosed
from appeals.models import Appeal, DisputedLine, Ground, State, Topic
from appeals.permissions import can_admit_late, is_appellant
from appeals.services.common import (
    appellant,
    audit,
    hr_leads,
    locked,
    require_text,
    supervisor,
    tell,
)
from appeals.workflow import move
from appraisal.models import Scorecard
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.files import remove
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date


class AlreadyAppealed(Conflict):
    """There is an open appeal or a draft for this card; `number` names it."""

    code = "already_appealed"

    def __init__(self, appeal: Appeal) -> None:
        super().__init__(
            _("Appeal %(number)s for this scorecard is already there.") % {"number": appeal.number}
        )
        self.number = appeal.number


@transaction.atomic
def start(card: Scorecard, *, by: User, at: datetime) -> Appeal:
    """A draft for `card`; the one that is already there, if one is.

    The caller has checked that `by` sees the card. Safe to run again. Raises WindowClosed,
    NotAllowed (not the own card), AlreadyAppealed (an open one).
    """
    if by.employee_id is None or by.employee_id != card.employee_id:
        raise NotAllowed(_("Only the person whose scorecard it is can appeal."))
    existing = (
        Appeal.objects.filter(period=card.period, employee_id=card.employee_id)
        .filter(closed_at__isnull=True)
        .first()
    )
    if existing is not None:
        if existing.state == State.DRAFT:
            return existing
        raise AlreadyAppealed(existing)
    require_window(card, at)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                number=_next_number(at),
                scorecard=card,
                period=card.period,
                employee_id=card.employee_id,
                created_at=at,
            )
    except IntegrityError:
        other = Appeal.objects.filter(
            period=card.period, employee_id=card.employee_id, closed_at__isnull=True
        ).first()
        if other is None:
            raise Conflict(_("Somebody else was faster. Please try again.")) from None
        return other
    audit(appeal, "start", by=by, after={"number": appeal.number})
    return appeal


def require_window(card: Scorecard, at: datetime) -> None:
    """Raises WindowClosed with the date on which it closed."""
    end = window_end(card)
    if end is None or not card.is_current:
        raise WindowClosed(
            _("This revision cannot be appealed. Please open the current published scorecard.")
        )
    if local_date(at) > end:
        raise WindowClosed(
            _("The time to appeal ended on %(date)s at 24:00. HR can admit a late appeal.")
            % {"date": date_format(end, "DATE_FORMAT")}
        )


@transaction.atomic
def save_draft(
    appeal: Appeal,
    *,
    topics: Sequence[str],
    grounds: Sequence[str],
    statement: str,
    request: str,
    claims: Mapping[int, str],
    by: User,
    at: datetime,
) -> Appeal:
    """Keep what the agent has written so far; nothing is required yet.

    `claims`: line id → what is wrong with it; lines not named are no longer disputed. Lines of
    another card are refused. Raises NotAllowed, Conflict when it is no draft any more.
    """
    appeal = locked(appeal.pk)
    _require_own_draft(appeal, by)
    lines = {line.pk: line for line in appeal.scorecard.lines.all()}
    unknown = set(claims) - set(lines)
    if unknown:
        raise AppealIncomplete(_("A disputed line does not belong to this scorecard."))
    appeal.topics = [
        topic for topic in Topic.values if topic in topics or (topic == Topic.LINES and claims)
    ]
    appeal.grounds = [ground for ground in Ground.values if ground in grounds]
    appeal.statement, appeal.request = statement.strip(), request.strip()
    appeal.full_clean(validate_constraints=False)
    appeal.save(update_fields=["topics", "grounds", "statement", "request"])
    appeal.disputed.exclude(line_id__in=claims).delete()
    for line_id, claim in claims.items():
        DisputedLine.objects.update_or_create(
            appeal=appeal, line_id=line_id, defaults={"claim": claim.strip()[:1000]}
        )
    audit(appeal, "save_draft", by=by, after={"topics": appeal.topics, "lines": sorted(claims)})
    return appeal


@transaction.atomic
def file(appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    """Submit the draft to HR. Raises WindowClosed, AppealIncomplete, NotAllowed, Conflict.

    A second click finds the appeal filed and is told so (409). The window is checked by the
    time of this act, unless HR has admitted the appeal as late.
    """
    appeal = locked(appeal.pk)
    _require_own_draft(appeal, by)
    if appeal.late_admitted_by_id is None:
        require_window(appeal.scorecard, at)
    _require_complete(appeal)
    move(appeal, "file", by=by, at=at, filed_at=at, due_on=step_due(State.SUBMITTED, at))
    audit(appeal, "file", by=by, after={"state": appeal.state, "due_on": appeal.due_on})
    tell(appeal, hr_leads(), "filed", at)
    return appeal


@transaction.atomic
def withdraw(appeal: Appeal, *, reason: str, by: User, at: datetime) -> Appeal:
    """End an open appeal at the appellant's wish. Raises NotAllowed, StateMoved."""
    appeal = locked(appeal.pk)
    if not is_appellant(by, appeal):
        raise NotAllowed(_("Only the appellant can withdraw the appeal."))
    before = appeal.state
    move(appeal, "withdraw", by=by, at=at, note=reason.strip())
    audit(
        appeal,
        "withdraw",
        by=by,
        before={"state": before},
        after={"state": appeal.state},
        reason=reason,
    )
    people = [appeal.reviewer, *(seat.user for seat in appeal.panel.all())]
    if before in (State.MEETING, State.ARBITRATION):
        people.append(supervisor(appeal))
    tell(appeal, people, "withdrawn", at)
    return appeal


@transaction.atomic
def delete_draft(appeal: Appeal, *, by: User) -> None:
    """Throw a draft away with its evidence. Its number is not used again this year if a later
    one exists. Raises NotAllowed, Conflict."""
    appeal = locked(appeal.pk)
    _require_own_draft(appeal, by)
    audit(appeal, "delete_draft", by=by, before={"number": appeal.number})
    files = [evidence.file for evidence in appeal.evidence.select_related("file")]
    appeal.delete()
    for stored in files:
        remove(stored, by=by)


@transaction.atomic
def admit_late(card: Scorecard, *, reason: str, by: User, at: datetime) -> Appeal:
    """HR opens a draft for an agent whose window has closed, with a reason.

    Raises NotAllowed, AlreadyAppealed, AppealIncomplete.
    """
    if not can_admit_late(by, card):
        raise NotAllowed(_("Only HR without a stake can admit a late appeal."))
    reason = require_text(reason, "reason", _("Please say why the late appeal is admitted."))
    existing = Appeal.objects.filter(
        period=card.period, employee_id=card.employee_id, closed_at__isnull=True
    ).first()
    if existing is not None and existing.state != State.DRAFT:
        raise AlreadyAppealed(existing)
    appeal = existing or Appeal.objects.create(
        number=_next_number(at),
        scorecard=card,
        period=card.period,
        employee_id=card.employee_id,
        created_at=at,
    )
    Appeal.objects.filter(pk=appeal.pk).update(late_admitted_by=by, late_reason=reason)
    appeal.refresh_from_db()
    audit(appeal, "admit_late", by=by, after={"number": appeal.number}, reason=reason)
    tell(appeal, [appellant(appeal)], "admitted_late", at)
    return appeal


def _require_own_draft(appeal: Appeal, by: User) -> None:
    if not is_appellant(by, appeal):
        raise NotAllowed(_("Only the appellant can change the appeal."))
    if appeal.state != State.DRAFT:
        raise Conflict(
            _("Appeal %(number)s has been submitted and cannot be changed any more.")
            % {"number": appeal.number}
        )


def _require_complete(appeal: Appeal) -> None:
    """All that is missing at once, each at its field."""
    missing: dict[str, object] = {}
    if not appeal.topics:
        missing["topics"] = _("Please say what you dispute.")
    if appeal.topics == [Topic.LINES] and not appeal.disputed.exists():
        missing["topics"] = _("Please mark the lines that you dispute.")
    if not appeal.grounds:
        missing["grounds"] = _("Please choose at least one ground.")
    if not appeal.statement:
        missing["statement"] = _("Please say what happened.")
    if not appeal.request:
        missing["request"] = _("Please say what you ask for.")
    if missing:
        raise AppealIncomplete(_("The appeal is not complete yet."), fields=missing)


def _next_number(at: datetime) -> str:
    """A-2026-0012: consecutive within the year, company time. The unique number guards races."""
    prefix = f"A-{local_date(at).year}-"
    last = Appeal.objects.filter(number__startswith=prefix).aggregate(top=Max("number"))["top"]
    return f"{prefix}{int(last[len(prefix) :]) + 1 if last else 1:04d}"
