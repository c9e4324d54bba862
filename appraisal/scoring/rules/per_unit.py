"""`per_unit`: fixed points for each unit that the value is worse, or better, than a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from appraisal.scoring.arithmetic import HUNDRED, ZERO, exact, plain, round4, two_places
from appraisal.scoring.errors import Problem
from appraisal.scoring.explain import Part, part
from appraisal.scoring.rules.base import (
    DIRECTION,
    NOTHING_ELSE,
    Context,
    Direction,
    Field,
    Kind,
    Missing,
    Need,
    Rule,
    above_zero,
    points_field,
)

_MOST = Decimal(200)


class Basis(StrEnum):
    """Whether `points` are points of the item's own allotment or of the 100 scale."""

    WEIGHT = "weight"
    HUNDRED = "hundred"


class Steps(StrEnum):
    """How parts of a unit count: in proportion, not at all, or as a whole one."""

    LINEAR = "linear"
    COMPLETE = "complete"
    STARTED = "started"


class Reference(StrEnum):
    """A mark that is looked up instead of fixed: the agent's value of the period before."""

    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True, kw_only=True)
class PerUnit(Rule):
    """`start` points at `reference`; each `unit` worse costs points, within [floor, cap].

    The cost is `points_per_unit` (JSON: `points`). With `earns` each unit better earns the
    same; without it better is `start`. `unit` and `reference` are in the metric's unit
    (percentage points for a rate). With basis `weight` the cost on the 100 scale is
    points / nominal weight * 100; an item of weight 0 falls to `floor` as soon as one unit
    counts (and rises to `cap` where it earns). `steps` count alike on both sides. `target`
    is only printed, as the target line; None prints the reference.
    Source: 3-scoring.md, "Rules", `per_unit`.
    """

    direction: Direction
    reference: Decimal | Reference
    unit: Decimal
    points_per_unit: Decimal
    basis: Basis = Basis.WEIGHT
    steps: Steps = Steps.LINEAR
    earns: bool = False
    start: Decimal = HUNDRED
    floor: Decimal = ZERO
    cap: Decimal = HUNDRED
    target: Decimal | None = None

    key = "per_unit"
    FIELDS = (
        DIRECTION,
        Field(name="reference", kind=Kind.NUMBER_OR_CHOICE, choices=Reference),
        above_zero("unit"),
        above_zero("points", "points_per_unit"),
        Field(name="basis", kind=Kind.CHOICE, choices=Basis),
        Field(name="steps", kind=Kind.CHOICE, choices=Steps),
        Field(name="earns", kind=Kind.FLAG),
        points_field("start", _MOST),
        points_field("floor", _MOST),
        points_field("cap", _MOST),
        Field(name="target"),
    )

    @property
    def needs(self) -> tuple[Need, ...]:
        return () if isinstance(self.reference, Decimal) else (Need.PREVIOUS,)

    def contradictions(self) -> Sequence[Problem]:
        if self.floor <= self.start <= self.cap:
            return ()
        numbers = {name: plain(getattr(self, name)) for name in ("start", "floor", "cap")}
        return (Problem("start_outside", numbers, "start"),)

    def missing(self, value: Decimal, ctx: Context = NOTHING_ELSE) -> Missing | None:
        return Missing.NO_PREVIOUS if self._reference(ctx) is None else None

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        worse = self._distance(value, ctx)
        units = self._counted(worse / self.unit)
        if units == 0 or (worse < 0 and not self.earns):
            return self.start
        if self._is_without_weight(ctx):
            return self.floor if worse > 0 else self.cap
        if self.steps is Steps.LINEAR:
            cost = worse * self.points_per_unit * self._scale() / (self.unit * self._of(ctx))
        else:
            cost = units * self.points_per_unit * self._scale() / self._of(ctx)
        return self.start - cost

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return self._reference(ctx) if self.target is None else self.target

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        line = self.target_line(ctx)
        if line is None:
            return part("target.previous")
        return part("target.at_least" if self.is_up() else "target.at_most", target=plain(line))

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        cost = {"unit": plain(self.unit), "cost": self._cost_words(ctx)}
        cap = {"cap": plain(self.cap)}
        numbers = cost | cap | {"start": plain(self.start), "floor": plain(self.floor)}
        reference = self._reference(ctx)
        if reference is None:
            words = [Part(f"rule.per_unit.{self.direction}_previous", numbers)]
        else:
            mark = {"reference": plain(reference)}
            words = [Part(f"rule.per_unit.{self.direction}", numbers | mark)]
        if self.earns:
            words.append(Part("rule.per_unit.earns", cost | cap))
        if self.steps is not Steps.LINEAR:
            words.append(part(f"rule.per_unit.{self.steps}"))
        if self.basis is Basis.WEIGHT:
            words.append(
                part(
                    "rule.per_unit.of_weight",
                    points=plain(self.points_per_unit),
                    nominal_weight=two_places(ctx.nominal_weight),
                    cost=self._cost_words(ctx),
                )
            )
        return tuple(words)

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        with exact():
            worse = self._distance(value, ctx)
            units = self._counted(worse / self.unit)
        shown = {
            "value": plain(value),
            "reference": plain(self._reference(ctx) or ZERO),
            "points": two_places(self.points(value, ctx)),
        }
        if units == 0 or (worse < 0 and not self.earns):
            return (Part("result.per_unit.start", shown),)
        if self._is_without_weight(ctx):
            return (Part("result.per_unit.no_weight", shown),)
        sides = {
            "units": plain(round4(abs(units))),
            "cost": self._cost_words(ctx),
            "start": plain(self.start),
        }
        side = "worse" if worse > 0 else "better"
        return (Part(f"result.per_unit.{side}", shown | sides),)

    def _reference(self, ctx: Context) -> Decimal | None:
        return self.reference if isinstance(self.reference, Decimal) else ctx.previous

    def _distance(self, value: Decimal, ctx: Context) -> Decimal:
        """How much worse than the reference `value` is; negative where it is better."""
        reference = self._reference(ctx)
        if reference is None:
            raise ValueError("per_unit has no reference")
        return reference - value if self.is_up() else value - reference

    def _counted(self, units: Decimal) -> Decimal:
        """The units that count, with their sign: a part of one as `steps` says."""
        if self.steps is Steps.LINEAR:
            return units
        rounding = ROUND_FLOOR if self.steps is Steps.COMPLETE else ROUND_CEILING
        return abs(units).to_integral_value(rounding).copy_sign(units)

    def _scale(self) -> Decimal:
        return HUNDRED if self.basis is Basis.WEIGHT else Decimal(1)

    def _of(self, ctx: Context) -> Decimal:
        return ctx.nominal_weight if self.basis is Basis.WEIGHT else Decimal(1)

    def _is_without_weight(self, ctx: Context) -> bool:
        return self._of(ctx) == 0

    def _cost_words(self, ctx: Context) -> str:
        """Points of the 100 scale per unit, to 4 decimals for display; 0 without a weight."""
        if self._is_without_weight(ctx):
            return "0"
        with exact():
            return plain(round4(self.points_per_unit * self._scale() / self._of(ctx)))
