"""From whole numbers to measurements: exact, rounded once, to four decimals, half up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from appraisal.metrics.base import Measurement, Shape
from kpi_portal.core.totals import Row

Measured = dict[int, Measurement]
RATES = (Shape.RATE, Shape.NET, Shape.CUSTOMERS)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row a request finds its numbers; left-out counts by the reason's text.

    `every`: all records. `top`: the sum of amounts or the number of hits. `sample`: what is
    counted where it is not records; else None. `squares`: the two parts of the sum of squares.
    """

    every: int
    left_out: tuple[tuple[str, int], ...]
    top: int
    sample: int | None = None
    squares: tuple[int, int] | None = None


def quotient(top: int, bottom: int) -> Decimal:
    """top ÷ bottom with four decimals, half up (away from zero). Both whole; bottom > 0."""
    if top < 0:
        return -quotient(-top, bottom)
    return Decimal((top * 20_000 + bottom) // (bottom * 2)).scaleb(-4)


def _squares(row: Row, places: tuple[int, int] | None) -> int | None:
    if places is None:
        return None
    return (row[places[0]] or 0) * 65_536 + (row[places[1]] or 0)


def of_records(shape: Shape, rows: Iterable[Row], columns: Columns) -> Measured:
    """Means, rates and counts from rows that start with the group.

    A group without a record or that is NULL is not listed.
    """
    factor = 100 if shape in RATES else 1
    is_count = shape is Shape.COUNT
    every, left_out, top = columns.every, columns.left_out, columns.top
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
        if columns.sample is not None:
            counted = row[columns.sample]
        above, below = row[top], 1 if is_count else counted
        value = quotient(above * factor, below)
        squares = _squares(row, columns.squares)
        measured[row[0]] = Measurement(value, above, below, counted, reasons, squares=squares)
    return measured


def with_medians(measured: Measured, middles: dict[int, list[int]]) -> Measured:
    """The same with the median as value: the middle amount, or the mean of the middle two."""
    for group, amounts in middles.items():
        if group in measured:
            value = quotient(sum(amounts), len(amounts))
            measured[group] = measured[group]._replace(value=value)
    return measured


@dataclass(slots=True)
class _Sums:
    """What the answers of one owner add up to, over all scales: `top` ÷ `part`."""

    counted: int = 0
    top: int = 0
    part: int = 1
    squares: Fraction | int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def of_answers(shape: Shape, rows: Iterable[Row], columns: Columns) -> Measured:
    """Scores in points of 100, rates and nets from rows that start with group and scale.

    Answers on several scales are added as fractions. A scale that is NULL has no score.
    """
    sums: dict[int, _Sums] = {}
    for row in rows:
        counted = row[columns.every]
        if not counted or row[0] is None:
            continue
        found = sums.setdefault(row[0], _Sums())
        for reason, place in columns.left_out:
            if row[place]:
                found.reasons[reason] = found.reasons.get(reason, 0) + row[place]
                counted -= row[place]
        if not counted:
            continue
        below = row[1] * 100 if shape is Shape.SCORE else 1
        found.counted += counted
        if found.counted == counted:
            found.top, found.part = row[columns.top], below
        elif found.part == below:
            found.top += row[columns.top]
        else:
            found.top = found.top * below + row[columns.top] * found.part
            found.part *= below
        if columns.squares:
            found.squares += Fraction(_squares(row, columns.squares) or 0, below * below)
    factor = 100 if shape in RATES else 1
    has_squares = columns.squares is not None
    return {group: _of_sums(found, factor, has_squares) for group, found in sums.items()}


def _of_sums(found: _Sums, factor: int, has_squares: bool) -> Measurement:
    if not found.counted:
        return Measurement(None, 0, 0, 0, found.reasons)
    return Measurement(
        quotient(found.top * factor, found.part * found.counted),
        found.top if found.part == 1 else Fraction(found.top, found.part),
        found.counted,
        found.counted,
        found.reasons,
        squares=found.squares if has_squares else None,
    )


def per_order(records: int, orders: int, reasons: Mapping[str, int] | None = None) -> Measurement:
    """Records per hundred orders; without orders no data."""
    if not orders:
        return Measurement(None, 0, 0, 0, reasons or {})
    value = quotient(records * 100, orders)
    return Measurement(value, records, orders, orders, reasons or {})


def medians_of(requests: int, rows: Iterable[Sequence[int]]) -> list[dict[int, list[int]]]:
    """The middle amounts of each of so many requests by group, from (request, group, amount)."""
    found: list[dict[int, list[int]]] = [{} for _request in range(requests)]
    for place, group, amount in rows:
        found[place].setdefault(group, []).append(amount)
    return found
