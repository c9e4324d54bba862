"""Complaints per order: the agent's own where orders carry an agent, else the department's.

Never one over the other: what is above the line and what is below it are of the same people.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from django.db.models import F

from appraisal.metrics.base import COMPANY, NO_DATA, Level, Measurement, MetricRequest, Reason
from appraisal.metrics.excluded import Exclusions
from appraisal.metrics.measuring import per_order
from appraisal.metrics.populations import asked_of, excluded_of, own_of
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Branch, Row
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
class Share:
    """Requests of metrics per order, and their part of a statement.

    Its branches: orders, homes, and for each metric and level its records.
    """

    requests: Sequence[Sequence[MetricRequest]]
    exclusions: Exclusions = ()

    @classmethod
    def of(cls, requests: Sequence[MetricRequest], exclusions: Exclusions) -> Self:
        of_metric: dict[str, list[MetricRequest]] = defaultdict(list)
        for request in requests:
            of_metric[request.metric].append(request)
        return cls(list(of_metric.values()), exclusions)

    def branches(self, window: Window, cutoff: datetime) -> list[Branch]:
        """Orders, homes, and the records above the line."""
        volumes = Branch(
            measures.orders(window, cutoff),
            (measures.person_id("agent"), F("department_id")),
            (measures.total_of("orders"),),
        )
        homes = Branch(measures.homes(window), (F("employee_id"), F("department_id")), ())
        return [volumes, homes, *(self._records(each, window, cutoff) for each in self.requests)]

    def _records(
        self, members: Sequence[MetricRequest], window: Window, cutoff: datetime
    ) -> Branch:
        home = measures.department_id("agent", "created_at")
        rows = measures.created(window, cutoff).filter(own_of(members[0])).alias(home=home)
        columns = []
        for request in members:
            asked, out = asked_of(request), excluded_of(request, self.exclusions)
            if out is None:
                columns += [measures.number(asked), measures.nothing()]
            else:
                columns += [measures.number(asked & ~out), measures.number(asked & out)]
        return Branch(rows, (measures.person_id("agent"), home), tuple(columns))

    def measured(self, rows: Sequence[list[Row]]) -> dict[MetricRequest, dict[int, Measurement]]:
        """The measurements of all requests."""
        orders, homes, *records = rows
        facts = _Facts(_pairs(orders, 2), {row[0]: row[1] for row in homes})
        return {
            request: _with_excluded(
                _measured(request.level, _pairs(found, 2 + 2 * place), facts),
                request.level,
                _pairs(found, 3 + 2 * place),
            )
            for members, found in zip(self.requests, records, strict=True)
            for place, request in enumerate(members)
        }


def _with_excluded(
    measured: dict[int, Measurement], level: Level, excluded: Pairs
) -> dict[int, Measurement]:
    """The same with the records that exclusions took out counted beside it."""
    counts: Counts = defaultdict(int)
    for (agent, department), number in excluded.items():
        owner = {Level.AGENT: agent, Level.DEPARTMENT: department, Level.COMPANY: COMPANY}[level]
        if owner is not None:
            counts[owner] += number
    for owner, number in counts.items():
        found = measured.get(owner, NO_DATA)
        if not found.is_department_line:
            measured[owner] = found._replace(reasons={str(Reason.EXCLUDED): number})
    return measured


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
