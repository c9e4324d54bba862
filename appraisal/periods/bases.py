"""The published cards that a reopened period is computed against, and what was decided on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from appraisal.models import (
    AdjustmentRequest,
    Decision,
    DepartmentCard,
    Period,
    Reopening,
    Scorecard,
)
from appraisal.scorecards import frozen
from appraisal.scorecards.inputs import FIRST, ZERO, Extras
from appraisal.scorecards.queries import with_parts

CHUNK = 200
LineKey = tuple[int, int]
"""The number of a segment and the id of an indicator."""


@dataclass(frozen=True, slots=True)
class Base:
    """A published card: its revision, its numbers as one hash, and the points decided on it."""

    revision: int
    figures: str
    final: Decimal | None
    status: str
    frozen_at: datetime | None
    adjusted: Decimal
    decided: Mapping[LineKey, Decimal]


@dataclass(frozen=True, slots=True)
class Bases:
    """Published cards of employees and of departments; empty before the first publication."""

    people: Mapping[int, Base] = field(default_factory=dict)
    departments: Mapping[int, Base] = field(default_factory=dict)
    reopening: Reopening | None = None

    def extras(self, base: Base | None, adjusted: Decimal, rollup: dict[str, Any]) -> Extras:
        """What a card of this run carries besides its lines: a candidate where it is reopened."""
        if self.reopening is None:
            return Extras(adjusted=adjusted, rollup=rollup)
        return Extras(
            revision=base.revision + 1 if base else FIRST.revision,
            is_current=False,
            adjusted=adjusted,
            rollup=rollup,
            reason=self.reopening.reason if base else "",
            origin=f"reopening:{self.reopening.pk}",
        )


NO_BASES = Bases()


def bases_of(period: Period) -> Bases:
    """What is published of a reopened period; nothing for any other."""
    if not period.is_reopened:
        return NO_BASES
    reopening = (
        Reopening.objects.filter(period=period, state=Reopening.State.APPROVED)
        .order_by("-pk")
        .first()
    )
    if reopening is None:
        raise AssertionError(f"period {period.code} is reopened without a request")
    people = with_parts(_published(Scorecard, period))
    departments = _published(DepartmentCard, period).prefetch_related("lines")
    return Bases(
        {card.employee_id: _base(card) for card in people.iterator(chunk_size=CHUNK)},
        {card.department_id: _base(card) for card in departments},
        reopening,
    )


@dataclass(frozen=True, slots=True)
class Decisions:
    """Approved adjustments of the period that count in its runs, by employee."""

    lines: Mapping[int, Mapping[LineKey, Decimal]] = field(default_factory=dict)
    totals: Mapping[int, Decimal] = field(default_factory=dict)


def decisions(period: Period, bases: Bases) -> Decisions:
    """Points decided before this publication: those on published cards, then approved requests.

    What a published card carries (an appeal's outcome) stays; a request that was approved after
    its publication goes before it.
    """
    lines = {whose: dict(base.decided) for whose, base in bases.people.items() if base.decided}
    totals = {whose: base.adjusted for whose, base in bases.people.items() if base.adjusted}
    requests = AdjustmentRequest.objects.filter(
        period=period, state=Decision.APPROVED, result__isnull=True
    ).order_by("decided_at", "pk")
    for request in requests:
        base = bases.people.get(request.employee_id)
        if base is not None and _is_settled(request, base):
            continue
        if request.indicator_id is None:
            before = totals.get(request.employee_id, ZERO)
            totals[request.employee_id] = before + request.points
        else:
            key = (request.segment, request.indicator_id)
            lines.setdefault(request.employee_id, {})[key] = request.points
    return Decisions(lines, totals)


def _is_settled(request: AdjustmentRequest, base: Base) -> bool:
    """Whether the published card counts the request already, or came after it."""
    if request.decided_at is None or base.frozen_at is None:
        return False
    return request.decided_at <= base.frozen_at


def _published(model: Any, period: Period) -> Any:
    rows = model.objects.filter(period=period, is_current=True, frozen_at__isnull=False)
    return rows.select_related("period", "version").order_by("pk")


def _base(card: Scorecard | DepartmentCard) -> Base:
    lines = list(card.lines.all())
    segments = list(card.segments.all()) if isinstance(card, Scorecard) else []
    return Base(
        revision=card.revision,
        figures=frozen.figures(card, lines, segments),
        final=card.final,
        status=card.status,
        frozen_at=card.frozen_at,
        adjusted=card.adjusted,
        decided=_decided(lines),
    )


def _decided(lines: Iterable[Any]) -> dict[LineKey, Decimal]:
    found: dict[LineKey, Decimal] = {}
    for line in lines:
        if line.decided is not None:
            found.setdefault((getattr(line, "segment", 1), line.indicator_id), line.decided)
    return found
