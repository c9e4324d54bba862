"""What a metric is, how one is asked for, and what an answer holds. Reads no data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple
from urllib.parse import quote

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kpi_portal.core.time import Window


class Unit(StrEnum):
    """The unit of a metric's value. Percent and points run from 0 to 100, those of a signed
    metric from -100.
    """

    SECONDS = "s"
    PERCENT = "percent"
    POINTS = "points"
    COUNT = "count"
    NUMBER = "number"  # a recorded value or a formula without a unit of its own


class Direction(StrEnum):
    """Which values are the better ones."""

    UP = "up"
    DOWN = "down"


class Anchor(StrEnum):
    """The instant that puts a record into a period."""

    CREATED = "created"
    RESOLVED = "resolved"
    PROMISED = "promised"
    ANSWERED = "answered"
    WINDOW_END = "window_end"
    VISIT = "visit"
    INVITED = "invited"
    REVIEW = "review"
    EFFECTIVE = "effective"


class Owner(StrEnum):
    """Whom a record counts for."""

    AGENT = "agent"
    FIRST_AGENT = "first_agent"


COMPANY = 0  # the id under which the company's own measurement stands


class Level(StrEnum):
    """Over whose records a metric is taken: each agent's, or pooled."""

    AGENT = "agent"
    DEPARTMENT = "department"
    COMPANY = "company"


class Shape(StrEnum):
    """How the value comes out of the counted records. Only PER_ORDER and COUNT have a denominator
    that is not the sample.
    """

    MEAN = "mean"  # sum of the amounts ÷ records
    MEDIAN = "median"  # the middle amount, of an even number the mean of the middle two
    RATE = "rate"  # hits ÷ records, in percent
    SCORE = "score"  # mean of the answers in points of 100
    COUNT = "count"  # how many records
    PER_ORDER = "per_order"  # records ÷ orders, in percent
    NET = "net"  # those for less those against ÷ records, in percent, -100 to 100
    INDEX = "index"  # weighted mean of the means of several dimensions, in points of 100
    CUSTOMERS = "customers"  # customers of hits ÷ customers of records, in percent
    OWN = "own"  # as the metric's own collector says


class Reason(StrEnum):
    """Why a record of the anchor and filter is not in the denominator."""

    UNANSWERED = "unanswered"
    CONTRADICTORY = "contradictory"
    MISSING = "missing"
    PENDING = "pending"
    EXCLUDED = "excluded"


REASON_LABELS: Mapping[str, Any] = {
    Reason.UNANSWERED: pgettext_lazy("left out", "not answered"),
    Reason.CONTRADICTORY: pgettext_lazy("left out", "contradictory times"),
    Reason.MISSING: pgettext_lazy("left out", "not recorded"),
    Reason.PENDING: pgettext_lazy("left out", "not yet due"),
    Reason.EXCLUDED: pgettext_lazy("left out", "excluded"),
}

UNIT_LABELS: Mapping[str, Any] = {
    Unit.SECONDS: pgettext_lazy("unit", "s"),
    Unit.PERCENT: pgettext_lazy("unit", "%"),
    Unit.POINTS: pgettext_lazy("unit", "points"),
    Unit.COUNT: pgettext_lazy("unit", "tickets"),
    Unit.NUMBER: "",
}

FILTER_LABELS: Mapping[str, Any] = {
    "channel": _("channel"),
    "kind": _("kind"),
    "category": _("category"),
    "service_type": _("service type"),
    "priority": _("priority"),
    "tag": _("tag"),
}
FILTERS = tuple(FILTER_LABELS)
Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One parameter of a metric, for the parser and for whoever builds a form.

    `read` turns a text into its canonical form and raises BadMetric. `default` None: required.
    `choices` maps the allowed values to labels where they are few. `unit` is that of the value.
    """

    name: str
    label: Any
    read: Callable[[str], str]
    default: str | None = None
    unit: Any = ""
    choices: Mapping[str, Any] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        return self.default is None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a metric reads the records of its anchor and filter, given parameters and cutoff.

    Every record is in `counted` or in exactly one of `left_out`: a test holds it. `hit` are
    those of the counted that a rate counts above the line; `amount` is what a mean adds up.
    """

    counted: Q
    left_out: Mapping[Reason, Q] = field(default_factory=dict)
    hit: Q | None = None
    amount: Any = None

    def without(self, excluded: Q | None) -> Reading:
        """The same, with the records that meet `excluded` left out for that reason."""
        if excluded is None:
            return self
        left_out = {reason: each & ~excluded for reason, each in self.left_out.items()}
        return replace(
            self,
            counted=self.counted & ~excluded,
            left_out={**left_out, Reason.EXCLUDED: excluded},
            hit=None if self.hit is None else self.hit & ~excluded,
        )


Collected = dict["MetricRequest", dict[int, "Measurement"]]
# (requests, window, cutoff, exclusions approved later do not count; None: all count)
Collector = Callable[[Sequence["MetricRequest"], Window, datetime, datetime | None], Collected]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric, declared once. Keys are for ever: they stand in the database.

    `definition` is one sentence for people. `source` names the policies that use the metric.
    `always` are filters that are part of the metric. It is measured in one of two ways: `read`
    says how it reads a ticket or an answer; `collect` measures all requests of one window and
    cutoff at once, everybody's, under the ids that `collecting.collect` promises, at the level
    of each request (several metrics may share one). `behind` lists the records of a metric that
    has `collect`. A value below 0 is possible where `is_signed`. `since`: where the anchor is
    the end of a window, the instant from which its days run.
    """

    key: str
    label: Any
    definition: Any
    unit: Unit
    direction: Direction
    anchor: Anchor
    shape: Shape
    source: str
    read: Callable[[MetricRequest, datetime], Reading] | None = None
    collect: Collector | None = None
    behind: Callable[[MetricRequest, int, Window, datetime], Any] | None = None
    is_signed: bool = False
    since: str = ""
    owner: Owner = Owner.AGENT
    params: tuple[Param, ...] = ()
    filters: tuple[str, ...] = FILTERS
    always: Filters = ()
    levels: tuple[Level, ...] = (Level.AGENT, Level.DEPARTMENT)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The names of all parameters and filters."""
        return tuple(param.name for param in self.params) + self.filters

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the parameters that have no default."""
        return tuple(param.name for param in self.params if param.required)


@dataclass(frozen=True, slots=True)
class MetricRequest:
    """A metric with its parameters and filters, canonical: equal requests mean the same.

    `params` holds every parameter, defaults included; `filters` the values of each filter,
    of which a record needs one. Both are ordered by name. Made by `request()`.
    """

    metric: str
    params: tuple[tuple[str, str], ...] = ()
    filters: Filters = ()
    level: Level = Level.AGENT

    def __getitem__(self, name: str) -> str:
        return dict(self.params)[name]

    def at(self, level: Level) -> MetricRequest:
        """The same, over other records."""
        return replace(self, level=level)

    @property
    def argument(self) -> str:
        """The request as a command argument; parsing it gives the request again."""
        parts = [f"{name}={quote(value)}" for name, value in self.params]
        parts += [
            f"{name}=" + ",".join(quote(value.replace(",", "%2C"), safe="") for value in values)
            for name, values in self.filters
        ]
        if self.level is not Level.AGENT:
            parts.append(f"level={self.level}")
        return "?".join(filter(None, (self.metric, "&".join(parts))))


class Measurement(NamedTuple):
    """What came out for one agent or department.

    `value`: four decimals, in the metric's unit, rounded half up; None where the denominator is
    0. `numerator` and `denominator` are exact (seconds, counts, points of 100); the quotient,
    times 100 for a percentage, is the value (a median has the sum of the seconds on top).
    `sample`: records in the denominator. `reasons`: left-out records by reason, none with 0.
    `is_department_line`: the numbers are those of the agent's whole department. `squares`: the
    sum of the squared amounts of a mean, in the metric's unit; None where not asked for.
    """

    value: Decimal | None
    numerator: Fraction | int
    denominator: int
    sample: int
    reasons: Mapping[str, int]
    is_department_line: bool = False
    squares: Fraction | int | None = None

    @property
    def left_out(self) -> int:
        """How many records of the anchor and filter are not in the denominator."""
        return sum(self.reasons.values())


NO_DATA = Measurement(None, 0, 0, 0, {})
