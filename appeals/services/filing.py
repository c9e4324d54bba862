"""Drafting, filing and withdrawing an appeal: the agent's side."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from appeals.claims import refused_of
from appeals.eligibility import Capacity
from appeals.errors import AppealIncomplete
from appeals.guards import is_appellant
from appeals.models import Appeal, DisputedLine, Ground, NumberSeries, State, Topic
from appeals.permissions import can_admit_late
from appeals.scope import allowed_positions, require_appealable, require_window
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
from appeals.workflow import move
from appraisal.models import Period, Scorecard
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.files import remove
from kpi_portal.people.models import Employee, User
from kpi_portal.people.queries import local_date

LONGEST_CLAIM = 1000


class AlreadyAppealed(Conflict):
    """There is an open appeal for this card, in whatever revision; `number` names it."""

    code = "already_appealed"

    def __init__(self, appeal: Appeal) -> None:
        super().__init__(
            _("Appeal %(number)s for this scorecard is already there.") % {"number": appeal.number}
        )
        self.number = appeal.number


@transaction.atomic
def start(card: Scorecard, *, by: User, at: datetime) -> Appeal:
    """A draft for `card`; the one that is already there, if one is.

    The caller has checked that `by` sees the card. Safe to run again. Raises NotAllowed (not
    the own card), AlreadyAppealed, WindowClosed, AlreadyDecided.
    """
    if by.employee_id is None or by.employee_id != card.employee_id:
        raise NotAllowed(_("Only the person whose scorecard it is can appeal."))
    existing = _unfinished(card)
    if existing is not None:
        follow_revision(existing, by=by)
        return existing
    require_appealable(card)
    require_window(card, at)
    appeal = _draft(card, at)
    audit(appeal, "started", by=by, after={"number": appeal.number})
    return appeal


def _unfinished(card: Scorecard) -> Appeal | None:
    """The draft of any revision of `card`. Raises AlreadyAppealed if one is under way.

    Holds a lock on the employee: of two who begin at once, the second finds the first's.
    """
    Employee.objects.select_for_update(no_key=True).get(pk=card.employee_id)
    existing = Appeal.objects.filter(
        period_id=card.period_id, employee_id=card.employee_id, closed_at__isnull=True
    ).first()
    if existing is not None and existing.state != State.DRAFT:
        raise AlreadyAppealed(existing)
    return existing


def _draft(card: Scorecard, at: datetime) -> Appeal:
    return Appeal.objects.create(
        number=_next_number(at),
        scorecard=card,
        period_id=card.period_id,
        employee_id=card.employee_id,
        created_at=at,
    )


def _next_number(at: datetime) -> str:
    """A-2026-0012: consecutive within the year, company time. Holds the year's row."""
    year = local_date(at).year
    NumberSeries.objects.get_or_create(year=year)
    NumberSeries.objects.filter(year=year).update(last=F("last") + 1)
    return f"A-{year}-{NumberSeries.objects.get(year=year).last:04d}"


@transaction.atomic
def follow_revision(appeal: Appeal, *, by: User) -> bool:
    """Move a draft to the card's current revision, if it was revised since; whether it was.

    What was marked stays marked, by the position of the line. Safe to run again.
    """
    appeal = locked(appeal.pk)
    current = Scorecard.objects.filter(
        period_id=appeal.period_id, employee_id=appeal.employee_id, is_current=True
    ).first()
    if appeal.state != State.DRAFT or current is None or current.pk == appeal.scorecard_id:
        return False
    lines = {line.position: line.pk for line in current.lines.all()}
    for row in appeal.disputed.select_related("line"):
        if row.line.position in lines:
            DisputedLine.objects.filter(pk=row.pk).update(line_id=lines[row.line.position])
        else:
            row.delete()
    Appeal.objects.filter(pk=appeal.pk).update(scorecard=current)
    audit(appeal, "moved_to_revision", by=by, after={"revision": current.revision})
    return True


@transaction.atomic
def save_draft(
    appeal: Appeal,
    *,
    topics: Sequence[str],
    grounds: Sequence[str],
    statement: str,
    request: str,
    claims: Mapping[int, str],
    refused: Collection[int] = (),
    by: User,
    at: datetime,
) -> Appeal:
    """Keep what the agent has written so far; nothing is required yet.

    `claims`: line id → what is wrong with it; lines not named are no longer disputed.
    `refused`: ids of refused claims about records that the appeal names. Raises
    NotAllowed, Conflict when it is no draft any more, AppealIncomplete for lines of another
    card, and for what a re-evaluation has left out of dispute.
    """
    appeal = locked(appeal.pk)
    _require_own_draft(appeal, by)
    _require_disputable(appeal, topics, claims, at)
    appeal.topics = [
        topic for topic in Topic.values if topic in topics or (topic == Topic.LINES and claims)
    ]
    appeal.grounds = [ground for ground in Ground.values if ground in grounds]
    appeal.statement, appeal.request = statement.strip(), request.strip()
    appeal.save(update_fields=["topics", "grounds", "statement", "request"])
    appeal.disputed.exclude(line_id__in=claims).delete()
    for line_id, claim in claims.items():
        DisputedLine.objects.update_or_create(
            appeal=appeal, line_id=line_id, defaults={"claim": claim.strip()[:LONGEST_CLAIM]}
        )
    appeal.claims.set(refused_of(appeal.scorecard).filter(pk__in=refused))
    audit(appeal, "draft_saved", by=by, after={"topics": appeal.topics, "lines": sorted(claims)})
    return appeal


def _require_disputable(
    appeal: Appeal, topics: Sequence[str], claims: Mapping[int, str], at: datetime
) -> None:
    positions = dict(appeal.scorecard.lines.values_list("pk", "position"))
    if set(claims) - set(positions):
        raise AppealIncomplete(_("A disputed line does not belong to this scorecard."))
    allowed = allowed_positions(appeal, at)
    if allowed is None:
        return
    if set(topics) - {Topic.LINES} or {positions[line] for line in claims} - allowed:
        message = _(
            "Only the lines evaluated again, or those of a claim that was still open, can be "
            "disputed."
        )
        raise AppealIncomplete(message, fields={"topics": message})


@deciding
def file(appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    """Submit the draft to HR.

    A second click finds the appeal filed and is told so (409). The window is checked by the
    time of this act, unless HR has admitted the appeal as late. Raises what `move` raises.
    """
    Period.objects.select_for_update(no_key=True).get(pk=appeal.period_id)  # against closing
    appeal = locked(appeal.pk)
    move(appeal, "file", by=by, at=at, filed_at=at)
    audit(appeal, "filed", by=by, after={"state": appeal.state, "due_on": appeal.due_on})
    tell(appeal, next_level(appeal, Capacity.HR_LEAD, at), "filed", at)
    return appeal


@deciding
def withdraw(appeal: Appeal, *, reason: str, by: User, at: datetime) -> Appeal:
    """End an open appeal at the appellant's wish. Raises what `move` raises."""
    appeal = locked(appeal.pk)
    before = appeal.state
    told = [appeal.reviewer, appeal.evaluator, *(seat.user for seat in appeal.panel.all())]
    if before in (State.MEETING, State.ARBITRATION):
        told.append(supervisor(appeal))
    move(appeal, "withdraw", by=by, at=at, note=reason.strip())
    audit(
        appeal,
        "withdrawn",
        by=by,
        before={"state": before},
        after={"state": appeal.state},
        reason=reason,
    )
    tell(appeal, told, "withdrawn", at)
    return appeal


@transaction.atomic
def delete_draft(appeal: Appeal, *, by: User) -> None:
    """Throw a draft away with its evidence; its number is not given again.

    Raises NotAllowed, Conflict.
    """
    appeal = locked(appeal.pk)
    _require_own_draft(appeal, by)
    audit(appeal, "draft_deleted", by=by, before={"number": appeal.number})
    files = [evidence.file for evidence in appeal.evidence.select_related("file")]
    appeal.delete()
    for stored in files:
        remove(stored, by=by)


@transaction.atomic
def admit_late(card: Scorecard, *, reason: str, by: User, at: datetime) -> Appeal:
    """HR opens a draft for an agent whose window has closed, with a reason.

    Raises NotAllowed, AlreadyAppealed, AlreadyDecided, WindowClosed (nothing that could be
    appealed), AppealIncomplete.
    """
    if not can_admit_late(by, card, at):
        raise NotAllowed(_("Only HR without a stake can admit a late appeal."))
    reason = require_text(reason, "reason", _("Please say why the late appeal is admitted."))
    require_appealable(card)
    appeal = _unfinished(card) or _draft(card, at)
    Appeal.objects.filter(pk=appeal.pk).update(late_admitted_by=by, late_reason=reason)
    appeal.refresh_from_db()
    audit(appeal, "admitted_late", by=by, after={"number": appeal.number}, reason=reason)
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
