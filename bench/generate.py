"""A year of a help desk from one seed: people, tickets, answers, orders.

Heavy tails, customers who come back, and one ticket in fifty with a flaw: never answered,
never resolved, times in the wrong order, nothing recorded.
"""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kpi_portal.people.models import Assignment, Department, Employee
from surveys.models import DimensionScore, SatisfactionAnswer, SurveyInvitation
from tickets.models import CustomerOrder, OrderVolume, Ticket

SEED = 20_250_101
YEAR = 2025
FIRST = datetime(YEAR, 1, 1, tzinfo=UTC) - timedelta(hours=8)
DAYS = 365
KINDS = ["inquiry"] * 12 + ["complaint"] * 2
KINDS += ["repair", "repair", "return", "return", "other", "suggestion", "refund_dispute"]
SERVICE_TYPES = ["", "", "repair", "remote"]
DIMENSIONS = ("attitude", "efficiency", "expertise", "outcome")
CHANNELS = ["chat"] * 5 + ["hotline"] * 3 + ["email", "app"]
CATEGORIES = [f"category {n}" for n in range(12)]
BATCH = 5_000


def fill(tickets: int, agents: int) -> None:
    """Fills an empty database."""
    dice = random.Random(SEED)
    departments = Department.objects.bulk_create(
        Department(code=f"D{n:02}", name=f"D{n:02}") for n in range(max(4, agents // 25))
    )
    people = Employee.objects.bulk_create(
        Employee(number=f"E{n:05}", name=f"E{n:05}", is_shared=n % 100 == 99)
        for n in range(agents)
    )
    homes = {person.pk: departments[n % len(departments)] for n, person in enumerate(people)}
    Assignment.objects.bulk_create(
        Assignment(employee=person, department=homes[person.pk], start_on=date(2020, 1, 1))
        for person in people
    )
    for start in range(0, tickets, BATCH):
        made = Ticket.objects.bulk_create(
            _ticket(dice, number, people, homes)
            for number in range(start, min(tickets, start + BATCH))
        )
        _surveys(dice, made)
        CustomerOrder.objects.bulk_create(
            _order(dice, ticket) for ticket in made if ticket.customer_hash and dice.random() < 0.3
        )
    OrderVolume.objects.bulk_create(
        OrderVolume(
            day=date(YEAR, 1, 1) + timedelta(days=day),
            department=department,
            orders=dice.randrange(200, 2_000),
        )
        for day in range(DAYS)
        for department in departments
    )


def _ticket(
    dice: random.Random, number: int, people: list[Employee], homes: dict[int, Department]
) -> Ticket:
    agent = dice.choice(people)
    first = dice.choice(people) if dice.random() < 0.12 else agent
    created = FIRST + timedelta(seconds=dice.randrange(DAYS * 86_400))
    frt: int | None = int(dice.lognormvariate(4, 1.2))
    full: int | None = int(dice.lognormvariate(9, 1.4)) + 60
    flaw = dice.random()
    if flaw < 0.005:
        frt = None
    elif flaw < 0.01:
        frt = -dice.randrange(1, 3_600)
    if flaw > 0.95:
        full = None
    answered = None if frt is None else created + timedelta(seconds=frt)
    resolved = None if full is None else created + timedelta(seconds=full)
    promised = created + timedelta(hours=24) if dice.random() < 0.5 else None
    visit = created + timedelta(hours=30) if dice.random() < 0.1 else None
    customer = int(dice.paretovariate(0.7)) % 40_000
    return Ticket(
        source="bench",
        external_id=str(number),
        kind=dice.choice(KINDS),
        channel=dice.choice(CHANNELS),
        category=dice.choice(CATEGORIES),
        customer_hash=f"{customer:032x}" if dice.random() < 0.95 else "",
        agent=agent,
        first_agent=first,
        first_owner=first,
        department=homes[agent.pk],
        status="open" if resolved is None else "resolved",
        created_at=created,
        first_response_at=answered,
        resolved_at=resolved,
        last_resolved_at=resolved,
        promised_at=promised,
        handle_seconds=None if dice.random() < 0.1 else dice.randrange(30, 1_800),
        contacts=dice.choice([1, 1, 1, 1, 2, 3]),
        transfers=0 if first is agent else 1,
        reopens=dice.choice([0] * 15 + [1]),
        escalated=None if dice.random() < 0.02 else dice.random() < 0.06,
        frt_s=None if frt is None or frt < 0 else frt,
        full_s=full,
        active_s=_active(frt, full),
        appointment_at=visit,
        arrived_at=None if visit is None else visit + timedelta(seconds=dice.randrange(-900, 90)),
        service_type=dice.choice(SERVICE_TYPES),
        service_error=None if dice.random() < 0.02 else dice.random() < 0.04,
        accepted=None if dice.random() < 0.5 else dice.random() < 0.95,
        knowledge_article="KB-17" if dice.random() < 0.3 else "",
        rework_of=str(dice.randrange(number)) if number and dice.random() < 0.03 else "",
        root_cause_confirmed=dice.random() < 0.6,
        suggestion_adopted=dice.random() < 0.2,
        promise_met=None if resolved is None or promised is None else resolved <= promised,
    )


def _active(frt: int | None, full: int | None) -> int | None:
    return None if frt is None or full is None or full < frt else full - frt


def _surveys(dice: random.Random, made: list[Ticket]) -> None:
    answers = SatisfactionAnswer.objects.bulk_create(
        _answer(dice, ticket) for ticket in made if dice.random() < 0.35
    )
    DimensionScore.objects.bulk_create(
        DimensionScore(
            answer=answer, dimension=name, score_e4=dice.randrange(1, 6) * 10_000, scale=5
        )
        for answer in answers
        if answer.has_dimensions
        for name in DIMENSIONS
        if dice.random() < 0.7
    )
    SurveyInvitation.objects.bulk_create(
        SurveyInvitation(
            source="bench",
            external_id=answer.external_id,
            ticket_id=answer.ticket_id,
            agent_id=answer.agent_id,
            channel=answer.channel,
            invited_at=answer.answered_at - timedelta(hours=1),
            answered_at=answer.answered_at if dice.random() < 0.4 else None,
        )
        for answer in answers
    )


def _order(dice: random.Random, ticket: Ticket) -> CustomerOrder:
    return CustomerOrder(
        source="bench",
        external_id=ticket.external_id,
        customer_hash=ticket.customer_hash,
        ordered_at=ticket.created_at + timedelta(days=dice.randrange(200)),
    )


def _answer(dice: random.Random, ticket: Ticket) -> SatisfactionAnswer:
    later = timedelta(hours=dice.randrange(1, 72))
    fields: dict[str, Any] = {"ticket": ticket, "agent_id": ticket.agent_id}
    return SatisfactionAnswer(
        source="bench",
        external_id=ticket.external_id,
        answered_at=(ticket.resolved_at or ticket.created_at) + later,
        score_e4=dice.choice([1, 2, 3, 4, 4, 5, 5, 5, 5]) * 10_000,
        scale=5,
        nps=None if dice.random() < 0.3 else dice.randrange(11),
        has_dimensions=dice.random() < 0.4,
        channel=ticket.channel,
        **fields,
    )
