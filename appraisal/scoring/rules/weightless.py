"""`veto`, `extra` and `deduction`: items that carry no weight but act on the card."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from appraisal.scoring.arithmetic import CENT, HUNDRED, ZERO, exact, plain, round4, two_places
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
    above_zero,
)
from appraisal.scoring.rules.per_unit import Steps


class Consequence(StrEnum):
    """What a veto does: one item scores 0, the total is limited, or the band is."""

    ZERO_ITEM = "zero_item"
    CAP_TOTAL = "cap_total"
    CAP_BAND = "cap_band"


_TAKES = {
    Consequence.ZERO_ITEM: "item",
    Consequence.CAP_TOTAL: "cap",
    Consequence.CAP_BAND: "band",
}


class Weightless(Rule):
    """A rule whose item has no weight and no points of its own."""

    __slots__ = ()
    is_weightless = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto(Weightless):
    """Holds where the value is worse than `limit`; with `at_limit` also where it equals it.

    Its `consequence` takes one of `item` (the position of the item that scores 0), `cap`
    (points that the total then has at most; stored as `most`) and `band` (the key of the best
    band that is then possible).
    Source: 3-scoring.md, "Rules", `veto`.
    """

    direction: Direction
    limit: Decimal
    consequence: Consequence
    at_limit: bool = False
    item: Decimal | None = None
    most: Decimal | None = None
    band: str = ""

    key = "veto"
    FIELDS = (
        DIRECTION,
        Field(name="limit"),
        Field(name="at_limit", kind=Kind.FLAG),
        Field(name="consequence", kind=Kind.CHOICE, choices=Consequence),
        Field(name="item", low=Decimal(1), high=Decimal(999), places=0),
        Field(name="cap", attribute="most", low=Decimal(0), high=Decimal(200), places=2),
        Field(name="band", kind=Kind.TEXT),
    )

    def contradictions(self) -> Sequence[Problem]:
        given = {"item": self.item, "cap": self.most, "band": self.band or None}
        if given[_TAKES[self.consequence]] is None:
            return (Problem("blank", {}, _TAKES[self.consequence]),)
        return ()

    @property
    def cap(self) -> Decimal:
        return ZERO

    @property
    def zeroes(self) -> bool:
        """Whether its consequence is about another item."""
        return self.consequence is Consequence.ZERO_ITEM

    def holds(self, value: Decimal) -> bool:
        """Whether the value is bad enough."""
        if value == self.limit:
            return self.at_limit
        return (value < self.limit) == self.is_up()

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        return ZERO

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return self.limit

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        if self.at_limit:
            key = "target.above" if self.is_up() else "target.below"
        else:
            key = "target.at_least" if self.is_up() else "target.at_most"
        return part(key, target=plain(self.limit))

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        if self.at_limit:
            key = "rule.veto.at_most" if self.is_up() else "rule.veto.at_least"
        else:
            key = "rule.veto.below" if self.is_up() else "rule.veto.above"
        return (part(key, limit=plain(self.limit)), self._consequence_words())

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        key = "result.veto.holds" if self.holds(value) else "result.veto.not"
        return (part(key, value=plain(value)),)

    def _consequence_words(self) -> Part:
        match self.consequence:
            case Consequence.ZERO_ITEM:
                return part("rule.veto.zero_item", item=plain(self.item or ZERO))
            case Consequence.CAP_TOTAL:
                return part("rule.veto.cap_total", cap=plain(self.most or ZERO))
            case _:
                return part("rule.veto.cap_band", band=self.band)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerStep(Weightless):
    """`per` points of the total for each `unit` beyond `starts_at`, at most `most`.

    JSON: `per`, `unit` (1), `from` (0), `cap`, `steps`. `unit` and `from` are in the metric's
    unit (percentage points for a rate; 1 and 0 count events). What `points` gives is what the
    total changes by: above 0 for an extra, below for a deduction.
    Source: 3-scoring.md, "Rules", `extra` / `deduction`.
    """

    direction: Direction
    per: Decimal
    most: Decimal
    unit: Decimal = Decimal(1)
    starts_at: Decimal = ZERO
    steps: Steps = Steps.LINEAR

    FIELDS = (
        DIRECTION,
        Field(name="per", low=CENT, high=HUNDRED, places=2),
        above_zero("unit"),
        Field(name="from", attribute="starts_at"),
        Field(name="cap", attribute="most", low=CENT, high=HUNDRED, places=2),
        Field(name="steps", kind=Kind.CHOICE, choices=Steps),
    )

    def units(self, value: Decimal) -> Decimal:
        """How many units count, 0 or more."""
        with exact():
            beyond = max(self._beyond(value) / self.unit, ZERO)
            match self.steps:
                case Steps.COMPLETE:
                    return beyond.to_integral_value(ROUND_FLOOR)
                case Steps.STARTED:
                    return beyond.to_integral_value(ROUND_CEILING)
                case _:
                    return beyond

    def amount(self, value: Decimal) -> Decimal:
        """The points before they are limited, 0 or more. Runs inside `exact()`."""
        if self.steps is Steps.LINEAR:
            return max(self._beyond(value), ZERO) * self.per / self.unit
        return self.units(value) * self.per

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return self.starts_at

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        numbers = {
            "unit": plain(self.unit),
            "reference": plain(self.starts_at),
            "points": plain(self.per),
            "cap": plain(self.most),
        }
        words = [Part(f"rule.{self.key}.{self.direction}", numbers)]
        if self.steps is not Steps.LINEAR:
            words.append(part(f"rule.per_unit.{self.steps}"))
        return tuple(words)

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        shown = {"value": plain(value), "reference": plain(self.starts_at)}
        units = self.units(value)
        if units == 0:
            return (Part(f"result.{self.key}.nothing", shown),)
        numbers = {
            "units": plain(round4(units)),
            "per": plain(self.per),
            "points": two_places(abs(self.points(value, ctx))),
        }
        return (Part(f"result.{self.key}", shown | numbers),)

    def _limits(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        with exact():
            if self.amount(value) <= self.most:
                return ()
        return (Part(f"result.{self.key}.at_cap", {"cap": plain(self.most)}),)

    @abstractmethod
    def _beyond(self, value: Decimal) -> Decimal:
        """How far the value lies on the side that counts, in the metric's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra(PerStep):
    """Adds to the total for each unit that the value is better than `from`."""

    key = "extra"

    @property
    def cap(self) -> Decimal:
        return self.most

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        return self.amount(value)

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        key = "target.above" if self.is_up() else "target.below"
        return part(key, target=plain(self.starts_at))

    def _beyond(self, value: Decimal) -> Decimal:
        return value - self.starts_at if self.is_up() else self.starts_at - value


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction(PerStep):
    """Takes from the total for each unit that the value is worse than `from`."""

    key = "deduction"

    @property
    def cap(self) -> Decimal:
        return ZERO

    @property
    def floor(self) -> Decimal:
        return -self.most

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        return -self.amount(value)

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        key = "target.at_least" if self.is_up() else "target.at_most"
        return part(key, target=plain(self.starts_at))

    def _beyond(self, value: Decimal) -> Decimal:
        return self.starts_at - value if self.is_up() else value - self.starts_at
