"""Measures everybody at once: one statement per anchor, however many agents and indicators.

Six statements at most: created, resolved, falling due (promises and windows), answered, orders,
and the middle rows of medians. The database counts and adds up whole numbers; division is exact
and in Python, so that both databases give the same figures.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import F, Q

from appraisal.metrics import measuring, per_order
from appraisal.metrics.base import (
    NO_DATA,
    Anchor,
    Collector,
    Level,
    Measurement,
    MetricRequest,
    Shape,
)
from appraisal.metrics.measuring import Measured
from appraisal.metrics.populations import (
    COMPANY,
    Key,
    group_of,
    key_of,
    metric_of,
    narrow_of,
    reading_of,
    rows_of,
)
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Branch, Row, Statement, Totals, stand_ins
from kpi_portal.people.queries import zone
from tickets.measures import middles, number, total

STATEMENTS = {
    Anchor.CREATED: "created",
    Anchor.RESOLVED: "resolved",
    Anchor.PROMISED: "due",
    Anchor.WINDOW_END: "due",
    Anchor.ANSWERED: "answered",
}
PLANS = 256  # compiled sets of requests kept per process: schemes × levels


def collect(
    requests: Iterable[MetricRequest],
    window: Window,
    cutoff: datetime,
    *,
    departments: bool = False,
) -> dict[MetricRequest, Measured]:
    """For each request, the measurement of everybody with a record of its anchor and filter.

    Measurements stand under the employee's id; those of a request at department level (or of
    all, with `departments`) under the department's, at company level under 0. `cutoff` is how
    far the run looks: an instant not after it has happened.
    """
    asked = {
        request: request.at(Level.DEPARTMENT) if departments else request for request in requests
    }
    distinct = tuple(dict.fromkeys(asked.values()))
    own = [request for request in distinct if metric_of(request).collect]
    plan = _plan(tuple(r for r in distinct if r not in own), zone().key, connection.vendor)
    results = plan.run(window, cutoff)
    for collector, members in _by_collector(own).items():
        results |= collector(members, window, cutoff)
    return {request: results[wanted] for request, wanted in asked.items()}


def measure_departments(
    requests: Iterable[MetricRequest], window: Window, cutoff: datetime
) -> dict[MetricRequest, Measured]:
    """As `collect`, over the pooled records of each department, under the department's id."""
    return collect(requests, window, cutoff, departments=True)


def measure_company(
    requests: Iterable[MetricRequest], window: Window, cutoff: datetime
) -> dict[MetricRequest, Measurement]:
    """As `collect`, over all records of the company; NO_DATA without any."""
    asked = {request: request.at(Level.COMPANY) for request in requests}
    found = collect(asked.values(), window, cutoff)
    return {request: found[wanted].get(COMPANY, NO_DATA) for request, wanted in asked.items()}


def _by_collector(requests: Iterable[MetricRequest]) -> dict[Collector, list[MetricRequest]]:
    """The requests of metrics that are measured in a way of their own, by that way."""
    found: dict[Collector, list[MetricRequest]] = defaultdict(list)
    for request in requests:
        collector = metric_of(request).collect
        assert collector is not None
        found[collector].append(request)
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row a request finds its numbers; left-out counts by the reason's text."""

    every: int
    left_out: tuple[tuple[str, int], ...]
    top: int


@dataclass(slots=True)
class _Tally:
    """The counts and sums wanted of one set of rows; equal ones are asked for once."""

    key: Key
    columns: dict[tuple[Any, Q], int] = field(default_factory=dict)
    requests: dict[MetricRequest, _Columns] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[Any, ...]:
        """Answers also go by scale, so that their sums stay whole."""
        if self.key.anchor is Anchor.ANSWERED:
            return group_of(self.key), F("scale")
        return (group_of(self.key),)

    def add(self, request: MetricRequest, cutoff: datetime) -> None:
        narrow, reading = narrow_of(request), reading_of(request, cutoff)
        top = reading.counted if reading.hit is None else reading.hit
        self.requests[request] = _Columns(
            every=self._column(None, narrow),
            left_out=tuple(
                (str(reason), self._column(None, narrow & condition))
                for reason, condition in reading.left_out.items()
            ),
            top=self._column(reading.amount, narrow & top),
        )

    def branch(self, window: Window, cutoff: datetime) -> Branch:
        wanted = (
            number(condition) if amount is None else total(amount, condition)
            for amount, condition in self.columns
        )
        return Branch(rows_of(self.key, window, cutoff), self.groups, tuple(wanted))

    def _column(self, amount: Any, condition: Q) -> int:
        place = len(self.groups) + len(self.columns)
        return self.columns.setdefault((amount, condition), place)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The compiled statements for a set of requests, good for any window."""

    tallies: list[tuple[Totals, list[_Tally]]]
    medians: list[MetricRequest]
    middles: Statement | None
    per_order: per_order.Plan | None

    def run(self, window: Window, cutoff: datetime) -> dict[MetricRequest, Measured]:
        results: dict[MetricRequest, Measured] = {}
        for totals, tallies in self.tallies:
            for tally, rows in zip(tallies, totals.run(window, cutoff), strict=True):
                for request, columns in tally.requests.items():
                    results[request] = _measured(request, columns, rows)
        if self.middles:
            rows = self.middles.run(window, cutoff)
            middles = measuring.medians_of(len(self.medians), rows)
            for request, found in zip(self.medians, middles, strict=True):
                measuring.with_medians(results[request], found)
        if self.per_order:
            results |= self.per_order.run(window, cutoff)
        return results


@lru_cache(maxsize=PLANS)
def _plan(requests: tuple[MetricRequest, ...], zone_key: str, vendor: str) -> _Plan:
    """Compiles the statements. Zone and database are part of the key, for they are in the SQL."""
    window, cutoff = stand_ins()
    ratios = [each for each in requests if metric_of(each).shape is Shape.PER_ORDER]
    others = sorted((each for each in requests if each not in ratios), key=_statement_of)
    medians = [each for each in others if metric_of(each).shape is Shape.MEDIAN]
    groups = []
    for request in medians:
        key, reading = key_of(request), reading_of(request, cutoff)
        rows = rows_of(key, window, cutoff).filter(narrow_of(request) & reading.counted)
        groups.append((rows, group_of(key), reading.amount))
    return _Plan(
        [
            _tallied(list(members), window, cutoff)
            for _statement, members in groupby(others, key=_statement_of)
        ],
        medians,
        Statement.of(middles(groups)) if groups else None,
        per_order.Plan.of(ratios, window, cutoff) if ratios else None,
    )


def _statement_of(request: MetricRequest) -> str:
    return STATEMENTS[metric_of(request).anchor]


def _tallied(
    requests: Sequence[MetricRequest], window: Window, cutoff: datetime
) -> tuple[Totals, list[_Tally]]:
    tallies: dict[Key, _Tally] = {}
    for request in requests:
        key = key_of(request)
        tallies.setdefault(key, _Tally(key)).add(request, cutoff)
    branches = [tally.branch(window, cutoff) for tally in tallies.values()]
    return Totals.of(branches), list(tallies.values())


def _measured(request: MetricRequest, columns: _Columns, rows: list[Row]) -> Measured:
    metric = metric_of(request)
    if metric.anchor is Anchor.ANSWERED:
        return measuring.of_answers(metric.shape, rows, columns.every, columns.top)
    return measuring.of_records(metric.shape, rows, columns.every, columns.left_out, columns.top)
