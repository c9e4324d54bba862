"""A small company from one seed, stored and as frames of pandas: the same rows twice."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from appraisal.metrics.tests.facts import (
    DAY,
    HOUR,
    START,
    assign,
    make_agent,
    make_department,
    make_orders,
    new_ticket,
)
from kpi_portal.people.models import WorkCalendarDay
from surveys.models import DimensionScore, SatisfactionAnswer, SurveyInvitation
from tickets.models import CustomerOrder, ServiceHours, Ticket

SEED = 20_261_001
TICKETS = 420
AGENTS, DEPARTMENTS = 6, 2
SECOND = timedelta(seconds=1)
HOLIDAYS = {date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)}
MAKEUPS = {date(2026, 10, 10)}
HOURS = [  # department no., channel, kind of day, opens, closes
    (None, "", "workday", 9 * 60, 12 * 60),
    (None, "", "workday", 13 * 60, 18 * 60),
    (None, "chat", "weekend", 10 * 60, 16 * 60),
    (0, "hotline", "workday", 0, 24 * 60),
    (0, "hotline", "holiday", 8 * 60, 20 * 60),
]
SPANS = (START - 100 * DAY, START + 40 * DAY)


@dataclass(frozen=True)
class World:
    """Frames; instants in UTC. Agents and departments are database ids."""

    tickets: pd.DataFrame
    answers: pd.DataFrame
    invitations: pd.DataFrame
    orders: pd.DataFrame
    volumes: pd.DataFrame
    departments: list[int]


def _maybe(dice: random.Random, share: float, value: Any) -> Any:
    return value if dice.random() < share else None


def _ticket(dice: random.Random, agents: list[Any], departments: list[Any]) -> dict[str, Any]:
    created = SPANS[0] + dice.randrange(140 * 24 * 3600) * SECOND
    if dice.random() < 0.4:
        created = START + dice.randrange(31 * 24 * 3600) * SECOND
    reports_response, reports_resolution = dice.random() < 0.95, dice.random() < 0.95
    frt = dice.choice([-30, 0, 30, 60, 61, 600, 50_000, 200_000])
    full = dice.choice([-5, 40, 3_600, 90_000, 400_000, 2_000_000])
    response = _maybe(dice, 0.9, created + frt * SECOND) if reports_response else None
    resolved = _maybe(dice, 0.85, created + full * SECOND) if reports_resolution else None
    agent = dice.choice([*agents, None]) if dice.random() < 0.3 else dice.choice(agents)
    later = None if resolved is None else resolved + dice.choice([0, 7_200, 300_000]) * SECOND
    visit = _maybe(dice, 0.4, created + dice.choice([1, 30, 90]) * HOUR)
    late = dice.choice([-600, 0, 900, 901, 9_000])
    return {
        "created_at": created,
        "first_response_at": response,
        "resolved_at": resolved,
        "last_resolved_at": later if dice.random() < 0.5 else None,
        "solution_given_at": _maybe(dice, 0.4, created + dice.choice([-9, 20, 50_000]) * SECOND),
        "promised_at": _maybe(dice, 0.6, created + dice.choice([1, 24, 72]) * HOUR),
        "appointment_at": visit,
        "arrived_at": None if visit is None else _maybe(dice, 0.8, visit + late * SECOND),
        "reports_response": reports_response,
        "reports_resolution": reports_resolution,
        "agent": agent,
        "first_agent": dice.choice(agents) if dice.random() < 0.3 else None,
        "department": dice.choice(departments),
        "kind": dice.choice(
            ["complaint", "complaint", "inquiry", "return", "suggestion", "refund_dispute"]
        ),
        "channel": dice.choice(["chat", "hotline", "onsite"]),
        "category": dice.choice(["", "bill", "bill", "parcel"]),
        "service_type": dice.choice(["", "repair", "remote"]),
        "customer_hash": dice.choice(["", *(f"c{n}" for n in range(40))]),
        "handle_seconds": _maybe(dice, 0.8, dice.randrange(2_000)),
        "contacts": _maybe(dice, 0.7, dice.choice([0, 1, 1, 2])),
        "transfers": _maybe(dice, 0.8, dice.choice([0, 0, 1])),
        "reopens": _maybe(dice, 0.8, dice.choice([0, 0, 0, 2])),
        "escalated": _maybe(dice, 0.9, dice.random() < 0.2),
        "first_contact": _maybe(dice, 0.3, dice.random() < 0.5),
        "service_error": _maybe(dice, 0.9, dice.random() < 0.3),
        "accepted": _maybe(dice, 0.5, dice.random() < 0.8),
        "knowledge_article": _maybe(dice, 0.9, dice.choice(["", "KB-1"])),
        "rework_of": _maybe(dice, 0.9, ""),
        "root_cause_confirmed": _maybe(dice, 0.8, dice.random() < 0.5),
        "suggestion_adopted": _maybe(dice, 0.8, dice.random() < 0.5),
    }


def build() -> World:
    """Stores the company and gives it as frames."""
    dice = random.Random(SEED)
    departments = [make_department(f"D{n}") for n in range(DEPARTMENTS)]
    agents = [make_agent(f"E{n}") for n in range(AGENTS)]
    for number, agent in enumerate(agents):
        assign(agent, departments[number % DEPARTMENTS])
    rows = [_ticket(dice, agents, departments) for _n in range(TICKETS)]
    for place, row in enumerate(rows):
        row["external_id"] = f"T{place}"
        if row["rework_of"] == "" and dice.random() < 0.3:
            row["rework_of"] = f"T{dice.randrange(TICKETS)}"
    # So that some rework, repeats and orders fall into windows.
    for place in range(0, TICKETS - 1, 3):
        first, second = rows[place], rows[place + 1]
        base = first["resolved_at"] or first["created_at"]
        second["created_at"] = base + dice.choice([0, 1, 5 * 86_400, 29 * 86_400]) * SECOND
        second["first_response_at"] = second["resolved_at"] = second["last_resolved_at"] = None
        second |= {name: first[name] for name in ("customer_hash", "category")}
        if second["rework_of"] is not None and dice.random() < 0.5:
            second["rework_of"] = first["external_id"]
    tickets = Ticket.objects.bulk_create(new_ticket(**row) for row in rows)
    for row, ticket in zip(rows, tickets, strict=True):
        row["id"] = ticket.pk
    _service_hours(departments)
    return World(
        _tickets(rows),
        _answers(dice, rows, agents),
        _invitations(dice, rows, agents),
        _customer_orders(dice, rows),
        _volumes(dice, departments, agents),
        [department.pk for department in departments],
    )


def _tickets(rows: list[dict[str, Any]]) -> pd.DataFrame:
    flat = [
        {
            **row,
            **{name: getattr(row[name], "pk", None) for name in ("agent", "first_agent")},
            "department": row["department"].pk,
        }
        for row in rows
    ]
    frame = pd.DataFrame(flat).astype(object)
    for name in frame.columns[frame.columns.str.endswith("_at")]:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.where(frame.notna(), None).assign(
        **{name: frame[name] for name in frame.columns if name.endswith("_at")}
    )


def _answers(dice: random.Random, rows: list[dict[str, Any]], agents: list[Any]) -> Any:
    made = []
    for number in range(260):
        row = dice.choice(rows) if dice.random() < 0.9 else None
        scale = dice.choice([5, 10])
        names = ("attitude", "efficiency", "outcome", "speed")
        spoken = {name: dice.randrange(scale + 1) for name in names if dice.random() < 0.4}
        score, nps = (
            _maybe(dice, 0.8, dice.randrange(scale + 1)),
            _maybe(dice, 0.7, dice.randrange(11)),
        )
        if score is None and nps is None and not spoken:
            continue
        agent = row["agent"] if row else dice.choice(agents)
        made.append(
            {
                "external_id": f"A{number}", "agent": agent, "ticket": row and row["id"],
                "channel": dice.choice(["", "chat", "hotline"]), "scale": scale, "score": score,
                "nps": nps, "answered_at": START + dice.randrange(-3, 34) * DAY,
                "spoken": spoken, "row": row,
            }
        )  # fmt: skip
    stored = SatisfactionAnswer.objects.bulk_create(
        SatisfactionAnswer(
            source="test", external_id=each["external_id"], agent=each["agent"],
            ticket_id=each["ticket"], channel=each["channel"], nps=each["nps"],
            answered_at=each["answered_at"], has_dimensions=bool(each["spoken"]),
            scale=None if each["score"] is None else each["scale"],
            score_e4=None if each["score"] is None else each["score"] * 10_000,
        )
        for each in made
    )  # fmt: skip
    DimensionScore.objects.bulk_create(
        DimensionScore(answer=answer, dimension=name, score_e4=score * 10_000, scale=each["scale"])
        for answer, each in zip(stored, made, strict=True)
        for name, score in each["spoken"].items()
    )
    return _with_ticket(made)


def _invitations(dice: random.Random, rows: list[dict[str, Any]], agents: list[Any]) -> Any:
    made = []
    for number in range(200):
        row = dice.choice(rows) if dice.random() < 0.9 else None
        invited = START + dice.randrange(-2, 33) * DAY
        made.append(
            {
                "external_id": f"I{number}", "agent": row["agent"] if row else dice.choice(agents),
                "ticket": row and row["id"], "channel": dice.choice(["", "chat"]),
                "invited_at": invited, "row": row,
                "answered_at": _maybe(dice, 0.6, invited + dice.randrange(9) * DAY),
            }
        )  # fmt: skip
    SurveyInvitation.objects.bulk_create(
        SurveyInvitation(
            source="test", external_id=each["external_id"], agent=each["agent"],
            ticket_id=each["ticket"], channel=each["channel"], invited_at=each["invited_at"],
            answered_at=each["answered_at"],
        )
        for each in made
    )  # fmt: skip
    return _with_ticket(made)


def _with_ticket(made: list[dict[str, Any]]) -> pd.DataFrame:
    """With the kind, channel and department of the ticket; the department else the agent's."""
    flat = []
    for each in made:
        row = each.pop("row")
        home = each["agent"] and each["agent"].assignments.get().department_id
        flat.append(
            {
                **each,
                "agent": getattr(each["agent"], "pk", None),
                "kind": row["kind"] if row else None,
                "ticket_channel": row["channel"] if row else None,
                "department": row["department"].pk if row else home,
            }
        )
    frame = pd.DataFrame(flat).astype(object)
    frame = frame.where(frame.notna(), None)
    for name in frame.columns[frame.columns.str.endswith("_at")]:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def _customer_orders(dice: random.Random, rows: list[dict[str, Any]]) -> pd.DataFrame:
    made = []
    for number in range(150):
        row = dice.choice(rows)
        base: datetime = row["resolved_at"] or row["created_at"]
        made.append(
            {
                "external_id": f"O{number}",
                "customer_hash": row["customer_hash"] or "c1",
                "ordered_at": base + dice.choice([0, 1, 40 * 86_400, 90 * 86_400]) * SECOND,
            }
        )
    CustomerOrder.objects.bulk_create(CustomerOrder(source="test", **each) for each in made)
    frame = pd.DataFrame(made)
    return frame.assign(ordered_at=pd.to_datetime(frame.ordered_at, utc=True))


def _volumes(dice: random.Random, departments: list[Any], agents: list[Any]) -> pd.DataFrame:
    """Orders of one department by agent, of the other as a whole."""
    made = []
    for day in range(1, 32):
        for agent in agents[::DEPARTMENTS]:
            made.append((date(2026, 10, day), departments[0], agent, dice.randrange(20, 60)))
        made.append((date(2026, 10, day), departments[1], None, dice.randrange(50, 150)))
    for on, department, of, orders in made:
        make_orders(department, orders, of, on)
    return pd.DataFrame(
        [(on, d.pk, getattr(of, "pk", None), n) for on, d, of, n in made],
        columns=["day", "department", "agent", "orders"],
    )


def _service_hours(departments: list[Any]) -> None:
    WorkCalendarDay.objects.all().delete()
    WorkCalendarDay.objects.bulk_create(
        WorkCalendarDay(day=day, is_workday=day in MAKEUPS, kind="holiday")
        for day in sorted(HOLIDAYS | MAKEUPS)
    )
    ServiceHours.objects.bulk_create(
        ServiceHours(
            department=None if number is None else departments[number], channel=channel,
            days=days, opens=opens, closes=closes,
        )
        for number, channel, days, opens, closes in HOURS
    )  # fmt: skip
