"""Further revisions of a published card: decided points, and parts that were published anew."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from appraisal.models import (
    Adjustment,
    CardSegment,
    Period,
    Scheme,
    Scorecard,
    ScoreLine,
)
from appraisal.periods import calendar
from appraisal.periods.rollups import published_parts
from appraisal.scorecards import build, frozen
from appraisal.scorecards.freezing import deliver, freeze, tell
from appraisal.scorecards.outcome import line_input
from appraisal.scorecards.queries import with_parts
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.jobs.services import AlreadyRunning
from kpi_portal.jobs.services import request as request_job
from kpi_portal.people.models import User

COMPUTE = "appraisal.compute"
"""The kind of job that computes a period; its key is the period's code."""

NO_POINTS = Decimal("0.00")


class NotRevisable(Conflict):
    """Only the newest revision of a published card can be revised."""

    code = "card_not_revisable"


class BadAdjustment(DomainError):
    """An adjustment out of range, or one that changes nothing."""

    code = "bad_adjustment"


def never_lowers(card: Scorecard, final: Decimal | None) -> bool:
    """Whether `final` is not below what `card` says; for those who must not make it worse."""
    return card.final is None or (final is not None and final >= card.final)


def preview(
    card: Scorecard, *, line_points: Mapping[int, Decimal], total: Decimal = NO_POINTS
) -> build.BuiltCard:
    """What `revise` would make of `card`, unsaved. Raises BadAdjustment."""
    lines = list(card.lines.all())
    _check(card, lines, line_points, total)
    built = _copied(card)
    built.card.adjusted = card.adjusted + total
    for line, copy in zip(lines, built.lines, strict=True):
        copy.decided = line_points.get(line.pk, line.decided)
    build.score(built.card, built.lines, built.segments)
    return built


@transaction.atomic
def revise(
    card: Scorecard,
    *,
    line_points: Mapping[int, Decimal],
    total: Decimal = NO_POINTS,
    reason: str,
    origin: str,
    proposed_by: User | None,
    approved_by: User | None,
    at: datetime,
) -> Scorecard:
    """A further revision of a published card: new points of lines, or a change of the total.

    `line_points` maps ids of the card's lines to the points decided for them (0 to the rule's
    cap); `total` is what the final changes by. Band and numbers follow; the revision is frozen
    and delivered at once, the earlier one stays as it is. In the caller's transaction: the
    compare-and-set on `is_current` makes the second of two revisions fail. Where the period is
    reopened its candidate takes the decision over. Quarters and years follow: see `follow`.
    Raises NotRevisable, BadAdjustment, NotAllowed.
    Source: 4-schemes-periods-results.md, "Scorecard".
    """
    _check_people(card, proposed_by, approved_by)
    if not card.is_frozen or not _retire(card):
        raise NotRevisable(
            _("This scorecard is not the newest published revision. Open the newest one.")
        )
    built = preview(card, line_points=line_points, total=total)
    candidate = _moved_candidate(card)
    revision = _published(built, card, reason, origin, at)
    _store_adjustments(card, revision, line_points, total, proposed_by, approved_by, at)
    _record(card, revision, approved_by, reason)
    if candidate is not None:
        _rebase(candidate, card, revision, line_points, total)
    follow(card.period, [card.employee_id], by=approved_by, reason=reason, at=at)
    return revision


def follow(
    period: Period, employee_ids: Collection[int], *, by: User | None, reason: str, at: datetime
) -> int:
    """Let quarter and year follow new revisions of `period`; how many cards got one.

    Those that are only calculated are computed again by a job. Published ones that are put
    together from their parts get a new revision at once; those from the records show the
    adjustment as an open item, or the records as late. In the caller's transaction.
    Source: 3-scoring.md, "Quarter and year".
    """
    _compute_containing(period, by)
    count = 0
    for code in containing_codes(period):
        cards = Scorecard.objects.current().filter(
            period__code=code, employee__in=employee_ids, frozen_at__isnull=False
        )
        related = cards.exclude(rollup={}).select_related("period", "version", "employee")
        for card in with_parts(related):
            count += _roll_again(card, period.code, by, reason, at) is not None
    return count


def containing_codes(period: Period) -> list[str]:
    """Codes of the quarter and the year that build on `period`; none for a year."""
    name = calendar.parse_code(period.code)
    longer = [months for months in (3, 12) if months > name.months]
    return [
        str(calendar.Code(name.year, (name.month - 1) // months * months + 1, months))
        for months in longer
    ]


def _roll_again(
    card: Scorecard, part: str, by: User | None, reason: str, at: datetime
) -> Scorecard | None:
    """A revision of a rolled-up card with the parts as they are published now; None if they
    say the same."""
    parts = published_parts(card.period, Scheme.Subject.AGENT, strict=False)
    built = _copied(card)
    built.card.rollup = card.rollup | {"parts": parts.found.get(card.employee_id, [])}
    build.score(built.card, built.lines, built.segments)
    before = frozen.figures(card, card.lines.all(), card.segments.all())
    if frozen.figures(built.card, built.lines, built.segments) == before or not _retire(card):
        return None
    candidate = _moved_candidate(card)
    revision = _published(built, card, reason, f"part:{part}", at)
    _record(card, revision, by, reason)
    if candidate is not None:
        candidate.rollup = candidate.rollup | {"parts": built.card.rollup["parts"]}
        _rebase(candidate, card, revision, {}, NO_POINTS)
    return revision


def _published(
    built: build.BuiltCard, card: Scorecard, reason: str, origin: str, at: datetime
) -> Scorecard:
    """Store, freeze, deliver and tell a revision that was built."""
    # `computed_at` stays: the values are those measured then, whatever was excluded since.
    revision = built.card
    revision.reason, revision.origin = reason, origin
    revision.save(force_insert=True)
    for line in built.lines:
        line.scorecard = revision
    for segment in built.segments:
        segment.scorecard = revision
    ScoreLine.objects.bulk_create(built.lines)
    CardSegment.objects.bulk_create(built.segments)
    freeze([revision], at)
    deliver([revision], at)
    tell([revision], at)
    return revision


def _record(card: Scorecard, revision: Scorecard, by: User | None, reason: str) -> None:
    record(
        "scorecard.revised",
        revision,
        actor=by,
        before={"revision": card.revision, "final": card.final, "band": card.band},
        after={"revision": revision.revision, "final": revision.final, "band": revision.band},
        reason=reason,
    )


def _moved_candidate(card: Scorecard) -> Scorecard | None:
    """The candidate of the same employee in a reopened period, one number further on.

    A run that computes meanwhile finds its period's run number moved, and gives up.
    """
    if not card.period.is_reopened:
        return None
    Period.objects.filter(pk=card.period_id).update(run_number=F("run_number") + 1)
    rows = Scorecard.objects.filter(
        period_id=card.period_id, employee_id=card.employee_id, frozen_at__isnull=True
    )
    rows.update(revision=F("revision") + 1)
    found: Scorecard | None = with_parts(rows.select_related("period", "version")).first()
    return found


def _rebase(
    candidate: Scorecard,
    card: Scorecard,
    revision: Scorecard,
    line_points: Mapping[int, Decimal],
    total: Decimal,
) -> None:
    """Let a candidate take over what was decided on the published card; drop one that says
    nothing else any more."""
    points = {
        (line.segment, line.position, line.indicator_id): line_points[line.pk]
        for line in card.lines.all()
        if line.pk in line_points
    }
    lines, segments = list(candidate.lines.all()), list(candidate.segments.all())
    for line in lines:
        key = (line.segment, line.position, line.indicator_id)
        line.decided = points.get(key, line.decided)
    candidate.adjusted += total
    build.score(candidate, lines, segments)
    now = frozen.figures(revision, revision.lines.all(), revision.segments.all())
    if frozen.figures(candidate, lines, segments) == now:
        candidate.delete()
        return
    candidate.inputs_hash = frozen.digest(candidate, lines, segments)
    candidate.save()
    for row in (*lines, *segments):
        row.save()


def _check_people(card: Scorecard, proposed_by: User | None, approved_by: User | None) -> None:
    if proposed_by is not None and proposed_by == approved_by:
        raise NotAllowed(_("Whoever proposed an adjustment does not approve it."))
    if approved_by is not None and approved_by.employee_id == card.employee_id:
        raise NotAllowed(_("Nobody approves a change of their own scorecard."))


def _check(
    card: Scorecard,
    lines: Sequence[ScoreLine],
    line_points: Mapping[int, Decimal],
    total: Decimal,
) -> None:
    unknown = set(line_points) - {line.pk for line in lines}
    if unknown:
        raise BadAdjustment(_("A line of another scorecard was named."))
    if not line_points and not total:
        raise BadAdjustment(_("Nothing was changed."))
    for line in lines:
        cap = line_input(line).rule.cap
        points = line_points.get(line.pk)
        if points is not None and not 0 <= points <= cap:
            raise BadAdjustment(
                _("Points of a line lie between 0 and %(cap)s.") % {"cap": format(cap, "f")}
            )


def _retire(card: Scorecard) -> bool:
    """Take `is_current` from the card; False if somebody else has done so."""
    rows = Scorecard.objects.filter(pk=card.pk, is_current=True)
    return bool(rows.update(is_current=False))


def _copied(card: Scorecard) -> build.BuiltCard:
    """The next revision of a card with its lines and segments, unsaved and not yet frozen."""
    revision = Scorecard(**fields_of(card))
    revision.period, revision.version, revision.employee = card.period, card.version, card.employee
    revision.revision = card.revision + 1
    revision.is_current = True
    revision.inputs_hash, revision.frozen_at = "", None
    lines = [ScoreLine(**fields_of(line)) for line in card.lines.all()]
    segments = []
    for segment in card.segments.all():
        copy = CardSegment(**fields_of(segment))
        copy.version = segment.version
        segments.append(copy)
    return build.BuiltCard(revision, lines, segments)


def fields_of(row: Model) -> dict[str, Any]:
    """The columns of a card, line or segment for a copy: without its id and its card."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in ("scorecard", "card")
    }


def _store_adjustments(
    card: Scorecard,
    revision: Scorecard,
    line_points: Mapping[int, Decimal],
    total: Decimal,
    proposed_by: User | None,
    approved_by: User | None,
    at: datetime,
) -> None:
    changes: list[tuple[int | None, Decimal]] = list(line_points.items())
    if total:
        changes.append((None, total))
    Adjustment.objects.bulk_create(
        Adjustment(
            scorecard=card,
            line_id=line_id,
            points=points,
            reason=revision.reason,
            origin=revision.origin,
            proposed_by=proposed_by,
            approved_by=approved_by,
            result=revision,
            created_at=at,
        )
        for line_id, points in changes
    )


def _compute_containing(period: Period, by: User | None) -> None:
    """Ask for a new run of the calculated quarter and year that hold `period`."""
    for code in containing_codes(period):
        if Period.objects.filter(code=code, state=Period.State.CALCULATED).exists():
            try:
                request_job(COMPUTE, code, {"period": code}, by=by)
            except AlreadyRunning:
                continue
