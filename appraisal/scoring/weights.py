"""Weights that total exactly 100.00: scaling a scheme's, and a card's after redistribution."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from appraisal.scoring.arithmetic import CENT, HUNDRED, ZERO, exact


def scale_to_hundred(weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """The weights in proportion, each in percent with 2 decimals, together exactly 100.00.

    Every share is cut to the cent; the cents that are left go, one each, to the largest
    remainders, ties to the earlier item. Order and length are those of `weights`. A weight
    of 0 stays 0.00.
    Raises ValueError if a weight is negative or not finite, or if they total 0.
    Source: 3-scoring.md, "Arithmetic" (largest remainder) and "Worked examples".
    """
    if any(not weight.is_finite() or weight < 0 for weight in weights):
        raise ValueError("a weight is negative or not a number")
    with exact():
        total = sum(weights, ZERO)
        if total == 0:
            raise ValueError("the weights total 0")
        cents = [divmod(weight * HUNDRED * HUNDRED, total) for weight in weights]
        left = int(HUNDRED * HUNDRED - sum((whole for whole, _ in cents), ZERO))
        by_remainder = sorted(range(len(cents)), key=lambda place: (-cents[place][1], place))
        favoured = set(by_remainder[:left])
        return tuple(
            ((whole + (place in favoured)) * CENT).quantize(CENT, ROUND_FLOOR)
            for place, (whole, _) in enumerate(cents)
        )


def effective_weights(nominal: Sequence[Decimal], counts: Sequence[bool]) -> tuple[Decimal, ...]:
    """The weights in force on one card, in the order of `nominal`, in percent.

    `counts[i]` is False where item i has given its weight to the others: it gets 0.00 and
    the others share 100.00 in proportion to their nominal weights. All are 0.00 where
    nothing with a weight is left.
    Raises ValueError as `scale_to_hundred` does.
    Source: 3-scoring.md, "Missing data", `redistribute`.
    """
    kept = tuple(weight if stays else ZERO for weight, stays in zip(nominal, counts, strict=True))
    if all(weight == 0 for weight in kept):
        return tuple(ZERO for _ in kept)
    return scale_to_hundred(kept)
