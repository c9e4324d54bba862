"""A team with a calculated period, for corrections."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from appraisal.corrections import adjusting
from appraisal.models import AdjustmentRequest, Period, Scorecard
from appraisal.tests.factories import (
    card_of,
    employee_of,
    make_active_version,
    make_period,
    make_work,
    run,
)
from kpi_portal.people.models import Employee, User
from kpi_portal.people.tests.factories import make_department, make_person, make_user

AT = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)
D = Decimal


@dataclass
class Team:
    """An agent with a card of October, calculated, and those who may correct it."""

    agent: User
    colleague: User
    supervisor: User
    hr: User
    second: User
    period: Period

    @property
    def employee(self) -> Employee:
        return employee_of(self.agent)

    @property
    def card(self) -> Scorecard:
        return card_of(self.agent, self.period)


def make_team(**version: Any) -> Team:
    online = make_department("online", name="在线客服")
    supervisor = make_person("supervisor", number="S001", department=online)
    agent, colleague = (
        make_person("agent", number=number, department=online, supervisor=supervisor.employee)
        for number in ("A001", "A002")
    )
    make_active_version(online, **version)
    make_work(agent, frt=80, score=4)
    make_work(colleague, frt=60, score=5)
    period = make_period()
    run(period)
    return Team(agent, colleague, supervisor, make_user("hr"), make_user("hr"), period)


def proposed(team: Team, **fields: Any) -> AdjustmentRequest:
    """The supervisor proposes 90 points for the first line."""
    line = fields.pop("line", team.card.lines.all()[0])
    by = fields.pop("by", team.supervisor)
    given: dict[str, Any] = {
        "points": D("90"),
        "origin": "data_error",
        "reason": "首响记录有误",
    } | fields
    return adjusting.propose(team.card, line=line, by=by, at=AT, **given)
