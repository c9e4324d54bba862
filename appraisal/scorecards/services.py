"""What is written about a published card: freezing, delivery, reading, comments, revisions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.models import Acknowledgement, Adjustment, Period, Scorecard, ScoreLine
from appraisal.periods import calendar
from appraisal.scorecards import build, frozen
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.jobs.services import AlreadyRunning
from kpi_portal.jobs.services import request as request_job
from kpi_portal.people.models import User
from kpi_portal.people.queries import users_of
from kpi_portal.people.services import notify

CHUNK = 500
COMPUTE = "appraisal.compute"
"""The kind of job that computes a period; its key is the period's code."""


class NumbersDisagree(Conflict):
    """A card's stored numbers are not what its stored inputs give."""

    code = "numbers_disagree"


class NotRevisable(Conflict):
    """Only the newest revision of a published card can be revised."""

    code = "card_not_revisable"


class BadAdjustment(DomainError):
    """An adjustment out of range, or one that changes nothing."""

    code = "bad_adjustment"


def freeze(cards: Sequence[Scorecard], at: datetime) -> None:
    """Check each card against its inputs and put it under its hash.

    In the caller's transaction; lines, version and employee are loaded. From then on triggers
    refuse every change but of `is_current`. Raises NumbersDisagree.
    """
    for card in cards:
        lines = list(card.lines.all())
        if build.disagreements(card, lines):
            raise NumbersDisagree(
                _(
                    "The scorecard of employee %(number)s does not follow from its inputs. "
                    "Compute the period again."
                )
                % {"number": card.employee.number}
            )
        card.inputs_hash = frozen.digest(card, lines)
        card.frozen_at = at
    Scorecard.objects.bulk_update(cards, ["inputs_hash", "frozen_at"], batch_size=CHUNK)


def deliver(cards: Sequence[Scorecard], at: datetime) -> None:
    """Note that the cards were delivered. Safe to run again: one row per card."""
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(scorecard=card, delivered_at=at) for card in cards],
        batch_size=CHUNK,
        ignore_conflicts=True,
    )


def tell(cards: Sequence[Scorecard], at: datetime) -> None:
    """Notify the people of these cards, which are of one period; a link and no number."""
    first = cards[0]
    people = users_of(card.employee_id for card in cards)
    for revision in sorted({card.revision for card in cards}):
        users = [
            people[card.employee_id]
            for card in cards
            if card.revision == revision and card.employee_id in people
        ]
        notify(
            users,
            "appraisal.published" if revision == 1 else "appraisal.revised",
            f"scorecard:{first.period.code}:{revision}",
            params={"period": first.period.code},
            url=reverse("appraisal:own_scorecard", args=[first.period.code]),
            at=at,
        )


def mark_read(card: Scorecard, *, by: User, at: datetime) -> None:
    """Record the first view by the employee. Safe to run again; others' views do nothing."""
    if by.employee_id != card.employee_id:
        return
    if Acknowledgement.objects.filter(scorecard=card, read_at=None).update(read_at=at):
        card.acknowledgement.read_at = at


@transaction.atomic
def confirm(card: Scorecard, *, by: User, at: datetime) -> None:
    """Record that the employee has read the card. Not agreement, no waiver of the appeal.

    The caller has checked can_acknowledge. Safe to run again: the first time counts.
    """
    rows = Acknowledgement.objects.filter(scorecard=card, confirmed_at=None)
    if rows.update(confirmed_at=at):
        Acknowledgement.objects.filter(scorecard=card, read_at=None).update(read_at=at)
        record("scorecard.confirmed", card, actor=by)


@transaction.atomic
def comment(card: Scorecard, text: str, *, by: User, at: datetime) -> None:
    """Store the employee's comment, 1 to 2,000 characters; it is given once.

    The caller has checked can_acknowledge. Raises Conflict if there is one already.
    """
    rows = Acknowledgement.objects.filter(scorecard=card, commented_at=None)
    if not rows.update(comment=text, commented_at=at):
        raise Conflict(_("There is a comment on this scorecard already."))
    Acknowledgement.objects.filter(scorecard=card, read_at=None).update(read_at=at)
    record("scorecard.commented", card, actor=by)


def never_lowers(card: Scorecard, final: Decimal | None) -> bool:
    """Whether `final` is not below what `card` says; for those who must not make it worse."""
    return card.final is None or (final is not None and final >= card.final)


def preview(
    card: Scorecard, *, line_points: Mapping[int, Decimal], total: Decimal = Decimal("0.00")
) -> build.BuiltCard:
    """What `revise` would make of `card`, unsaved. Raises BadAdjustment."""
    lines = list(card.lines.all())
    _check(card, lines, line_points, total)
    revision = _copy(card)
    revision.adjusted = card.adjusted + total
    copies = [_copy_line(line, line_points.get(line.pk)) for line in lines]
    result = build.score(revision, copies)
    return build.BuiltCard(revision, copies, result)


@transaction.atomic
def revise(
    card: Scorecard,
    *,
    line_points: Mapping[int, Decimal],
    total: Decimal = Decimal("0.00"),
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
    compare-and-set on `is_current` makes the second of two revisions fail.
    Quarters and years that hold this period and are only calculated are computed again by a
    job; published ones show the adjustment as an open item.
    Raises NotRevisable, BadAdjustment, NotAllowed.
    Source: 4-schemes-periods-results.md, "Scorecard".
    """
    _check_people(card, proposed_by, approved_by)
    if not card.is_frozen or not _retire(card):
        raise NotRevisable(
            _("This scorecard is not the newest published revision. Open the newest one.")
        )
    built = preview(card, line_points=line_points, total=total)
    revision = built.card
    revision.reason, revision.origin, revision.computed_at = reason, origin, at
    revision.save(force_insert=True)
    for line in built.lines:
        line.scorecard = revision
    ScoreLine.objects.bulk_create(built.lines)
    freeze([revision], at)
    deliver([revision], at)
    tell([revision], at)
    _store_adjustments(card, revision, line_points, total, proposed_by, approved_by, at)
    record(
        "scorecard.revised",
        revision,
        actor=approved_by,
        before={"revision": card.revision, "final": card.final, "band": card.band},
        after={"revision": revision.revision, "final": revision.final, "band": revision.band},
        reason=reason,
    )
    _compute_containing(card.period, approved_by)
    return revision


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
        cap = build.line_input(line).rule.cap
        points = line_points.get(line.pk)
        if points is not None and not 0 <= points <= cap:
            raise BadAdjustment(
                _("Points of a line lie between 0 and %(cap)s.") % {"cap": format(cap, "f")}
            )


def _retire(card: Scorecard) -> bool:
    """Take `is_current` from the card; False if somebody else has done so."""
    rows = Scorecard.objects.filter(pk=card.pk, is_current=True)
    return bool(rows.update(is_current=False))


def _copy(card: Scorecard) -> Scorecard:
    revision = Scorecard(
        **{
            field.attname: getattr(card, field.attname)
            for field in Scorecard._meta.concrete_fields
            if not field.primary_key
        }
    )
    revision.period, revision.version, revision.employee = card.period, card.version, card.employee
    revision.revision = card.revision + 1
    revision.is_current = True
    revision.inputs_hash, revision.frozen_at = "", None
    return revision


def _copy_line(line: ScoreLine, decided: Decimal | None) -> ScoreLine:
    copy = ScoreLine(
        **{
            field.attname: getattr(line, field.attname)
            for field in ScoreLine._meta.concrete_fields
            if not field.primary_key and field.name != "scorecard"
        }
    )
    if decided is not None:
        copy.decided = decided
    return copy


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


def containing_codes(period: Period) -> list[str]:
    """Codes of the quarter and the year that build on `period`; none for a year."""
    name = calendar.parse_code(period.code)
    longer = [months for months in (3, 12) if months > name.months]
    return [
        str(calendar.Code(name.year, (name.month - 1) // months * months + 1, months))
        for months in longer
    ]
