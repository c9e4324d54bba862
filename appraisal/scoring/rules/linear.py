"""`linear`: points in proportion to how far the target is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from appraisal.scoring.arithmetic import HUNDRED, plain, two_places
from appraisal.scoring.errors import Problem
from appraisal.scoring.explain import Part, part
from appraisal.scoring.rules.base import (
    DIRECTION,
    NOTHING_ELSE,
    Context,
    Direction,
    Field,
    Rule,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear(Rule):
    """Up: v / t * 100. Down: t / v * 100, and v = 0 or below gives the cap.

    With `zero_at` z instead (v - z) / (t - z) * 100 in either direction. Limited to
    [0, cap]. `target` and `zero_at` are in the metric's unit, `cap` in points. Without
    `zero_at` the target must be above 0 (NPS with target 0 needs it).
    Source: 3-scoring.md, "Rules", `linear`.
    """

    direction: Direction
    target: Decimal
    zero_at: Decimal | None = None
    cap: Decimal = HUNDRED

    key = "linear"
    FIELDS = (
        DIRECTION,
        Field(name="target"),
        Field(name="zero_at"),
        Field(name="cap", low=Decimal(1), high=Decimal(200), places=2),
    )

    def contradictions(self) -> Sequence[Problem]:
        if self.zero_at is None:
            if self.target > 0:
                return ()
            return (Problem("zero_at_required", {"target": plain(self.target)}, "zero_at"),)
        params = {"zero_at": plain(self.zero_at), "bound": plain(self.target)}
        if self.is_up() and self.zero_at >= self.target:
            return (Problem("zero_at_not_below", params, "zero_at"),)
        if not self.is_up() and self.zero_at <= self.target:
            return (Problem("zero_at_not_above", params, "zero_at"),)
        return ()

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        if self.zero_at is not None:
            return (value - self.zero_at) * HUNDRED / (self.target - self.zero_at)
        if self.is_up():
            return value * HUNDRED / self.target
        if value <= 0:
            return self.cap
        return self.target * HUNDRED / value

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return self.target

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        key = "target.at_least" if self.is_up() else "target.at_most"
        return part(key, target=plain(self.target))

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        numbers = {"target": plain(self.target), "cap": plain(self.cap)}
        if self.zero_at is not None:
            return (Part("rule.linear.zero_at", numbers | {"zero_at": plain(self.zero_at)}),)
        return (Part(f"rule.linear.{self.direction}", numbers),)

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        shown = {"value": plain(value), "points": two_places(self.points(value, ctx))}
        if self.zero_at is not None:
            numbers = {"target": plain(self.target), "zero_at": plain(self.zero_at)}
            return (Part("result.linear.zero_at", shown | numbers),)
        if not self.is_up() and value <= 0:
            return (Part("result.linear.nothing", shown),)
        return (Part(f"result.linear.{self.direction}", shown | {"target": plain(self.target)}),)
