"""What every scoring rule has in common: its questions, its fields, the check of both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from appraisal.scoring.arithmetic import HUNDRED, ZERO, clamp, exact, fits, plain, round2
from appraisal.scoring.errors import Problem, RuleError
from appraisal.scoring.explain import Part


class Direction(StrEnum):
    """Whether a higher or a lower metric value is the better one."""

    UP = "up"
    DOWN = "down"


class Need(StrEnum):
    """A number besides the metric value that the caller must look up for a rule.

    `previous` and `last_year` are the agent's own value of the previous period and of the
    same period last year; the others are means of the metric: the department's or the
    company's of this period, or the department's of the same period last year.
    """

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"
    DEPARTMENT_MEAN = "department_mean"
    COMPANY_MEAN = "company_mean"
    LAST_YEAR_MEAN = "last_year_mean"


class Missing(StrEnum):
    """Why there is nothing to score; the item's missing-data policy then decides."""

    NO_VALUE = "no_value"
    SMALL_SAMPLE = "small_sample"
    NO_PREVIOUS = "no_previous"
    NO_BASELINE = "no_baseline"
    NEGATIVE_PREVIOUS = "negative_previous"
    NEGATIVE_BASELINE = "negative_baseline"
    NO_RANK = "no_rank"
    SMALL_GROUP = "small_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a rule may have to know besides the value. All in the unit of the metric.

    `nominal_weight` is the item's weight in this scheme version, in percent, before any
    redistribution. `previous` answers the needs `previous` and `last_year`, `baseline` the
    three means; None means that the number does not exist. `rank` is the place among `size`
    colleagues of the same department and position, 1 the best (see `ranks`).
    """

    nominal_weight: Decimal = HUNDRED
    baseline: Decimal | None = None
    previous: Decimal | None = None
    rank: int | None = None
    size: int | None = None


NOTHING_ELSE = Context()


class Kind(StrEnum):
    """How a field is written in JSON params: decimal string, key, true/false, rows, text."""

    NUMBER = "number"
    CHOICE = "choice"
    NUMBER_OR_CHOICE = "number_or_choice"
    FLAG = "flag"
    TIERS = "tiers"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One param of a rule, for the parser and for whoever builds a form.

    A number is in `[low, high]`, or `(low, high)` where `is_open`, and ends after `places`
    decimals. `name` is the JSON key and `attribute` the dataclass field, where they differ.
    Whether a field may be blank follows from the default in the dataclass.
    """

    name: str
    attribute: str = ""
    kind: Kind = Kind.NUMBER
    low: Decimal | None = None
    high: Decimal | None = None
    is_open: bool = False
    places: int = 4
    choices: type[StrEnum] | None = None

    @property
    def stored_as(self) -> str:
        return self.attribute or self.name

    def problems(self, number: Decimal, where: str) -> list[Problem]:
        """What is wrong with `number`, at most one thing."""
        value = {"value": plain(number) if number.is_finite() else str(number)}
        if not number.is_finite():
            return [Problem("bad_number", value, where)]
        if not fits(number, self.places):
            return [Problem("too_precise", value | {"places": str(self.places)}, where)]
        equal = "_or_equal" if self.is_open else ""
        if self.low is not None and (number < self.low or (self.is_open and number == self.low)):
            return [Problem(f"too_small{equal}", value | {"low": plain(self.low)}, where)]
        if self.high is not None and (
            number > self.high or (self.is_open and number == self.high)
        ):
            return [Problem(f"too_large{equal}", value | {"high": plain(self.high)}, where)]
        return []


DIRECTION = Field(name="direction", kind=Kind.CHOICE, choices=Direction)


def points_field(name: str, high: Decimal = HUNDRED) -> Field:
    """A field in points: 0 to `high`, 2 decimals, so that rounded points stay inside."""
    return Field(name=name, low=Decimal(0), high=high, places=2)


def above_zero(name: str, attribute: str = "") -> Field:
    """A field that must be greater than 0."""
    return Field(name=name, attribute=attribute, low=Decimal(0), is_open=True)


class Rule(ABC):
    """Turns a metric value into points. Each rule is a frozen dataclass and stands in RULES.

    A new rule: subclass, list its params in FIELDS, implement what is abstract here, add
    the class to RULES and its keys to `explain.PARAMS`. Keys are for ever.
    Raises RuleError on construction if its params are out of range or contradict each other.
    """

    __slots__ = ()

    key: ClassVar[str]
    FIELDS: ClassVar[tuple[Field, ...]]
    is_relative: ClassVar[bool] = False
    """Whether the value is compared with a value that must not be negative, so that a
    signed metric (NPS) cannot use this rule."""
    is_weightless: ClassVar[bool] = False
    """Whether an item with this rule has no weight, and acts on the card instead."""

    direction: Direction

    def __post_init__(self) -> None:
        problems = [
            *(problem for field in self.FIELDS for problem in self._out_of_range(field)),
        ] or list(self.contradictions())
        if problems:
            raise RuleError(problems)

    @property
    def cap(self) -> Decimal:
        """The most points the rule can give."""
        return HUNDRED

    @property
    def floor(self) -> Decimal:
        """The fewest points the rule can give."""
        return ZERO

    @property
    def needs(self) -> tuple[Need, ...]:
        """What the caller must look up for the Context; empty for most rules."""
        return ()

    def missing(self, value: Decimal, ctx: Context = NOTHING_ELSE) -> Missing | None:
        """Why this value cannot be scored, None if it can: a needed number is not there."""
        return None

    def points(self, value: Decimal, ctx: Context = NOTHING_ELSE) -> Decimal:
        """Points in `[floor, cap]`, 2 decimals, half rounds up.

        `value` is the stored metric value. Raises ValueError where `missing` gives a reason.
        """
        reason = self.missing(value, ctx)
        if reason is not None:
            raise ValueError(f"{self.key} cannot score: {reason}")
        with exact():
            return round2(clamp(self.unlimited(value, ctx), self.floor, self.cap))

    @abstractmethod
    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        """The points before they are limited and rounded. Runs inside `exact()`."""

    @abstractmethod
    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        """Where to draw the target on a bar, in the metric's unit; None if not known."""

    @abstractmethod
    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        """The target as it is printed in the target column."""

    @abstractmethod
    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        """The rule with its numbers filled in; needs no value."""

    @abstractmethod
    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        """How this value became its points."""

    def describe(
        self, value: Decimal | None, points: Decimal | None, ctx: Context = NOTHING_ELSE
    ) -> tuple[Part, ...]:
        """The rule in words and, where the rule gave `points` for `value`, how.

        `points` is what `points()` gave, None for a line without a score.
        """
        if value is None or points is None or self.missing(value, ctx) is not None:
            return self.in_words(ctx)
        return self.in_words(ctx) + self.result_words(value, ctx) + self._limits(value, ctx)

    def contradictions(self) -> Sequence[Problem]:
        """What is wrong between the fields, each of which is in range."""
        return ()

    def is_up(self) -> bool:
        return self.direction is Direction.UP

    def _limits(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        with exact():
            unlimited = self.unlimited(value, ctx)
        if unlimited > self.cap:
            return (Part("result.at_cap", {"cap": plain(self.cap)}),)
        if unlimited < self.floor:
            return (Part("result.at_floor", {"floor": plain(self.floor)}),)
        return ()

    def _out_of_range(self, field: Field) -> list[Problem]:
        content = getattr(self, field.stored_as)
        if isinstance(content, Decimal):
            return field.problems(content, field.name)
        return []
