"""`tiers` and `threshold`: points by where the value stands among fixed bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from appraisal.scoring.arithmetic import HUNDRED, ZERO, plain, two_places
from appraisal.scoring.errors import Problem
from appraisal.scoring.explain import Part, part
from appraisal.scoring.rules.base import (
    DIRECTION,
    NOTHING_ELSE,
    Context,
    Direction,
    Field,
    Kind,
    Rule,
    points_field,
)

BOUND = Field(name="bound")
POINTS = points_field("points")


@dataclass(frozen=True, slots=True)
class Tier:
    """Values at least (up) or at most (down) `bound` are worth `points`."""

    bound: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers(Rule):
    """The points of the best tier that the value reaches, else `otherwise`.

    Up: a tier is `[bound, next)`. Down: `(previous, bound]`, so that "5 % or less is best"
    includes 5 %. Tiers are listed best first, with strictly worse bounds and strictly fewer
    points from row to row and down to `otherwise`. Bounds are in the metric's unit.
    Source: 3-scoring.md, "Rules", `tiers`.
    """

    direction: Direction
    tiers: tuple[Tier, ...]
    otherwise: Decimal

    key = "tiers"
    FIELDS = (DIRECTION, Field(name="tiers", kind=Kind.TIERS), points_field("otherwise"))

    def contradictions(self) -> Sequence[Problem]:
        if not self.tiers:
            return (Problem("tiers_empty", {}, "tiers"),)
        problems = []
        for place, tier in enumerate(self.tiers):
            problems += BOUND.problems(tier.bound, f"tiers.{place}.bound")
            problems += POINTS.problems(tier.points, f"tiers.{place}.points")
        return problems or [*self._bounds_in_disorder(), *self._points_in_disorder()]

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        tier = self._reached(value)
        return self.otherwise if tier is None else tier.points

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return self.tiers[0].bound

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        key = "target.at_least" if self.is_up() else "target.at_most"
        return part(key, target=plain(self.tiers[0].bound))

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        rows = (
            part(
                f"rule.tiers.{self.direction}", bound=plain(each.bound), points=plain(each.points)
            )
            for each in self.tiers
        )
        return (*rows, part("rule.tiers.otherwise", points=plain(self.otherwise)))

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        shown = {"value": plain(value), "points": two_places(self.points(value, ctx))}
        tier = self._reached(value)
        if tier is None:
            return (Part("result.tiers.otherwise", shown),)
        return (Part(f"result.tiers.{self.direction}", shown | {"bound": plain(tier.bound)}),)

    def _reached(self, value: Decimal) -> Tier | None:
        for tier in self.tiers:
            if value >= tier.bound if self.is_up() else value <= tier.bound:
                return tier
        return None

    def _bounds_in_disorder(self) -> list[Problem]:
        problems = []
        for place, (better, worse) in enumerate(pairwise(self.tiers), start=1):
            if worse.bound < better.bound if self.is_up() else worse.bound > better.bound:
                continue
            code = "tiers_not_falling" if self.is_up() else "tiers_not_rising"
            bounds = {"previous": plain(better.bound), "value": plain(worse.bound)}
            problems.append(Problem(code, bounds, f"tiers.{place}.bound"))
        return problems

    def _points_in_disorder(self) -> list[Problem]:
        points = [*(tier.points for tier in self.tiers), self.otherwise]
        problems = []
        for place, (better, worse) in enumerate(pairwise(points), start=1):
            if worse < better:
                continue
            where = "otherwise" if place == len(self.tiers) else f"tiers.{place}.points"
            numbers = {"previous": plain(better), "value": plain(worse)}
            problems.append(Problem("tiers_not_falling", numbers, where))
        return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Rule):
    """100 where the target is met, equality included, else `otherwise` points.

    Source: 3-scoring.md, "Rules", `threshold`.
    """

    direction: Direction
    target: Decimal
    otherwise: Decimal = ZERO

    key = "threshold"
    FIELDS = (DIRECTION, Field(name="target"), points_field("otherwise"))

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        return HUNDRED if self._is_met(value) else self.otherwise

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return self.target

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        key = "target.at_least" if self.is_up() else "target.at_most"
        return part(key, target=plain(self.target))

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        return (
            part(
                f"rule.threshold.{self.direction}",
                target=plain(self.target),
                otherwise=plain(self.otherwise),
            ),
        )

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        return (
            part(
                "result.threshold.met" if self._is_met(value) else "result.threshold.missed",
                value=plain(value),
                target=plain(self.target),
                points=two_places(self.points(value, ctx)),
            ),
        )

    def _is_met(self, value: Decimal) -> bool:
        return value >= self.target if self.is_up() else value <= self.target
