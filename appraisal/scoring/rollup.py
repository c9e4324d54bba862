"""One final out of several: of the segments of a period, of the parts of a quarter or year.

Source: 3-scoring.md, "Missing data" (segments) and "Quarter and year".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from appraisal.scoring.arithmetic import HUNDRED, ZERO, exact, round2
from appraisal.scoring.card import Status

Segment = tuple[Decimal | None, int, Status]
"""A segment's final, its working days, and its status."""


class Rollup(StrEnum):
    """From the records of the whole period, the mean of its parts, or a share of each."""

    RECOMPUTE = "recompute"
    AVERAGE = "average"
    BLEND = "blend"


def combine_segments(segments: Sequence[Segment]) -> tuple[Decimal | None, Status]:
    """The card's final, the mean of its segments' weighted by working days, and its status.

    A segment that is not assessed counts for nothing where another is; one that is not scored
    leaves the card without a score; one with insufficient data leaves it without a band, and
    its final, if it has one, counts. Segments of no working day at all count alike.
    Raises ValueError without segments.
    """
    if not segments:
        raise ValueError("a card has no segments")
    counting = [each for each in segments if each[2] is not Status.NOT_ASSESSED]
    if not counting:
        return None, Status.NOT_ASSESSED
    if any(status is Status.NOT_SCORED for _, _, status in counting):
        return None, Status.NOT_SCORED
    is_whole = all(status is Status.SCORED for _, _, status in counting)
    mean = _mean([(final, days) for final, days, _ in counting if final is not None])
    final = None if mean is None else round2(mean)
    return final, Status.SCORED if is_whole and final is not None else Status.INSUFFICIENT


def roll_up(
    mode: str,
    recomputed: Decimal | None,
    parts: Sequence[tuple[Decimal | None, int]],
    share: Decimal,
) -> Decimal | None:
    """The final of a quarter or year, 2 decimals; None where there is nothing to take it from.

    `recomputed` is the final of its own card over the raw records, `parts` the published finals
    of its parts and the months in which each was assessed. `share` is the percent that the
    recomputed final has in a blend; where one of the two is missing the other stands alone.
    Coefficient and extras are in all of them and not applied again.
    Raises ValueError for an unknown mode or a share outside 0 to 100.
    """
    if not 0 <= share <= HUNDRED:
        raise ValueError(f"no share of a hundred: {share}")
    mean = _mean([(final, months) for final, months in parts if final is not None])
    found = {
        Rollup.RECOMPUTE: recomputed,
        Rollup.AVERAGE: mean,
        Rollup.BLEND: _blend(recomputed, mean, share),
    }[Rollup(mode)]
    return None if found is None else round2(found)


def _blend(one: Decimal | None, other: Decimal | None, share: Decimal) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    with exact():
        return (one * share + other * (HUNDRED - share)) / HUNDRED


def _mean(pairs: Sequence[tuple[Decimal, int]]) -> Decimal | None:
    """The mean weighted by the second of each pair; plain where all of those are 0."""
    if not pairs:
        return None
    with exact():
        total = sum(weight for _, weight in pairs)
        if total == 0:
            return sum((number for number, _ in pairs), ZERO) / len(pairs)
        return sum((number * weight for number, weight in pairs), ZERO) / total
