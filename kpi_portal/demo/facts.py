"""Tickets, answers and orders of the demo company, as rows for the ordinary loaders.

Durations are lognormal with heavy tails, people differ lastingly, newcomers learn, festivals
slow everybody down. The same seed and dates give the same rows.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from kpi_portal.demo.cast import UNITS, Cast, Person, Unit
from kpi_portal.demo.rhythm import count, load, rests, season, second_of_day, span
from kpi_portal.demo.surroundings import Surroundings

Row = dict[str, object]

CATEGORIES = {
    "inquiry": ("订单查询", "物流进度", "优惠活动", "账户设置", "发票开具"),
    "complaint": ("物流延误", "服务态度", "商品质量", "退款超时", "虚假宣传"),
    "repair": ("无法开机", "配件损坏", "安装问题", "异响"),
    "return": ("七天无理由", "尺寸不符", "错发漏发"),
    "refund_dispute": ("退款金额", "运费争议"),
    "suggestion": ("功能建议", "流程建议"),
}
# Median seconds to the first response per channel.
RESPONSE = {"chat": 38, "app": 55, "hotline": 19, "social": 80}
# Median hours from first response to resolution per kind.
SOLVING = {
    "inquiry": 0.25,
    "complaint": 7.0,
    "repair": 20.0,
    "return": 14.0,
    "refund_dispute": 10.0,
    "suggestion": 2.0,
}
CUSTOMERS = 24_000


@dataclass(frozen=True, slots=True)
class Temper:
    """How an agent differs from the average, for good: factors on time, shares, satisfaction."""

    pace: float
    care: float
    solving: float
    index: int


def tempers(random: Random, cast: Cast) -> dict[str, Temper]:
    """By employee no."""
    return {
        person.number: Temper(
            pace=exp(random.gauss(0.12, 0.3)),
            care=random.gauss(0, 1),
            solving=exp(random.gauss(0.05, 0.18)),
            index=index,
        )
        for index, person in enumerate(cast.agents())
    }


def _pick(random: Random, shares: tuple[tuple[str, float], ...]) -> str:
    point = random.random()
    for key, share in shares:
        point -= share
        if point < 0:
            return key
    return shares[-1][0]


def _unit_on(cast: Cast, person: Person, day: date) -> Unit:
    code = person.department
    for move in cast.moves:
        if move.number == person.number and day >= move.on:
            code = move.department
    return next(unit for unit in UNITS if unit.code == code)


def _works(person: Person, index: int, day: date) -> bool:
    employed = person.hired_on <= day and (person.left_on is None or day < person.left_on)
    return employed and not rests(index, day)


class Book:
    """Writes tickets and answers for a span of days. Iterate `tickets()`, then `answers`."""

    def __init__(
        self,
        random: Random,
        cast: Cast,
        start: date,
        now: datetime,
        zone: ZoneInfo,
        *,
        share: float = 1.0,
    ) -> None:
        """`share` thins the tickets (1.0 = all); `now` aware: nothing later has happened."""
        self.random, self.cast, self.start, self.now, self.zone = (
            random,
            cast,
            start,
            now,
            zone,
        )
        self.share = share
        self.tempers = tempers(random, cast)
        self.answers: list[Row] = []
        self._number = 0
        # Draws of its own, so that the tickets stay as they are when more is told of them.
        self.around = Surroundings(Random(f"{start} around tickets"))
        self._complaints: deque[Row] = deque(maxlen=400)

    def tickets(self) -> Iterator[Row]:
        """Rows in order of creation day. Also fills `answers`."""
        today = self.now.astimezone(self.zone).date()
        agents = self.cast.agents()
        for day in span(self.start, today + timedelta(days=1)):
            busy = load(day) * 7 / 5 * self.share
            on_duty = [p for p in agents if _works(p, self.tempers[p.number].index, day)]
            for person in on_duty:
                unit = _unit_on(self.cast, person, day)
                for _ in range(count(self.random, unit.per_day * busy * 5 / 7)):
                    row = self._ticket(person, unit, day, on_duty)
                    if row is not None:
                        yield row

    def _experience(self, person: Person, day: date) -> float:
        """A factor on times that falls from 1.6 to 1 in the first 90 days."""
        days = (day - person.hired_on).days
        return 1 + 0.6 * max(0.0, 1 - days / 90)

    def _ticket(self, person: Person, unit: Unit, day: date, on_duty: list[Person]) -> Row | None:
        random, temper = self.random, self.tempers[person.number]
        created = datetime.combine(day, time(), self.zone).astimezone(UTC) + timedelta(
            seconds=second_of_day(random)
        )
        if created >= self.now:
            return None
        self._number += 1
        kind, channel = _pick(random, unit.kinds), _pick(random, unit.channels)
        slow = self._experience(person, day) * season(day) ** 0.6
        response = RESPONSE[channel] * temper.pace * slow * exp(random.gauss(0, 0.62))
        if random.random() < 0.01:
            response *= random.uniform(6, 25)
        responded = created + timedelta(seconds=int(response) + 1)
        hours = SOLVING[kind] * temper.solving * slow * exp(random.gauss(0, 0.75))
        resolved = responded + timedelta(seconds=int(hours * 3600) + 30)
        unanswered, unsolved = random.random() < 0.004, random.random() < 0.012
        first_try = random.random() < min(0.985, 0.885 + 0.035 * temper.care)
        escalated = random.random() < max(
            0.004, (0.052 if kind == "complaint" else 0.012) * (1 - 0.35 * temper.care)
        )
        contacts = 1 if first_try else 2 + (random.random() < 0.3)
        transferred = not first_try and random.random() < 0.25
        reopened = random.random() < max(0.003, 0.022 - 0.008 * temper.care)
        answered = responded <= self.now and not unanswered
        done = answered and not unsolved and resolved <= self.now
        first = random.choice(on_duty).number if random.random() < 0.03 else person.number
        row: Row = {
            "external_id": f"D{self._number:07d}",
            "kind": kind,
            "channel": channel,
            "category": random.choice(CATEGORIES[kind]),
            "priority": "紧急" if random.random() < 0.08 else "普通",
            "customer": f"13{random.randrange(10)}{random.randrange(CUSTOMERS):08d}",
            "agent": person.number,
            "first_agent": first,
            "department": unit.code,
            "status": "resolved" if done else "open",
            "created_at": created,
            "first_response_at": responded if answered else None,
            "resolved_at": resolved if done else None,
            "last_resolved_at": resolved + timedelta(hours=5) * reopened if done else None,
            "promised_at": created + timedelta(hours=48 if kind != "inquiry" else 24),
            "source_updated_at": resolved if done else max(created, min(responded, self.now)),
            "handle_seconds": int(180 * temper.pace * exp(random.gauss(0, 0.5))) + 20,
            "contacts": contacts,
            "transfers": int(transferred),
            "reopens": int(reopened and done),
            "escalated": escalated,
        }
        if kind == "complaint":
            self._come_back(row)
        self.around.complete(row, temper.care)
        if done and random.random() < (0.34 if kind == "complaint" else 0.24):
            self._answer(row, person, resolved, temper, kind, hours)
        if done:
            self.around.note(row, self.answers, self.now)
        return row

    def _come_back(self, row: Row) -> None:
        """Now and then a complaint is the second one of the same customer about the same thing."""
        if self._complaints and self.random.random() < 0.035:
            earlier = self.random.choice(self._complaints)
            row["customer"], row["category"] = earlier["customer"], earlier["category"]
        self._complaints.append(row)

    def _answer(
        self,
        row: Row,
        person: Person,
        resolved: datetime,
        temper: Temper,
        kind: str,
        hours: float,
    ) -> None:
        random = self.random
        answered = resolved + timedelta(seconds=random.randrange(300, 60 * 3600))
        if answered > self.now:
            return
        mood = random.gauss(4.72, 0.75) + 0.16 * temper.care - (0.22 if kind == "complaint" else 0)
        mood -= 0.25 * (hours > 3 * SOLVING[kind])
        score = 1 if random.random() < 0.015 else max(1, min(5, round(mood)))
        self.answers.append(
            {
                "external_id": f"S{row['external_id']}",
                "ticket": row["external_id"],
                "agent": person.number,
                "channel": row["channel"],
                "answered_at": answered,
                "score": score,
                "scale": 5,
            }
        )


def orders(random: Random, start: date, today: date) -> Iterator[Row]:
    """Orders per day and department, `[start, today)`."""
    for day in span(start, today):
        for unit in UNITS:
            total = int(unit.orders_per_day * load(day) * random.uniform(0.92, 1.08))
            yield {
                "day": day,
                "department": unit.code,
                "orders": total,
                "refunds": int(total * random.uniform(0.02, 0.05)),
                "returns": int(total * random.uniform(0.01, 0.03)),
            }
