"""What goes into a card and what comes out of it: plain records, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from appraisal.scoring.arithmetic import HUNDRED, ONE, ZERO, fits
from appraisal.scoring.bands import DEFAULT_BANDS, Band, BandTable, NextBand
from appraisal.scoring.rules.base import Context, Missing, Rule
from appraisal.scoring.rules.weightless import Veto

DEFAULT_MIN_SAMPLE = 10


class MissingPolicy(StrEnum):
    """What an item without data does: give its weight away, or count with given points."""

    REDISTRIBUTE = "redistribute"
    FULL = "full"
    ZERO = "zero"
    DEPARTMENT_MEAN = "department_mean"
    NOT_SCORED = "not_scored"


class Status(StrEnum):
    """Whether a card has a score, and why not. As in `export_scores`."""

    SCORED = "scored"
    INSUFFICIENT = "insufficient"
    NOT_ASSESSED = "not_assessed"
    NOT_SCORED = "not_scored"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInput:
    """One scheme item with what was measured for it.

    `key` and `position` are unique on the card; `position` orders the lines and breaks ties
    between weights, so that the order in which items are passed changes nothing. `weight` is
    the nominal weight in percent, 2 decimals. `value`, `baseline` and `previous` are stored
    metric values (4 decimals; None: there is none). `sample` is the denominator's size.
    `department_mean` is in points, for the policy of that name. `adjustment` is the sum of
    the approved adjustments of this line, in points of p; or else `adjusted_to` is the p that
    was decided, which stands even where nothing was measured. `is_zeroed`: a veto zeroes it.
    `rank` and `size` are the place among colleagues (see `ranks`). `low` and `high` are the
    ends of the value's 95 % interval (see `wilson`, `t_interval`), None where it has none.
    `target` is the key of the item that a veto zeroes; None: the one at the rule's position.
    An item of a weightless rule weighs 0 and takes no adjustment.
    Raises ValueError if a number has more decimals than said here, both kinds of adjustment
    are given, or only one end of the interval.
    """

    key: str
    position: int
    rule: Rule
    weight: Decimal
    value: Decimal | None
    sample: int
    min_sample: int = DEFAULT_MIN_SAMPLE
    missing_policy: MissingPolicy = MissingPolicy.REDISTRIBUTE
    baseline: Decimal | None = None
    previous: Decimal | None = None
    department_mean: Decimal | None = None
    adjustment: Decimal = ZERO
    adjusted_to: Decimal | None = None
    is_zeroed: bool = False
    rank: int | None = None
    size: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    target: str | None = None

    def __post_init__(self) -> None:
        _require(self, ("value", "baseline", "previous", "low", "high"), places=4)
        _require(self, ("weight", "department_mean", "adjustment", "adjusted_to"), places=2)
        if self.weight < 0:
            raise ValueError(f"{self.key}: negative weight {self.weight}")
        if self.adjustment and self.adjusted_to is not None:
            raise ValueError(f"{self.key}: adjusted by an amount and to a figure")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"{self.key}: an interval with one end")
        if self.rule.is_weightless and (
            self.weight or self.adjustment or self.adjusted_to is not None or self.is_zeroed
        ):
            raise ValueError(f"{self.key}: {self.rule.key} has neither weight nor points")

    @property
    def context(self) -> Context:
        """What the rule may have to know besides the value."""
        return Context(
            nominal_weight=self.weight,
            baseline=self.baseline,
            previous=self.previous,
            rank=self.rank,
            size=self.size,
        )

    def is_zeroed_by(self, veto: ItemInput) -> bool:
        """Whether that veto, where it holds, is about this item."""
        if not isinstance(veto.rule, Veto) or not veto.rule.zeroes:
            return False
        if veto.target is not None:
            return veto.target == self.key
        return veto.rule.item == self.position


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSettings:
    """What the scheme and the period say about a whole card.

    `coefficient` is the department's k, 0 or more, 4 decimals. `extra`, `deduction` (0 or
    more) and `total_adjustment` are points of the total, already capped and summed, besides
    what the items with those rules give.
    `maximum` limits the final. More than `insufficient_above` percent of the nominal weight
    missing makes the card insufficient. `worked_days` below `min_days` makes it not
    assessed; None skips that question. `cap_total` and `cap_band` (a band's key) limit
    the result besides the vetoes among the items.
    Raises ValueError for a number out of range and KeyError for an unknown `cap_band`.
    """

    bands: BandTable = DEFAULT_BANDS
    coefficient: Decimal = ONE
    extra: Decimal = ZERO
    deduction: Decimal = ZERO
    total_adjustment: Decimal = ZERO
    maximum: Decimal = HUNDRED
    insufficient_above: Decimal = Decimal(50)
    worked_days: int | None = None
    min_days: int = 0
    cap_total: Decimal | None = None
    cap_band: str | None = None

    def __post_init__(self) -> None:
        _require(self, ("coefficient", "insufficient_above"), places=4)
        points = ("extra", "deduction", "total_adjustment", "maximum", "cap_total")
        _require(self, points, places=2)
        for name in ("coefficient", "extra", "deduction", "maximum", "cap_total"):
            number = getattr(self, name)
            if number is not None and number < 0:
                raise ValueError(f"{name} is negative: {number}")
        if self.cap_band is not None:
            self.bands.get(self.cap_band)

    @property
    def is_assessed(self) -> bool:
        return self.worked_days is None or self.worked_days >= self.min_days


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """One line of a card.

    `missing` is why there was nothing to score, None where there was, or where a decision (a
    veto, `adjusted_to`) took the place of data. `policy` is what was
    then done (`department_mean` without a mean is done as `redistribute`), None where the
    value was scored. `rule_points` is what the rule gave, None where missing. `points` is p
    after adjustment and veto, None where the line has no score; its contribution is then
    0.00. `adjustment` is how far an adjustment moved p (from 0 where there
    was none). `weight` is the effective
    one; 0.00 for a line that gave its weight away. `target` is where a bar has its tick.
    An extra or deduction has no points but an `effect`: what it adds to (above 0) or takes
    from the total, 0.00 without data; a veto `holds` or not, without data not. Both are None
    for other rules. `is_zeroed`: a veto has set it to 0. `is_borderline`: with the value at an
    end of its interval, and all else equal, the card would be in another band.
    """

    key: str
    position: int
    value: Decimal | None
    sample: int
    missing: Missing | None
    policy: MissingPolicy | None
    rule_points: Decimal | None
    points: Decimal | None
    adjustment: Decimal
    nominal_weight: Decimal
    weight: Decimal
    contribution: Decimal
    target: Decimal | None
    effect: Decimal | None = None
    holds: bool | None = None
    is_zeroed: bool = False
    is_borderline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardResult:
    """A scored card; lines in the order of their positions.

    `subtotal`, `final`, `band` and `next_band` are None where the status says so:
    `not_assessed` and `not_scored` have none of them, `insufficient` has no band and, where
    nothing at all carries points, no figures either. `missing_weight` is the share of the
    nominal weight without data, in percent, 2 decimals. `extra` and `deduction` are those of
    the settings and of the items together; `cap_total` and `cap_band` the strictest of both.
    `borderline` holds the keys of the borderline lines.
    """

    status: Status
    lines: tuple[LineResult, ...]
    missing_weight: Decimal
    subtotal: Decimal | None
    coefficient: Decimal
    extra: Decimal
    deduction: Decimal
    total_adjustment: Decimal
    final: Decimal | None
    band: Band | None
    next_band: NextBand | None
    engine_version: str
    cap_total: Decimal | None = None
    cap_band: str | None = None
    borderline: tuple[str, ...] = ()

    @property
    def is_borderline(self) -> bool:
        return bool(self.borderline)


def _require(record: object, names: tuple[str, ...], places: int) -> None:
    for name in names:
        number = getattr(record, name)
        if number is not None and not fits(number, places):
            raise ValueError(f"{name} is not a number of {places} decimals: {number}")
