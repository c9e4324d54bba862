"""Complaints per order: the agent's own where orders carry an agent, else the department's.

Never one over the other: what is above the line and what is below it are of the same people.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from django.db.models import F

from appraisal.metrics.base import Level, Measurement, MetricRequest
from appraisal.metrics.measuring import per_order
from appraisal.metrics.populations import COMPANY, asked_of, own_of
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Branch, Row, Totals
from tickets import measures

Counts = dict[int, int]
Pairs = Mapping[tuple[int | None, int | None], int]


@dataclass(frozen=True, slots=True)
class _Facts:
    """Orders of the window by (agent, department), and where everybody belongs at its end.

    A None agent is nobody or a bot, a None department unknown.
    """

    orders: Pairs
    homes: Mapping[int, int]
    by_agent: Counts = field(default_factory=lambda: defaultdict(int))
    by_department: Counts = field(default_factory=lambda: defaultdict(int))
    with_agents: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for (agent, department), number in self.orders.items():
            if department is not None:
                self.by_department[department] += number
            if agent is not None:
                self.by_agent[agent] += number
                if department is not None:
                    self.with_agents.add(department)


@dataclass(frozen=True, slots=True)
class Plan:
    """The compiled statement for a set of requests, good for any window.

    Its parts: orders, homes, and for each metric its records.
    """

    requests: Sequence[Sequence[MetricRequest]]
    totals: Totals

    @classmethod
    def of(cls, requests: Sequence[MetricRequest], window: Window, cutoff: datetime) -> Self:
        """Compiles one statement for requests of metrics per order."""
        of_metric: dict[str, list[MetricRequest]] = defaultdict(list)
        for request in requests:
            of_metric[request.metric].append(request)
        volumes = Branch(
            measures.orders(window, cutoff),
            (measures.person_id("agent"), F("department_id")),
            (measures.total_of("orders"),),
        )
        homes = Branch(measures.homes(window), (F("employee_id"), F("department_id")), ())
        records = [
            Branch(
                measures.created(window, cutoff).filter(own_of(members[0])),
                (measures.person_id("agent"), measures.department_id("agent", "created_at")),
                tuple(measures.number(asked_of(request)) for request in members),
            )
            for members in of_metric.values()
        ]
        return cls(list(of_metric.values()), Totals.of([volumes, homes, *records]))

    def run(self, window: Window, cutoff: datetime) -> dict[MetricRequest, dict[int, Measurement]]:
        """The measurements of all requests."""
        orders, homes, *records = self.totals.run(window, cutoff)
        facts = _Facts(_pairs(orders, 2), {row[0]: row[1] for row in homes})
        return {
            request: _measured(request.level, _pairs(rows, 2 + place), facts)
            for members, rows in zip(self.requests, records, strict=True)
            for place, request in enumerate(members)
        }


def _pairs(rows: Sequence[Row], place: int) -> Pairs:
    return {(row[0], row[1]): row[place] for row in rows if row[place]}


def _measured(level: Level, complaints: Pairs, facts: _Facts) -> dict[int, Measurement]:
    if level is Level.COMPANY:
        everything = sum(complaints.values()), sum(facts.orders.values())
        return {COMPANY: per_order(*everything)}
    of_agent: Counts = defaultdict(int)
    of_department: Counts = defaultdict(int)
    last_seen: dict[int, int] = {}
    for (agent, department), number in complaints.items():
        if agent is not None:
            of_agent[agent] += number
        if department is not None:
            of_department[department] += number
            if agent is not None:
                last_seen[agent] = department
    if level is Level.DEPARTMENT:
        listed = of_department.keys() | facts.by_department.keys()
        return {
            department: per_order(
                of_department.get(department, 0), facts.by_department[department]
            )
            for department in listed
        }
    return _by_agent(of_agent, of_department, {**last_seen, **facts.homes}, facts)


def _by_agent(
    of_agent: Counts, of_department: Counts, homes: Mapping[int, int], facts: _Facts
) -> dict[int, Measurement]:
    found = {
        agent: per_order(of_agent.get(agent, 0), orders)
        for agent, orders in facts.by_agent.items()
    }
    for agent in of_agent.keys() | homes.keys():
        department = homes.get(agent)
        if agent in found:
            continue
        if department in facts.by_department and department not in facts.with_agents:
            line = per_order(of_department.get(department, 0), facts.by_department[department])
            found[agent] = line._replace(is_department_line=True)
        elif agent in of_agent:
            found[agent] = per_order(of_agent[agent], 0)
    return found
