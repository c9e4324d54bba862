"""`rank`: points by the place among the colleagues of the same department and position."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from appraisal.scoring.arithmetic import HUNDRED, two_places
from appraisal.scoring.explain import Part, part
from appraisal.scoring.rules.base import (
    DIRECTION,
    NOTHING_ELSE,
    Context,
    Direction,
    Missing,
    Rule,
)

FEWEST = 5
"""Among fewer colleagues a place says nothing, and points would give away who has it."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank(Rule):
    """(n - rank) / (n - 1) * 100: 100 for the best place, 0 for the last.

    `Context.rank` and `Context.size` come from `ranks`; the value itself plays no further
    part. Fewer than FEWEST colleagues is missing data. No explanation names place or number.
    Source: 3-scoring.md, "Rules", `rank`.
    """

    direction: Direction

    key = "rank"
    FIELDS = (DIRECTION,)

    def missing(self, value: Decimal, ctx: Context = NOTHING_ELSE) -> Missing | None:
        if ctx.rank is None or ctx.size is None:
            return Missing.NO_RANK
        return Missing.SMALL_GROUP if ctx.size < FEWEST else None

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        rank, size = _place(ctx)
        return Decimal(size - rank) * HUNDRED / Decimal(size - 1)

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return None

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        return part("target.rank")

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        return (part("rule.rank"),)

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        rank, size = _place(ctx)
        quartile = (rank - 1) * 4 // size + 1
        points = two_places(self.points(value, ctx))
        return (part("result.rank", quartile=str(quartile), points=points),)


def ranks(values: Mapping[Key, Decimal], direction: Direction) -> dict[Key, tuple[int, int]]:
    """The place of each among all, 1 the best, and how many there are.

    Equal values share the better place, and the places after them stay empty.
    """
    ordered = sorted(values.values(), reverse=Direction(direction) is Direction.UP)
    first: dict[Decimal, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
    return {key: (first[value], len(ordered)) for key, value in values.items()}


def _place(ctx: Context) -> tuple[int, int]:
    if ctx.rank is None or ctx.size is None:
        raise ValueError("rank has no place")
    return ctx.rank, ctx.size
