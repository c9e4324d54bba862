"""A published card's lines measured again from today's records, beside what was frozen.

For appeals: nothing is saved. Baselines and previous values stay the frozen ones, so that only
this employee's own records make a difference. Source: 5-appeals.md rule 4.
"""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from appraisal.metrics import collect
from appraisal.models import CardSegment, Scorecard, ScoreLine
from appraisal.scorecards.build import score
from appraisal.scorecards.spans import asked_of, owner_of, segment_row, window_of
from kpi_portal.core.decimals import exact_text


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One line before and after; values in the metric's unit, None: no data. Points 0 to cap."""

    line_id: int
    before: Decimal | None
    after: Decimal | None
    points_before: Decimal | None
    points_after: Decimal | None

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Recheck:
    """The lines measured again, and what they would do to total and band (its key)."""

    lines: list[Rechecked]
    final_before: Decimal | None
    final_after: Decimal | None
    band_after: str

    @property
    def differs(self) -> bool:
        return any(line.differs for line in self.lines)


def recheck(card: Scorecard, line_ids: Collection[int]) -> Recheck:
    """The lines named, in the card's order, measured again up to the card's own cutoff."""
    lines = list(card.lines.select_related("indicator").order_by("segment", "position"))
    segments = list(card.segments.select_related("version").order_by("number"))
    fresh = [
        _measured_again(card, line, segment_row(line, segments))
        if line.pk in line_ids
        else copy(line)
        for line in lines
    ]
    result = copy(card)
    score(result, fresh, [copy(segment) for segment in segments])
    return Recheck(
        lines=[
            Rechecked(old.pk, old.value, new.value, old.points, new.points)
            for old, new in zip(lines, fresh, strict=True)
            if old.pk in line_ids
        ],
        final_before=card.final,
        final_after=result.final,
        band_after=result.band,
    )


def _measured_again(card: Scorecard, line: ScoreLine, segment: CardSegment | None) -> ScoreLine:
    asked = asked_of(line)
    whose = owner_of(card, segment, asked.level)
    found = collect([asked], window_of(card, segment), card.cutoff)[asked].get(whose)
    fresh = copy(line)
    fresh.value = found.value if found else None
    fresh.numerator = exact_text(found.numerator) if found else "0"
    fresh.denominator = exact_text(found.denominator) if found else "0"
    fresh.sample = found.sample if found else 0
    fresh.left_out = found.left_out if found else 0
    fresh.left_out_reasons = dict(sorted(found.reasons.items())) if found else {}
    return fresh
