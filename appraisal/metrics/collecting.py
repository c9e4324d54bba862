"""Measures everybody at once: one statement per anchor, however many agents and indicators.

Six statements at most: approved exclusions; created; resolved; falling due (promises, visits and
windows); answers and orders; the middle rows of medians. With service hours two more tell them,
and those of tickets are one. The database counts and adds up whole numbers; division is exact
and in Python, so that both databases give the same figures.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, Self

from django.db import connection

from appraisal.metrics import dimensions, excluded, measuring, per_order
from appraisal.metrics.base import (
    COMPANY,
    NO_DATA,
    Anchor,
    Collector,
    Level,
    Measurement,
    MetricRequest,
    Shape,
)
from appraisal.metrics.excluded import Exclusions
from appraisal.metrics.measuring import Measured
from appraisal.metrics.populations import (
    Key,
    group_of,
    key_of,
    metric_of,
    narrow_of,
    reading_of,
    rows_of,
)
from appraisal.metrics.tally import Share, Tally
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Statement, Totals, stand_ins
from kpi_portal.people.queries import zone
from tickets import hours
from tickets.measures import middles

ANSWERED = "answered and ordered"
STATEMENTS = {
    Anchor.CREATED: "created",
    Anchor.RESOLVED: "resolved",
    Anchor.PROMISED: "due",
    Anchor.VISIT: "due",
    Anchor.WINDOW_END: "due",
    Anchor.ANSWERED: ANSWERED,
    Anchor.INVITED: ANSWERED,
}
# With service hours to be read as well, fewer statements, so that there are never more than six.
MERGED = {"resolved": "tickets", "created": "tickets", "due": "tickets"}
PLANS = 256  # compiled sets of requests kept per process: schemes × levels


def collect(
    requests: Iterable[MetricRequest],
    window: Window,
    cutoff: datetime,
    *,
    departments: bool = False,
    squares: bool = False,
    decided_by: datetime | None = None,
) -> dict[MetricRequest, Measured]:
    """For each request, the measurement of everybody with a record of its anchor and filter.

    Measurements stand under the employee's id; those of a request at department level (or of
    all, with `departments`) under the department's, at company level under 0. `cutoff` is how
    far the run looks: an instant not after it has happened. With `squares`, means carry the sum
    of their squared amounts. `decided_by`: exclusions approved later do not count.
    """
    asked = {
        request: request.at(Level.DEPARTMENT) if departments else request for request in requests
    }
    distinct = tuple(dict.fromkeys(asked.values()))
    own = [request for request in distinct if metric_of(request).collect]
    read = tuple(request for request in distinct if request not in own)
    results = _read(read, window, cutoff, squares, decided_by) if read else {}
    for collector, members in _by_collector(own).items():
        results |= collector(members, window, cutoff, decided_by)
    return {request: results[wanted] for request, wanted in asked.items()}


def _read(
    requests: tuple[MetricRequest, ...],
    window: Window,
    cutoff: datetime,
    with_squares: bool,
    decided_by: datetime | None,
) -> dict[MetricRequest, Measured]:
    """What is read from tickets, answers and orders."""
    table = None
    if any(("clock", "working") in request.params for request in requests):
        table = hours.table(window.end, cutoff)
    settings = _Settings(
        zone().key,
        connection.vendor,
        with_squares,
        excluded.approved(window, decided_by),
        table.places if table else (),
    )
    with hours.filled(table):
        return _plan(requests, settings).run(window, cutoff)


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
class _Part:
    """A statement and the shares that its branches belong to."""

    totals: Totals
    shares: list[tuple[Share, int]]

    @classmethod
    def of(cls, shares: Sequence[Share], window: Window, cutoff: datetime) -> Self:
        branches = [share.branches(window, cutoff) for share in shares]
        flat = [branch for of_share in branches for branch in of_share]
        return cls(Totals.of(flat), list(zip(shares, map(len, branches), strict=True)))

    def run(self, window: Window, cutoff: datetime) -> dict[MetricRequest, Measured]:
        rows = self.totals.run(window, cutoff)
        found: dict[MetricRequest, Measured] = {}
        for share, branches in self.shares:
            found |= share.measured(rows[:branches])
            rows = rows[branches:]
        return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """The compiled statements for a set of requests, good for any window."""

    parts: list[_Part]
    medians: list[MetricRequest]
    middles: Statement | None

    def run(self, window: Window, cutoff: datetime) -> dict[MetricRequest, Measured]:
        results: dict[MetricRequest, Measured] = {}
        for part in self.parts:
            results |= part.run(window, cutoff)
        if self.middles:
            rows = self.middles.run(window, cutoff)
            middles = measuring.medians_of(len(self.medians), rows)
            for request, found in zip(self.medians, middles, strict=True):
                measuring.with_medians(results[request], found)
        return results


class _Settings(NamedTuple):
    """What, beside the requests, a compiled statement depends on."""

    zone_key: str
    vendor: str
    with_squares: bool
    exclusions: Exclusions
    places: hours.Places


@lru_cache(maxsize=PLANS)
def _plan(requests: tuple[MetricRequest, ...], settings: _Settings) -> _Plan:
    """Compiles the statements."""
    window, cutoff = stand_ins()
    with hours.served(settings.places):
        shares = _shares(requests, settings, cutoff)
        parts = [_Part.of(members, window, cutoff) for members in shares.values()]
        medians = [each for each in requests if metric_of(each).shape is Shape.MEDIAN]
        groups = []
        for request in medians:
            key = key_of(request, cutoff, settings.exclusions)
            reading = reading_of(request, cutoff, settings.exclusions)
            rows = rows_of(key, window, cutoff).filter(narrow_of(request) & reading.counted)
            groups.append((rows, group_of(key), reading.amount))
        return _Plan(parts, medians, Statement.of(middles(groups)) if groups else None)


def _shares(
    requests: Sequence[MetricRequest], settings: _Settings, cutoff: datetime
) -> dict[str, list[Share]]:
    """What each statement is made of."""
    shares: dict[str, list[Share]] = defaultdict(list)
    tallies: dict[Key, Tally] = {}
    indices: dict[Key, list[MetricRequest]] = defaultdict(list)
    ratios: list[MetricRequest] = []
    for request in requests:
        shape = metric_of(request).shape
        if shape is Shape.PER_ORDER:
            ratios.append(request)
            continue
        key = key_of(request, cutoff, settings.exclusions)
        if shape is Shape.INDEX:
            indices[replace(key, is_covered=False)].append(request)
            continue
        if key not in tallies:
            tallies[key] = Tally(key, settings.exclusions, settings.with_squares)
            statement = STATEMENTS[key.anchor]
            shares[MERGED.get(statement, statement) if settings.places else statement].append(
                tallies[key]
            )
        tallies[key].add(request, cutoff)
    for key, members in indices.items():
        shares[ANSWERED].append(dimensions.Share(key, members, settings.exclusions))
    if ratios:
        shares[ANSWERED].append(per_order.Share.of(ratios, settings.exclusions))
    return shares
