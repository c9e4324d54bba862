"""What a page shows of the parts of a card: segments of its period, months of its quarter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from appraisal.models import CardSegment, Scorecard
from appraisal.rule_sentences import sentences
from appraisal.schemes.words import band_names
from appraisal.scorecards.inputs import ONE
from appraisal.scorecards.lines import LineView
from appraisal.scorecards.outcome import AnyCard, segment_settings
from appraisal.scoring import CardResult, CardSettings, explain_card
from kpi_portal.core.text import points, signed


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """One segment with its lines; `last_day` belongs to it."""

    segment: CardSegment
    views: Sequence[LineView]
    last_day: date
    weight_total: Decimal
    final_words: str
    story: list[str]


@dataclass(frozen=True, slots=True)
class RollupPart:
    """A published part: its period's code, final, and the months that it weighs."""

    period: str
    revision: int
    final: Decimal
    months: int


@dataclass(frozen=True, slots=True)
class RollupView:
    """How a quarter or year was put together. `recomputed` is what its own records give."""

    mode: str
    share: Decimal
    recomputed: Decimal | None
    parts: list[RollupPart]


def table_of(
    segment: CardSegment, views: Sequence[LineView], results: Mapping[int, CardResult]
) -> SegmentTable:
    """A segment as the page shows it."""
    result = results[segment.number]
    return SegmentTable(
        segment=segment,
        views=views,
        last_day=segment.end_on - timedelta(days=1),
        weight_total=sum((view.line.weight for view in views), Decimal("0.00")),
        final_words=_words(
            segment.subtotal, segment.coefficient, segment.extra, segment.deduction
        ),
        story=story_of(result, segment_settings(segment), segment.version.bands),
    )


def rollup_view(card: AnyCard) -> RollupView | None:
    """The parts of a rolled-up card; None for one of its own records alone."""
    found: dict[str, Any] = card.rollup
    if not found:
        return None
    recomputed = found.get("recomputed")
    return RollupView(
        mode=found["mode"],
        share=Decimal(found["share"]),
        recomputed=None if recomputed is None else Decimal(recomputed),
        parts=[
            RollupPart(
                part["period"], int(part["revision"]), Decimal(part["final"]), int(part["months"])
            )
            for part in found["parts"]
        ],
    )


def story_of(
    result: CardResult, settings: CardSettings, bands: Sequence[Mapping[str, Any]]
) -> list[str]:
    """From the subtotal to the band in sentences."""
    names = band_names(bands)
    return sentences(explain_card(result, settings), "", lambda key: names.get(key, key))


def final_words(card: AnyCard) -> str:
    """`87.62 × 1.05`, with what was added or taken: how the subtotal became the final.

    Empty where there is no subtotal, or where the final is put together from parts.
    """
    if card.rollup:
        return ""
    coefficient = card.coefficient if isinstance(card, Scorecard) else ONE
    return _words(card.subtotal, coefficient, card.extra, card.deduction, card.adjusted)


def _words(
    subtotal: Decimal | None,
    coefficient: Decimal,
    extra: Decimal,
    deduction: Decimal,
    adjusted: Decimal = Decimal(0),
) -> str:
    if subtotal is None:
        return ""
    words = f"{points(subtotal)} × {points(coefficient)}"
    for amount in (extra, -deduction, adjusted):
        if amount:
            words += f" {signed(amount)}"
    return words
