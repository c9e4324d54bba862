"""`change`: points by how much the agent has improved on an earlier period."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from appraisal.scoring.arithmetic import HUNDRED, ZERO, exact, plain, round4, two_places
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
)

BASE = Decimal(60)


class Against(StrEnum):
    """The earlier period: the one before, or the same one last year."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Rule):
    """base + (100 - base) * improvement / target, limited to [0, 100].

    The improvement is relative to the agent's own earlier value, in percent, positive where
    better; `target` is the improvement, in percent, that gives 100. At or better than
    `good_enough` (metric's unit) it is 100 whatever the change, even with no earlier value.
    Earlier value 0: down, 0 or less now is 100 and more is 0; up, 0 now is `base`, more is
    100 and less is 0. No earlier value, or a negative one, is missing data.
    Source: 3-scoring.md, "Rules", `change`.
    """

    direction: Direction
    target: Decimal
    base: Decimal = BASE
    against: Against = Against.PREVIOUS
    good_enough: Decimal | None = None

    key = "change"
    is_relative = True
    FIELDS = (
        DIRECTION,
        above_zero("target"),
        Field(name="base", low=Decimal(0), high=Decimal("99.99"), places=2),
        Field(name="against", kind=Kind.CHOICE, choices=Against),
        Field(name="good_enough"),
    )

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(self.against.value),)

    def missing(self, value: Decimal, ctx: Context = NOTHING_ELSE) -> Missing | None:
        if self._is_good_enough(value):
            return None
        if ctx.previous is None:
            return Missing.NO_PREVIOUS
        return Missing.NEGATIVE_PREVIOUS if ctx.previous < 0 else None

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        if self._is_good_enough(value):
            return HUNDRED
        previous = self._previous(ctx)
        if previous == 0:
            return self._from_zero(value)
        gained = self._gained(value, previous)
        return self.base + (HUNDRED - self.base) * gained * HUNDRED / (previous * self.target)

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        if ctx.previous is None or ctx.previous < 0:
            return None
        with exact():
            step = self.target / HUNDRED
            return round4(ctx.previous * (1 + step if self.is_up() else 1 - step))

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        key = "target.rise" if self.is_up() else "target.fall"
        return part(key, percent=plain(self.target))

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        words = [
            part(
                f"rule.change.{self.direction}", percent=plain(self.target), base=plain(self.base)
            ),
            part(f"rule.change.{self.against}"),
        ]
        if self.good_enough is not None:
            key = f"rule.change.good_enough_{self.direction}"
            words.append(part(key, good_enough=plain(self.good_enough)))
        return tuple(words)

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        shown = {"value": plain(value), "points": two_places(self.points(value, ctx))}
        if self.good_enough is not None and self._is_good_enough(value):
            enough = {"good_enough": plain(self.good_enough)}
            return (Part("result.change.good_enough", shown | enough),)
        previous = self._previous(ctx)
        if previous == 0:
            return (Part("result.change.from_zero", shown),)
        shown["previous"] = plain(previous)
        with exact():
            percent = self._gained(value, previous) * HUNDRED / previous
        if percent == 0:
            return (Part("result.change.same", shown),)
        key = "result.change.better" if percent > 0 else "result.change.worse"
        return (Part(key, shown | {"percent": plain(round4(abs(percent)))}),)

    def _is_good_enough(self, value: Decimal) -> bool:
        if self.good_enough is None:
            return False
        return value >= self.good_enough if self.is_up() else value <= self.good_enough

    def _gained(self, value: Decimal, previous: Decimal) -> Decimal:
        return value - previous if self.is_up() else previous - value

    def _previous(self, ctx: Context) -> Decimal:
        if ctx.previous is None:
            raise ValueError("change has no previous value")
        return ctx.previous

    def _from_zero(self, value: Decimal) -> Decimal:
        if self.is_up() and value == 0:
            return self.base
        return HUNDRED if (value > 0) == self.is_up() else ZERO
