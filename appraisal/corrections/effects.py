"""What a proposed correction would change, computed with the very code of a run.

An adjustment: the card scored with the new points. An exclusion: everybody concerned measured
and scored twice, once as it is and once as if it were approved, in a savepoint that is taken
back. Nothing is left behind.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from appraisal.corrections.permissions import owners_of
from appraisal.models import Decision, Exclusion, Period, Scorecard, ScoreLine
from appraisal.periods.inputs import Inputs, NoScheme, gather
from appraisal.scorecards.build import BuiltCard
from appraisal.scorecards.services import preview
from kpi_portal.people.models import Employee, User
from kpi_portal.people.queries import local_date

Effect = dict[str, str | None]
Effects = dict[str, dict[str, dict[str, Any]]]
"""By period and employee no.: finals and bands before and after, and the lines that change."""

ZERO = Decimal("0.00")


def line_of(card: Scorecard, indicator_id: int, segment: int) -> ScoreLine | None:
    """The first line of an indicator in a segment of the card."""
    for line in card.lines.all():
        if (line.indicator_id, line.segment) == (indicator_id, segment):
            return line
    return None


def of_adjustment(card: Scorecard, line: ScoreLine | None, points: Decimal) -> Effect:
    """The card before and after: `points` of the line, or added to the total without one.

    Raises BadAdjustment.
    """
    line_points = {} if line is None else {line.pk: points}
    built = preview(card, line_points=line_points, total=ZERO if line else points)
    effect = _change(card, built.card)
    if line is not None:
        effect["points_before"] = _text(line.points)
        effect["points_after"] = format(points, ".2f")
    return effect


def of_exclusion(exclusion: Exclusion, at: datetime) -> Effects:
    """Everybody whose card changes, in each period that the record or the span touches.

    Periods without a scheme are left out, those without a change are there, empty.
    """
    found: Effects = {}
    for period in touched(exclusion):
        before = _cards(exclusion, period, at)
        with as_if_approved(exclusion, at):
            after = _cards(exclusion, period, at)
        if before is not None and after is not None:
            found[period.code] = _changes(before, after)
    return found


def touched(exclusion: Exclusion) -> list[Period]:
    """The periods that hold the record's instants or overlap the span, oldest first.

    A window that ends later counts in its own period, when that is computed.
    """
    if exclusion.starts_at is not None and exclusion.ends_at is not None:
        first, last = local_date(exclusion.starts_at), local_date(exclusion.ends_at)
        inside = Q(start_on__lte=last, end_on__gt=first)
    else:
        inside = Q(pk__in=[])
        for day in {local_date(instant) for instant in _instants(exclusion)}:
            inside |= Q(start_on__lte=day, end_on__gt=day)
    return list(Period.objects.filter(inside).order_by("start_on", "end_on"))


@contextmanager
def as_if_approved(exclusion: Exclusion, at: datetime) -> Iterator[None]:
    """Within it the exclusion counts; afterwards everything is as it was."""
    other = User.objects.exclude(pk=exclusion.proposed_by_id).order_by("pk").first()
    with transaction.atomic():
        sid = transaction.savepoint()
        if other is not None:
            Exclusion.objects.filter(pk=exclusion.pk).update(
                state=Decision.APPROVED, decided_by=other, decided_at=at
            )
        try:
            yield
        finally:
            transaction.savepoint_rollback(sid)


def _instants(exclusion: Exclusion) -> list[datetime]:
    if exclusion.answer is not None:
        return [exclusion.answer.answered_at]
    ticket = exclusion.ticket
    if ticket is None:
        return []
    own = [
        ticket.created_at,
        ticket.resolved_at,
        ticket.promised_at,
        ticket.appointment_at,
    ]
    answers = ticket.answers.values_list("answered_at", flat=True)
    return [instant for instant in (*own, *answers) if instant is not None]


def _cards(exclusion: Exclusion, period: Period, at: datetime) -> dict[int, BuiltCard] | None:
    """The unsaved cards of those concerned; None where no scheme covers anybody of them."""
    record = exclusion.ticket or exclusion.answer
    cards: dict[int, BuiltCard] = {}
    wanted: Iterable[int | None] = owners_of(record) if record is not None else [None]
    for whose in wanted:
        try:
            cards |= _built(gather(period, employee_id=whose), exclusion, at)
        except NoScheme:
            continue
    return cards or None


def _built(inputs: Inputs, exclusion: Exclusion, at: datetime) -> dict[int, BuiltCard]:
    means = inputs.means(at)
    department = exclusion.department_id
    return {
        each.seat.employee_id: inputs.card(each, at, means)
        for each in inputs.covered
        if department is None or department in {stay.department_id for stay in each.seat.stays}
    }


def _changes(
    before: dict[int, BuiltCard], after: dict[int, BuiltCard]
) -> dict[str, dict[str, Any]]:
    numbers = dict(Employee.objects.filter(pk__in=before).values_list("pk", "number"))
    found: dict[str, dict[str, Any]] = {}
    for whose, old in before.items():
        new = after.get(whose)
        if new is None:
            continue
        lines = [
            [was.position, was.indicator.code, _text(was.points), _text(now.points)]
            for was, now in zip(old.lines, new.lines, strict=True)
            if (was.value, was.points, was.sample) != (now.value, now.points, now.sample)
        ]
        if lines or old.card.final != new.card.final:
            found[numbers[whose]] = {**_change(old.card, new.card), "lines": lines}
    return dict(sorted(found.items()))


def _change(before: Scorecard, after: Scorecard) -> Effect:
    return {
        "final_before": _text(before.final),
        "final_after": _text(after.final),
        "band_before": before.band,
        "band_after": after.band,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, ".2f")
