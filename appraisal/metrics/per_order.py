"""Complaints per order: the agent's own where orders carry an agent, else the department's.

Never one over the other: what is above the line and what is below it are of the same people.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from appraisal.metrics.base import Level, Measurement, MetricRequest
from appraisal.metrics.measuring import quotient
from appraisal.metrics.populations import COMPANY, narrow_of
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Branch, Row, totals
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


def measured(
    requests: Sequence[MetricRequest], window: Window, cutoff: datetime
) -> dict[MetricRequest, dict[int, Measurement]]:
    """The measurements of all requests, in one statement."""
    if not requests:
        return {}
    conditions = [narrow_of(request) for request in requests]
    records, orders, homes = totals(
        [
            Branch(
                measures.created(window, cutoff),
                (measures.person_id("agent"), measures.department_id("agent", "created_at")),
                tuple(measures.number(condition) for condition in conditions),
            ),
            Branch(
                measures.orders(window, cutoff),
                (measures.person_id("agent"), measures.plain("department_id")),
                (measures.total_of("orders"),),
            ),
            Branch(
                measures.homes(window),
                (measures.plain("employee_id"), measures.plain("department_id")),
                (),
            ),
        ]
    )
    facts = _Facts(_pairs(orders, 2), {row[0]: row[1] for row in homes})
    return {
        request: _measured(request.level, _pairs(records, 2 + place), facts)
        for place, request in enumerate(requests)
    }


def _pairs(rows: Sequence[Row], place: int) -> Pairs:
    return {(row[0], row[1]): row[place] for row in rows if row[place]}


def _measured(level: Level, complaints: Pairs, facts: _Facts) -> dict[int, Measurement]:
    if level is Level.COMPANY:
        everything = sum(complaints.values()), sum(facts.orders.values())
        return {COMPANY: _rate(*everything)}
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
            department: _rate(of_department.get(department, 0), facts.by_department[department])
            for department in listed
        }
    return _by_agent(of_agent, of_department, {**last_seen, **facts.homes}, facts)


def _by_agent(
    of_agent: Counts, of_department: Counts, homes: Mapping[int, int], facts: _Facts
) -> dict[int, Measurement]:
    found = {
        agent: _rate(of_agent.get(agent, 0), orders) for agent, orders in facts.by_agent.items()
    }
    for agent in of_agent.keys() | homes.keys():
        department = homes.get(agent)
        if agent in found:
            continue
        if department in facts.by_department and department not in facts.with_agents:
            line = _rate(of_department.get(department, 0), facts.by_department[department])
            found[agent] = line._replace(is_department_line=True)
        elif agent in of_agent:
            found[agent] = _rate(of_agent[agent], 0)
    return found


def _rate(complaints: int, orders: int) -> Measurement:
    if not orders:
        return Measurement(None, 0, 0, 0, {})
    return Measurement(quotient(complaints * 100, orders), complaints, orders, orders, {})
