"""What the engine makes of the rows of a card: lines, segments, roll-up, band. Changes nothing.

Source: 3-scoring.md, "Arithmetic", "Segments", "Quarter and year".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from appraisal.models import CardSegment, DepartmentCard, SchemeVersion, Scorecard
from appraisal.models.scorecards import Line
from appraisal.scorecards.inputs import ONE, ZERO
from appraisal.scoring import (
    BandTable,
    CardResult,
    CardSettings,
    ItemInput,
    LineResult,
    MissingPolicy,
    Status,
    appraise,
    combine_segments,
    parse,
    roll_up,
)

AnyCard = Scorecard | DepartmentCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The numbers of a card. `results` by segment (1 where it has none), `lines` by segment and
    position. `recomputed` is the final before parts of a roll-up came in."""

    status: str
    subtotal: Decimal | None
    extra: Decimal
    deduction: Decimal
    final: Decimal | None
    band: str
    recomputed: Decimal | None
    results: Mapping[int, CardResult]
    lines: Mapping[tuple[int, int], LineResult]


def evaluate(
    card: AnyCard, lines: Sequence[Line], segments: Sequence[CardSegment] = ()
) -> Outcome:
    """Compute a stored or unsaved card from its inputs."""
    results = results_of(card, lines, segments)
    found = {
        (segment, line.position): line
        for segment, result in results.items()
        for line in result.lines
    }
    if not segments and not card.rollup:
        return _plain(results, found)
    recomputed, status = _together(results, segments)
    final = recomputed
    if card.rollup:
        final, status = _rolled_up(card, recomputed, status)
    if status not in (Status.SCORED, Status.INSUFFICIENT):
        final = None
    if final is not None:
        final = _clamped(final + card.adjusted, card.version.maximum)
    only = results[1] if not segments else None
    return Outcome(
        status=str(status.value),
        subtotal=only.subtotal if only else None,
        extra=only.extra if only else ZERO,
        deduction=only.deduction if only else ZERO,
        final=final,
        band=_band(card, final, status, results, segments),
        recomputed=recomputed,
        results=results,
        lines=found,
    )


def results_of(
    card: AnyCard, lines: Sequence[Line], segments: Sequence[CardSegment] = ()
) -> dict[int, CardResult]:
    """The engine's result of each segment, or of the whole card under 1."""
    if not segments:
        return {1: appraise([line_input(line) for line in lines], card_settings(card))}
    return {
        segment.number: appraise(
            [line_input(line) for line in lines if segment_of(line) == segment.number],
            segment_settings(segment),
        )
        for segment in segments
    }


def line_input(line: Line) -> ItemInput:
    """What the engine gets from a stored line."""
    context = line.context
    return ItemInput(
        key=str(line.position),
        position=line.position,
        rule=parse(line.rule, line.rule_params),
        weight=line.nominal_weight,
        value=line.value,
        sample=line.sample,
        min_sample=line.min_sample,
        missing_policy=MissingPolicy(line.missing_policy),
        baseline=_number(context.get("baseline")),
        previous=_number(context.get("previous")),
        department_mean=_number(context.get("department_mean")),
        rank=_whole(context.get("rank")),
        size=_whole(context.get("size")),
        low=_number(context.get("low")),
        high=_number(context.get("high")),
        target=line.rule_params.get("item"),
        adjusted_to=line.decided,
    )


def card_settings(card: AnyCard) -> CardSettings:
    """What the engine gets from a stored card and its scheme version.

    A total adjustment of a rolled-up card counts after the roll-up, not in what is recomputed.
    """
    person = card if isinstance(card, Scorecard) else None
    return _settings(
        card.version,
        coefficient=person.coefficient if person else ONE,
        worked_days=person.working_days if person else None,
        total_adjustment=ZERO if card.rollup else card.adjusted,
    )


def segment_settings(segment: CardSegment) -> CardSettings:
    """What the engine gets from a segment; a total adjustment counts after they are combined."""
    return _settings(
        segment.version,
        coefficient=segment.coefficient,
        worked_days=segment.working_days,
        total_adjustment=ZERO,
    )


def segment_of(line: Line) -> int:
    """The segment of a line; a department's card has but one."""
    return int(getattr(line, "segment", 1))


def _settings(
    version: SchemeVersion,
    *,
    coefficient: Decimal,
    worked_days: int | None,
    total_adjustment: Decimal,
) -> CardSettings:
    return CardSettings(
        bands=BandTable.from_json(version.bands),
        coefficient=coefficient,
        total_adjustment=total_adjustment,
        maximum=version.maximum,
        insufficient_above=version.missing_limit,
        worked_days=worked_days,
        min_days=version.min_days if worked_days is not None else 0,
    )


def _plain(
    results: Mapping[int, CardResult], lines: Mapping[tuple[int, int], LineResult]
) -> Outcome:
    result = results[1]
    return Outcome(
        status=str(result.status.value),
        subtotal=result.subtotal,
        extra=result.extra,
        deduction=result.deduction,
        final=result.final,
        band=result.band.key if result.band else "",
        recomputed=result.final,
        results=results,
        lines=lines,
    )


def _together(
    results: Mapping[int, CardResult], segments: Sequence[CardSegment]
) -> tuple[Decimal | None, Status]:
    if not segments:
        return results[1].final, results[1].status
    return combine_segments(
        [
            (results[each.number].final, each.working_days, results[each.number].status)
            for each in segments
        ]
    )


def _rolled_up(
    card: AnyCard, recomputed: Decimal | None, status: Status
) -> tuple[Decimal | None, Status]:
    """The final with the published parts. Enough data of the whole period are asked for only
    where the whole period's own result counts."""
    parts = [
        (Decimal(part["final"]), int(part["months"]))
        for part in card.rollup["parts"]
        if part["final"] is not None
    ]
    mode, share = card.rollup["mode"], Decimal(card.rollup["share"])
    final = roll_up(mode, recomputed, parts, share)
    if status is Status.NOT_ASSESSED:
        return None, status
    if final is None:
        return None, Status.NOT_SCORED
    if mode == SchemeVersion.Rollup.AVERAGE:
        return final, Status.SCORED
    return final, status


def _band(
    card: AnyCard,
    final: Decimal | None,
    status: Status,
    results: Mapping[int, CardResult],
    segments: Sequence[CardSegment],
) -> str:
    """The band of the last segment's table, limited by a veto of any segment."""
    if final is None or status is not Status.SCORED:
        return ""
    table = BandTable.from_json(card.version.bands)
    band = table.band_for(final)
    known = {each.key for each in table.bands}
    for segment in segments:
        result = results[segment.number]
        if result.band is None or result.final is None:
            continue
        free = BandTable.from_json(segment.version.bands).band_for(result.final)
        if free != result.band and result.band.key in known:
            band = table.limited(band, result.band.key)
    return str(band.key)


def _clamped(final: Decimal, maximum: Decimal) -> Decimal:
    return min(max(final, ZERO), maximum).quantize(ZERO)


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(text)


def _whole(text: Any) -> int | None:
    return None if text is None else int(text)
