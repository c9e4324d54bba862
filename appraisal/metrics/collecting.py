"""Measures everybody at once: one statement per anchor, however many agents and indicators.

Six statements at most: created, resolved, falling due (promises and windows), answered, orders,
and the middle rows of medians. The database counts and adds up whole numbers; division is exact
and in Python, so that both databases give the same figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import F, Q

from appraisal.metrics import measuring, per_order
from appraisal.metrics.base import Anchor, Level, Measurement, MetricRequest, Reason, Shape
from appraisal.metrics.populations import (
    Key,
    group_of,
    key_of,
    metric_of,
    narrow_of,
    reading_of,
    rows_of,
)
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Branch, Row, totals
from tickets.measures import middles, number, total

Measured = dict[int, Measurement]
STATEMENTS = {
    Anchor.CREATED: "created",
    Anchor.RESOLVED: "resolved",
    Anchor.PROMISED: "due",
    Anchor.WINDOW_END: "due",
    Anchor.ANSWERED: "answered",
}


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
    distinct = list(dict.fromkeys(asked.values()))
    by_record = [each for each in distinct if metric_of(each).shape is not Shape.PER_ORDER]
    ratios = [each for each in distinct if metric_of(each).shape is Shape.PER_ORDER]
    results: dict[MetricRequest, Measured] = {}
    middle = _middles(by_record, window, cutoff)
    for _statement, members in groupby(sorted(by_record, key=_statement_of), key=_statement_of):
        results |= _one_statement(list(members), window, cutoff, middle)
    results |= per_order.measured(ratios, window, cutoff)
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
    return {
        request: found[wanted].get(measuring.COMPANY, measuring.NO_DATA)
        for request, wanted in asked.items()
    }


def _statement_of(request: MetricRequest) -> str:
    return STATEMENTS[metric_of(request).anchor]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row a request finds its numbers."""

    every: int
    left_out: tuple[tuple[Reason, int], ...]
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
                (reason, self._column(None, narrow & condition))
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


def _one_statement(
    requests: Sequence[MetricRequest],
    window: Window,
    cutoff: datetime,
    middle: Mapping[MetricRequest, Mapping[int, list[int]]],
) -> dict[MetricRequest, Measured]:
    tallies: dict[Key, _Tally] = {}
    for request in requests:
        key = key_of(request)
        tallies.setdefault(key, _Tally(key)).add(request, cutoff)
    found = totals([tally.branch(window, cutoff) for tally in tallies.values()])
    results: dict[MetricRequest, Measured] = {}
    for tally, rows in zip(tallies.values(), found, strict=True):
        for request, columns in tally.requests.items():
            results[request] = _measured(request, columns, rows, middle.get(request, {}))
    return results


def _measured(
    request: MetricRequest,
    columns: _Columns,
    rows: list[Row],
    middle: Mapping[int, list[int]],
) -> Measured:
    every, left_out, top = columns.every, columns.left_out, columns.top
    shape = metric_of(request).shape
    if metric_of(request).anchor is Anchor.ANSWERED:
        parts = [(row[0], row[1], row[every], row[top] or 0) for row in rows if row[every]]
        return measuring.of_answers(shape, parts)
    measured: Measured = {}
    for row in rows:
        if row[every] and row[0] is not None:
            reasons = {reason: row[place] for reason, place in left_out if row[place]}
            counted = row[every] - sum(reasons.values()) if reasons else row[every]
            measured[row[0]] = measuring.of_records(
                shape, row[top] or 0, counted, reasons, middle.get(row[0])
            )
    return measured


def _middles(
    requests: Sequence[MetricRequest], window: Window, cutoff: datetime
) -> dict[MetricRequest, dict[int, list[int]]]:
    """For each median its one or two middle amounts per group, all in one statement."""
    medians = [each for each in requests if metric_of(each).shape is Shape.MEDIAN]
    groups = []
    for request in medians:
        key, reading = key_of(request), reading_of(request, cutoff)
        rows = rows_of(key, window, cutoff).filter(narrow_of(request) & reading.counted)
        groups.append((rows, group_of(key), reading.amount))
    return dict(zip(medians, middles(groups), strict=True))
