"""The values of a run: each distinct request once per span of time, for everybody.

Previous values are measured from the records of the earlier period up to that period's own
cutoff, never taken from an earlier card: so they exist in the first period of use, too, do
not depend on which scheme was in force, and come out the same in a what-if. They are stored
on the line, so that a published card does not move when records of the past do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from appraisal.metrics import METRICS, Level, Measurement, MetricRequest, collect, request
from appraisal.metrics.base import COMPANY, Shape, Unit
from appraisal.models import Period, SchemeItem
from appraisal.periods import calendar
from appraisal.scorecards.inputs import NOTHING, Measured, Outside, Part, Source
from appraisal.scoring import Need, parse, t_interval, wilson
from kpi_portal.core.decimals import exact_text
from kpi_portal.core.time import Window, midnight
from kpi_portal.people.queries import company, zone

When = str | tuple[date, date]
"""The whole period (`now`), an earlier one, or the days of a part."""

NOW = "now"
NEEDS: Mapping[Need, tuple[str, Level]] = {
    Need.PREVIOUS: ("previous", Level.AGENT),
    Need.LAST_YEAR: ("last_year", Level.AGENT),
    Need.DEPARTMENT_MEAN: (NOW, Level.DEPARTMENT),
    Need.COMPANY_MEAN: (NOW, Level.COMPANY),
    Need.LAST_YEAR_MEAN: ("last_year", Level.DEPARTMENT),
}
"""Where each number comes from that a rule takes from outside: which span, whose records."""

OF_PREVIOUS = (Need.PREVIOUS, Need.LAST_YEAR)


@dataclass(frozen=True, slots=True)
class Span:
    """The instants of a period and how far a run looks."""

    window: Window
    cutoff: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose line it is: an employee of a department, or (None) the department itself."""

    employee_id: int | None
    department_id: int

    def id_at(self, level: Level) -> int:
        """Under which id a measurement of that level stands."""
        if level is Level.COMPANY:
            return COMPANY
        if level is Level.AGENT and self.employee_id is not None:
            return self.employee_id
        return self.department_id

    def level_of(self, asked: MetricRequest) -> MetricRequest:
        """A department's own lines are over its pooled records."""
        if self.employee_id is None and asked.level is Level.AGENT:
            return asked.at(Level.DEPARTMENT)
        return asked


@dataclass(slots=True)
class Wanted:
    """Which requests a run needs, by span."""

    requests: dict[When, set[MetricRequest]] = field(default_factory=dict)

    def add(self, items: Iterable[SchemeItem], when: When, *, department: bool = False) -> None:
        """What items need in a part (`when`) of the period, and outside of it."""
        owner = Owner(None if department else 0, 0)
        for item in items:
            asked = owner.level_of(request_of(item))
            self._want(when, asked)
            if METRICS[asked.metric].shape is Shape.PER_ORDER:  # may be the department's line
                self._want(when, asked.at(Level.DEPARTMENT))
            for need in parse(item.rule, item.rule_params).needs:
                if need in NEEDS:
                    span, level = NEEDS[need]
                    self._want(span, owner.level_of(asked.at(level)))

    def _want(self, when: When, asked: MetricRequest) -> None:
        self.requests.setdefault(when, set()).add(asked)


@dataclass(frozen=True, slots=True)
class Values:
    """Measurements by span and request, then by whose."""

    found: Mapping[tuple[When, MetricRequest], Mapping[Any, Measurement]] = field(repr=False)

    def source(self, item: SchemeItem, owner: Owner, when: When = NOW) -> Source:
        """What was measured for an item, and what its rule takes from outside."""
        asked = owner.level_of(request_of(item))
        baseline = previous = None
        for need in parse(item.rule, item.rule_params).needs:
            if need not in NEEDS:
                continue
            span, level = NEEDS[need]
            value = self._value(span, owner.level_of(asked.at(level)), owner)
            if need in OF_PREVIOUS:
                previous = value
            else:
                baseline = value
        found = self.measurement(item, owner, when)
        ends = interval(asked, found) if found else None
        low, high = ends if ends else (None, None)
        outside = Outside(baseline=baseline, previous=previous, low=low, high=high)
        return Source(item, measured_of(found, asked), outside)

    def measurement(self, item: SchemeItem, owner: Owner, when: When = NOW) -> Measurement | None:
        """What was measured for an item; None without any record.

        A department's line is that of the department in which the part is scored, wherever
        the employee stood on its last day.
        """
        asked = owner.level_of(request_of(item))
        found = self.found[when, asked].get(owner.id_at(asked.level))
        if found is None or not found.is_department_line:
            return found
        whole = self.found[when, asked.at(Level.DEPARTMENT)].get(owner.department_id)
        return whole._replace(is_department_line=True) if whole else None

    def _value(self, when: When, asked: MetricRequest, owner: Owner) -> Decimal | None:
        found = self.found.get((when, asked), {}).get(owner.id_at(asked.level))
        return found.value if found else None


def measure(period: Period, cutoff: datetime, wanted: Wanted) -> Values:
    """Measure what is wanted: one `collect` per span of time."""
    values: dict[tuple[When, MetricRequest], Mapping[Any, Measurement]] = {}
    for when, requests in wanted.requests.items():
        span = _span(period, cutoff, when)
        ordered = sorted(requests, key=lambda each: each.argument)
        is_own = when not in ("previous", "last_year")
        found = collect(ordered, span.window, span.cutoff, squares=is_own)
        values.update({(when, each): found[each] for each in ordered})
    return Values(values)


def when_of(part: Part, period: Period) -> When:
    """The span in which the records of a part lie."""
    whole = (part.start, part.end) == (period.start_on, period.end_on)
    return NOW if whole else (part.start, part.end)


def measured_of(found: Measurement | None, asked: MetricRequest) -> Measured:
    """As a line stores it."""
    if found is None:
        return NOTHING
    return Measured(
        value=found.value,
        numerator=exact_text(found.numerator),
        denominator=exact_text(found.denominator),
        sample=found.sample,
        left_out=found.left_out,
        reasons={str(reason): count for reason, count in found.reasons.items()},
        is_department=found.is_department_line or asked.level is Level.DEPARTMENT,
    )


def interval(asked: MetricRequest, found: Measurement) -> tuple[Decimal, Decimal] | None:
    """The ends of the value's 95 % interval, 4 decimals; None where it has none.

    Wilson's for rates, Student's for means; never outside of what the metric can be.
    Source: 3-scoring.md, "Small samples".
    """
    metric = METRICS[asked.metric]
    if found.value is None or found.sample < 1:
        return None
    if metric.shape in (Shape.RATE, Shape.PER_ORDER):
        top = Fraction(found.numerator)
        if top.denominator != 1 or not 0 <= top <= found.sample:
            return None
        return wilson(int(top), found.sample)
    if metric.shape not in (Shape.MEAN, Shape.SCORE) or found.squares is None:
        return None
    ends = t_interval(found.numerator, found.squares, found.sample)
    if ends is None or metric.is_signed:
        return ends
    low, high = (max(end, Decimal("0.0000")) for end in ends)
    if metric.unit in (Unit.PERCENT, Unit.POINTS):
        return min(low, Decimal("100.0000")), min(high, Decimal("100.0000"))
    return low, high


def request_of(item: SchemeItem) -> MetricRequest:
    """What a scheme item measures."""
    return request(item.indicator.metric, item.params)


def span_of(code: str) -> Span:
    """The span of the period of that code: its row's if there is one, else by the settings."""
    row = Period.objects.filter(code=code).first()
    if row is not None:
        return span_of_row(row)
    settings, here = company(), zone()
    until = calendar.cutoff_on(code, settings.month_start_day, settings.settle_days)
    return Span(
        calendar.window(code, settings.month_start_day, here), calendar.cutoff(until, here)
    )


def span_of_row(period: Period) -> Span:
    """The span of a period as its row says."""
    return Span(days_window(period.start_on, period.end_on), midnight(period.cutoff_on, zone()))


def days_window(start: date, end: date) -> Window:
    """The instants of the days `[start, end)`, company time."""
    here = zone()
    return Window(midnight(start, here), midnight(end, here))


def earlier(code: str, when: str) -> str:
    """The code of the period before (`previous`) or of the same one last year."""
    step = calendar.previous if when == "previous" else calendar.same_last_year
    return str(step(code))


def _span(period: Period, cutoff: datetime, when: When) -> Span:
    if when == NOW:
        return Span(span_of_row(period).window, cutoff)
    if isinstance(when, tuple):
        return Span(days_window(*when), cutoff)
    return span_of(earlier(period.code, when))
