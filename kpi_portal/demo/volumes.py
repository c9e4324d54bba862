"""Contacts, self-service sessions and rectifications of the demo company."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from kpi_portal.demo.cast import UNITS
from kpi_portal.demo.facts import CUSTOMERS
from kpi_portal.demo.judgements import at, months
from kpi_portal.demo.rhythm import load, span
from kpi_portal.demo.surroundings import CAUSES, Surroundings

Row = dict[str, Any]

PLANNED = 12 * 3600
ACTIONS = {
    "流程": "简化退款审批，节点由五个减为三个",
    "商品": "与供应商复核质检标准，下架问题批次",
    "技能": "组织专项培训并复测",
    "物流": "更换承运商并增设时效预警",
    "政策": "修订七天无理由说明并同步话术",
}


def contacts(random: Random, start: date, today: date) -> Iterator[Row]:
    """Offered and answered per day, department and channel, and the hours open."""
    for day in span(start, today):
        busy = load(day)
        for unit in UNITS:
            for channel, part in unit.channels:
                offered = max(1, int(unit.agents * 9 * part * busy * random.uniform(0.9, 1.1)))
                share = min(0.995, max(0.7, random.gauss(0.95 - 0.05 * (busy - 1), 0.015)))
                closed = random.randrange(0, 90) * 60 if random.random() < 0.04 else 0
                yield {
                    "day": day,
                    "department": unit.code,
                    "channel": channel,
                    "offered": offered,
                    "answered": min(offered, round(offered * share)),
                    "planned": PLANNED,
                    "opened": PLANNED - closed,
                }


def sessions(random: Random, around: Surroundings, start: date, today: date) -> list[Row]:
    """Sessions before tickets, and many more that led to none."""
    for day in span(start, today):
        for _ in range(int(14 * load(day))):
            instant = at(day, 8) + timedelta(seconds=random.randrange(14 * 3600))
            customer = f"13{random.randrange(10)}{random.randrange(CUSTOMERS):08d}"
            around.add_session(instant, customer, random.choice(UNITS).code)
    return around.sessions


def rectifications(random: Random, start: date, today: date) -> Iterator[Row]:
    """One or two per department and month; most are done in time."""
    number = 0
    for first, _following in months(start, today):
        for unit in UNITS:
            for _ in range(1 + (random.random() < 0.4)):
                number += 1
                opened = first + timedelta(days=random.randrange(0, 6))
                due = opened + timedelta(days=random.randrange(10, 40))
                done = due + timedelta(days=random.choice((-6, -4, -3, -2, -1, 0, 0, 3, 8)))
                if opened > today:
                    continue
                cause = random.choice(CAUSES)
                yield {
                    "external_id": f"Z{number:04d}",
                    "cause": cause,
                    "action": ACTIONS[cause],
                    "department": unit.code,
                    "opened_on": opened,
                    "due_on": due,
                    "done_on": max(done, opened) if done < today else None,
                }
