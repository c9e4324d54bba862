"""Everything a run needs, read once for everybody: seats, versions, values, coefficients.

Previous values are measured from the records of the earlier period up to that period's own
cutoff, never taken from an earlier card: so they exist in the first period of use, too, do
not depend on which scheme was in force, and come out the same in a what-if. They are stored
on the line, so that a published card does not move when records of the past do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appraisal.metrics import Level, Measurement, MetricRequest, collect, request
from appraisal.metrics.populations import COMPANY
from appraisal.models import DepartmentCoefficient, Period, SchemeItem, SchemeVersion
from appraisal.periods import calendar
from appraisal.periods.seats import seats
from appraisal.schemes.queries import covering
from appraisal.scorecards.build import ONE, BuiltCard, Measured, Seat, Source, build
from appraisal.scoring import Need, parse
from kpi_portal.core.decimals import exact_text
from kpi_portal.core.errors import DomainError
from kpi_portal.core.time import Window, midnight
from kpi_portal.people.queries import company, zone


class NoScheme(DomainError):
    """No active scheme covers anybody in the period."""

    code = "no_covering_scheme"
    status = 409


@dataclass(frozen=True, slots=True)
class Span:
    """The instants of a period and how far a run looks."""

    window: Window
    cutoff: datetime


WHEN = ("now", "previous", "last_year")
NEEDS: Mapping[Need, tuple[str, Level]] = {
    Need.PREVIOUS: ("previous", Level.AGENT),
    Need.LAST_YEAR: ("last_year", Level.AGENT),
    Need.DEPARTMENT_MEAN: ("now", Level.DEPARTMENT),
    Need.COMPANY_MEAN: ("now", Level.COMPANY),
    Need.LAST_YEAR_MEAN: ("last_year", Level.DEPARTMENT),
}
"""Where each number comes from that a rule takes from outside: which span, whose records."""

Values = Mapping[tuple[str, MetricRequest], Mapping[Any, Measurement]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run scores. `without_scheme` are employee ids that no version covers."""

    period: Period
    cutoff: datetime
    covered: list[tuple[Seat, SchemeVersion]]
    without_scheme: list[int]
    items: Mapping[int, Sequence[SchemeItem]]
    coefficients: Mapping[int, Decimal]
    values: Values = field(repr=False)

    def card(self, seat: Seat, version: SchemeVersion, at: datetime) -> BuiltCard:
        """The unsaved card of one employee."""
        return build(
            self.period,
            seat,
            version,
            [self._source(item, seat) for item in self.items[version.pk]],
            coefficient=self._coefficient(seat, version),
            cutoff=self.cutoff,
            at=at,
        )

    def _coefficient(self, seat: Seat, version: SchemeVersion) -> Decimal:
        if version.coefficient_mode == SchemeVersion.CoefficientMode.MANUAL:
            return self.coefficients.get(seat.department_id, ONE)
        return ONE

    def _source(self, item: SchemeItem, seat: Seat) -> Source:
        asked = request_of(item)
        baseline = previous = None
        for need in parse(item.rule, item.rule_params).needs:
            when, level = NEEDS[need]
            value = self._value(when, asked.at(level), _whose(level, seat))
            if need in (Need.PREVIOUS, Need.LAST_YEAR):
                previous = value
            else:
                baseline = value
        return Source(item, self._measured(asked, seat), baseline, previous)

    def _value(self, when: str, asked: MetricRequest, whose: Any) -> Decimal | None:
        found = self.values.get((when, asked), {}).get(whose)
        return found.value if found else None

    def _measured(self, asked: MetricRequest, seat: Seat) -> Measured:
        found = self.values[("now", asked)].get(_whose(asked.level, seat))
        if found is None:
            return Measured()
        return Measured(
            value=found.value,
            numerator=exact_text(found.numerator),
            denominator=exact_text(found.denominator),
            sample=found.sample,
            left_out=found.left_out,
            reasons={str(reason): count for reason, count in found.reasons.items()},
            is_department=found.is_department_line or asked.level is Level.DEPARTMENT,
        )


def gather(
    period: Period, *, employee_id: int | None = None, cutoff: datetime | None = None
) -> Inputs:
    """Read everything that a run of `period` scores, in a number of statements that depends on
    the metrics used, not on how many people there are.

    `employee_id` narrows to one person, `cutoff` replaces the period's (a projection).
    Raises NoScheme if nobody is covered.
    """
    covers = covering(period.cycle, period.start_on)
    covered: list[tuple[Seat, SchemeVersion]] = []
    without: list[int] = []
    for seat in seats(period, employee_id):
        version = covers.version_for(seat.department_id, seat.position_id)
        if version is None:
            without.append(seat.employee_id)
        else:
            covered.append((seat, version))
    if not covered:
        raise NoScheme(
            _(
                "No active scheme for the cycle “%(cycle)s” covers anybody on %(day)s. Activate a "
                "scheme that is in force from then on."
            )
            % {"cycle": period.get_cycle_display(), "day": period.start_on}
        )
    until = cutoff or midnight(period.cutoff_on, zone())
    items = {version.pk: list(version.items.all()) for _seat, version in covered}
    return Inputs(
        period=period,
        cutoff=until,
        covered=covered,
        without_scheme=without,
        items=items,
        coefficients=_coefficients(period),
        values=_values(period, until, [item for group in items.values() for item in group]),
    )


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
    here = zone()
    return Span(
        Window(midnight(period.start_on, here), midnight(period.end_on, here)),
        midnight(period.cutoff_on, here),
    )


def earlier(code: str, when: str) -> str:
    """The code of the period before (`previous`) or of the same one last year."""
    step = calendar.previous if when == "previous" else calendar.same_last_year
    return str(step(code))


def _coefficients(period: Period) -> dict[int, Decimal]:
    rows = DepartmentCoefficient.objects.filter(period=period, approved_at__isnull=False)
    return dict(rows.values_list("department_id", "value"))


def _values(period: Period, cutoff: datetime, items: Iterable[SchemeItem]) -> Values:
    """Each distinct request once, grouped by span."""
    wanted: dict[str, set[MetricRequest]] = {when: set() for when in WHEN}
    for item in items:
        asked = request_of(item)
        wanted["now"].add(asked)
        for need in parse(item.rule, item.rule_params).needs:
            when, level = NEEDS[need]
            wanted[when].add(asked.at(level))
    values: dict[tuple[str, MetricRequest], Mapping[Any, Measurement]] = {}
    for when, requests in wanted.items():
        if requests:
            span = _span(period, cutoff, when)
            ordered = sorted(requests, key=lambda each: each.argument)
            found = collect(ordered, span.window, span.cutoff)
            values.update({(when, each): found[each] for each in ordered})
    return values


def _span(period: Period, cutoff: datetime, when: str) -> Span:
    if when == "now":
        return Span(span_of_row(period).window, cutoff)
    return span_of(earlier(period.code, when))


def _whose(level: Level, seat: Seat) -> Any:
    if level is Level.AGENT:
        return seat.employee_id
    return seat.department_id if level is Level.DEPARTMENT else COMPANY
