"""From whole numbers to measurements: exact, rounded once, to four decimals, half up."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from appraisal.metrics.base import NO_DATA, Measurement, Shape
from appraisal.metrics.populations import COMPANY

__all__ = ["COMPANY", "NO_DATA", "of_answers", "of_records", "quotient"]


def quotient(top: int, bottom: int) -> Decimal:
    """top ÷ bottom with four decimals, half up. Both whole; top ≥ 0, bottom > 0."""
    return Decimal((top * 20_000 + bottom) // (bottom * 2)).scaleb(-4)


def of_records(
    shape: Shape,
    top: int,
    counted: int,
    reasons: Mapping[str, int],
    middle: list[int] | None = None,
) -> Measurement:
    """`top` is the sum of amounts, the hits or the number of records, as the shape has it."""
    if not counted:
        return Measurement(None, 0, 0, 0, reasons)
    if shape is Shape.RATE:
        return Measurement(quotient(top * 100, counted), top, counted, counted, reasons)
    if shape is Shape.COUNT:
        return Measurement(quotient(top, 1), top, 1, counted, reasons)
    if shape is Shape.MEDIAN:
        value = quotient(sum(middle or ()), len(middle or ()))
        return Measurement(value, top, counted, counted, reasons)
    return Measurement(quotient(top, counted), top, counted, counted, reasons)


def of_answers(
    shape: Shape, parts: Iterable[tuple[int, int, int, int]]
) -> dict[int, Measurement]:
    """`parts`: (group, scale, answers, top), several scales of a group in any order.

    `top` is the sum of score × 10,000, or the number of hits. Points of 100 are exact fractions.
    """
    sums: dict[int, tuple[int, Fraction | int]] = {}
    for group, scale, answers, top in parts:
        if group is None:
            continue
        points = Fraction(top, scale * 100) if shape is Shape.SCORE else top
        before = sums.get(group)
        sums[group] = (before[0] + answers, before[1] + points) if before else (answers, points)
    return {
        group: _of_answers(shape, answers, points) for group, (answers, points) in sums.items()
    }


def _of_answers(shape: Shape, answers: int, points: Fraction | int) -> Measurement:
    if shape is Shape.RATE:
        return of_records(shape, int(points), answers, {})
    exact = Fraction(points)
    value = quotient(exact.numerator, exact.denominator * answers)
    return Measurement(value, exact, answers, answers, {})
