"""From whole numbers to measurements: exact, rounded once, to four decimals, half up."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from appraisal.metrics.base import Measurement, Shape
from kpi_portal.core.totals import Row

Measured = dict[int, Measurement]
LeftOut = tuple[tuple[str, int], ...]


def quotient(top: int, bottom: int) -> Decimal:
    """top ÷ bottom with four decimals, half up. Both whole; top ≥ 0, bottom > 0."""
    return Decimal((top * 20_000 + bottom) // (bottom * 2)).scaleb(-4)


def of_records(
    shape: Shape, rows: Iterable[Row], every: int, left_out: LeftOut, top: int
) -> Measured:
    """Means, rates and counts from rows that start with the group.

    The others are places in a row: `every` record, those left out by reason, and at `top` the
    sum of amounts or the number of hits. A group without a record or that is NULL is not listed.
    """
    factor = 100 if shape is Shape.RATE else 1
    is_count = shape is Shape.COUNT
    measured: Measured = {}
    for row in rows:
        counted = row[every]
        if not counted or row[0] is None:
            continue
        reasons: dict[str, int] = {}
        for reason, place in left_out:
            if row[place]:
                reasons[reason] = row[place]
                counted -= row[place]
        if not counted:
            measured[row[0]] = Measurement(None, 0, 0, 0, reasons)
            continue
        above, below = row[top], 1 if is_count else counted
        value = quotient(above * factor, below)
        measured[row[0]] = Measurement(value, above, below, counted, reasons)
    return measured


def with_medians(measured: Measured, middles: dict[int, list[int]]) -> Measured:
    """The same with the median as value: the middle amount, or the mean of the middle two."""
    for group, amounts in middles.items():
        if group in measured:
            value = quotient(sum(amounts), len(amounts))
            measured[group] = measured[group]._replace(value=value)
    return measured


def of_answers(shape: Shape, rows: Iterable[Row], every: int, top: int) -> Measured:
    """Scores in points of 100, and rates, from rows that start with group and scale.

    `top` is the place of the sum of score × 10,000, or of the number of hits. Answers on several
    scales are added as fractions.
    """
    sums: dict[int, tuple[int, int, int]] = {}
    for row in rows:
        if not row[every] or row[0] is None:
            continue
        answers, above = row[every], row[top]
        below = row[1] * 100 if shape is Shape.SCORE else 1
        if row[0] in sums:
            before, other, part = sums[row[0]]
            answers, above, below = answers + before, above * part + other * below, below * part
        sums[row[0]] = (answers, above, below)
    factor = 100 if shape is Shape.RATE else 1
    return {
        group: Measurement(
            quotient(above * factor, below * answers),
            above if below == 1 else Fraction(above, below),
            answers,
            answers,
            {},
        )
        for group, (answers, above, below) in sums.items()
    }


def per_order(records: int, orders: int) -> Measurement:
    """Records per hundred orders; without orders no data."""
    if not orders:
        return Measurement(None, 0, 0, 0, {})
    return Measurement(quotient(records * 100, orders), records, orders, orders, {})


def medians_of(requests: int, rows: Iterable[Sequence[int]]) -> list[dict[int, list[int]]]:
    """The middle amounts of each of so many requests by group, from (request, group, amount)."""
    found: list[dict[int, list[int]]] = [{} for _request in range(requests)]
    for place, group, amount in rows:
        found[place].setdefault(group, []).append(amount)
    return found
