"""Random sequences of what can happen to a period: what is published never changes.

After every act each frozen card still has the content with which it was frozen and follows from
its inputs, exactly one revision of each counts, and nobody sees a candidate of their own.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from appraisal.models import (
    AdjustmentRequest,
    Decision,
    Exclusion,
    Indicator,
    Period,
    Reopening,
    Scheme,
    Scorecard,
)
from appraisal.periods import reopening, services
from appraisal.periods.compute import compute
from appraisal.scorecards import frozen
from appraisal.scorecards.queries import with_parts
from appraisal.scorecards.services import revise
from appraisal.scorecards.verify import verify
from appraisal.tests.factories import (
    AFTER,
    employee_of,
    make_active_version,
    make_period,
    make_work,
)
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import Department, Employee, User
from kpi_portal.people.tests.factories import make_assignment, make_employee, make_user
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

ACTS = 12
ITEMS: list[dict[str, str | int | dict[str, str]]] = [
    {"metric": "frt_mean", "rule_params": {"direction": "down", "target": "60"}, "weight": "60"},
    {"metric": "csat_mean", "rule_params": {"direction": "up", "target": "90"}, "weight": "30",
     "missing_policy": "department_mean", "min_sample": 3},
    {"metric": "aht_full", "rule_params": {"direction": "down", "target": "900"}, "weight": "10",
     "missing_policy": "full"},
]  # fmt: skip


class _Undo(Exception):
    """Takes a sequence back, so that the next one starts from the same world."""


@dataclass
class World:
    """The people of all sequences, and what one sequence has seen frozen so far."""

    period: Period
    people: list[Employee]
    user: User
    hr: User
    hr_lead: User
    committee: User
    dice: random.Random = field(default_factory=random.Random)
    at: datetime = AFTER
    contents: dict[int, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def somebody(self) -> Employee:
        return self.dice.choice(self.people)


@pytest.fixture
def world(agent: User, department: Department, other_department: Department) -> World:
    """Four people, one of them transferred half way, under schemes with a department's card."""
    team = Scheme.objects.create(
        key="team", name="团队目标", cycle="month", subject=Scheme.Subject.DEPARTMENT
    )
    make_active_version(department, scheme=team, items=ITEMS[:1])
    make_active_version(
        department, other_department, items=ITEMS, coefficient_mode="table", maximum=Decimal(120)
    )
    mover = make_employee()
    make_assignment(mover, department, end_on=date(2026, 10, 16))
    make_assignment(mover, other_department, start_on=date(2026, 10, 16))
    people = [
        employee_of(agent), mover, make_employee(department=department),
        make_employee(department=department),
    ]  # fmt: skip
    for place, employee in enumerate(people):
        make_work(employee, frt=40 + 30 * place, score=5 - place % 2, day=date(2026, 10, 12))
        make_work(employee, frt=60 + 20 * place, score=4, tickets=2, day=date(2026, 10, 26))
    return World(
        make_period(), people, agent, make_user("hr"), make_user("hr"), make_user("committee")
    )


def run(world: World) -> None:
    compute(world.period.pk, at=world.at)


def forward(world: World) -> None:
    """The next step towards publication."""
    period = Period.objects.get(pk=world.period.pk)
    if period.state == "calculated":
        services.submit(period.pk, by=world.hr, at=world.at)
    elif period.state == "in_review":
        services.approve(period.pk, by=world.committee, at=world.at)
    else:
        services.publish(period.pk, by=world.hr, at=world.at)
        world.done["published"] += 1


def settle(world: World) -> None:
    """Compute and go on to publication, as far as it goes."""
    run(world)
    for _step in range(3):
        forward(world)


def late_records(world: World) -> None:
    day = date(2026, 10, world.dice.randrange(1, 31))
    make_work(
        world.somebody(), frt=world.dice.randrange(5, 400), day=day,
        score=world.dice.choice([None, 1, 3, 5]), tickets=world.dice.randrange(1, 3),
    )  # fmt: skip


def adjust(world: World) -> None:
    """An adjustment approved before publication."""
    line = world.dice.random() < 0.5
    AdjustmentRequest.objects.create(
        period=world.period, employee=world.somebody(), origin="recorded_correction",
        indicator=Indicator.objects.get(code="frt_mean") if line else None,
        points=Decimal(world.dice.randrange(0, 101)) if line else Decimal("-1.50"),
        state=Decision.APPROVED, reason="登记错误", proposed_by=world.hr, proposed_at=world.at,
        decided_by=world.hr_lead, decided_at=world.at,
    )  # fmt: skip


def exclude(world: World) -> None:
    ticket = world.dice.choice(list(Ticket.objects.order_by("pk")))
    Exclusion.objects.create(
        ticket=ticket, cause="outage", state=Decision.APPROVED, reason="系统故障",
        proposed_by=world.hr, proposed_at=world.at, decided_by=world.hr_lead,
        decided_at=world.at,
    )  # fmt: skip


def reopen(world: World) -> None:
    found = reopening.request(world.period.pk, reason="晚到", by=world.hr, at=world.at)
    reopening.agree(found.pk, by=world.hr_lead, at=world.at)
    reopening.approve(found.pk, by=world.committee, at=world.at)


def appeal(world: World) -> None:
    """A revision by an appeal's decision."""
    rows = Scorecard.objects.current().filter(employee=world.somebody(), frozen_at__isnull=False)
    card = with_parts(rows.select_related("period", "version", "employee")).first()
    if card is None:
        return
    line = world.dice.choice(list(card.lines.all()))
    revise(
        card, line_points={line.pk: Decimal(world.dice.randrange(0, 101))}, reason="申诉成立",
        origin="appeal:A-1", proposed_by=world.hr, approved_by=world.hr_lead, at=world.at,
    )  # fmt: skip


ACT: list[tuple[Callable[[World], None], int]] = [
    (run, 2), (forward, 3), (settle, 5), (late_records, 3), (adjust, 2), (exclude, 2),
    (reopen, 4), (appeal, 3),
]  # fmt: skip


def check(world: World) -> None:
    rows = Scorecard.objects.filter(period=world.period, frozen_at__isnull=False)
    known = len(world.contents)
    for card in with_parts(rows.select_related("period")):
        digest = frozen.digest(card, card.lines.all(), card.segments.all())
        assert world.contents.setdefault(card.pk, digest) == digest == card.inputs_hash
    assert set(world.contents) <= set(rows.values_list("pk", flat=True))
    if len(world.contents) > known:
        assert verify([world.period], records=False).differences == []
    counting = Counter(rows.filter(is_current=True).values_list("employee_id", flat=True))
    assert all(count == 1 for count in counting.values())
    assert counting.keys() == set(rows.values_list("employee_id", flat=True))
    own = Scorecard.objects.visible_to(world.user)
    assert not own.filter(frozen_at__isnull=True).exists()


def sequence(world: World, seed: int) -> None:
    """One sequence; taken back at the end."""
    world.dice, world.at, world.contents = random.Random(seed), AFTER, {}
    acts, weights = zip(*ACT, strict=True)
    try:
        with transaction.atomic():
            for act in [settle, *world.dice.choices(acts, weights, k=ACTS)]:
                world.at += timedelta(minutes=7)
                try:
                    with transaction.atomic():
                        act(world)
                    world.done[act.__name__] += 1
                except DomainError:
                    world.done[f"{act.__name__} refused"] += 1
                check(world)
            assert verify([world.period], records=False).differences == []
            raise _Undo
    except _Undo:
        return


def walk(world: World, count: int) -> None:
    for seed in range(count):
        try:
            sequence(world, seed)
        except AssertionError as error:
            raise AssertionError(f"sequence {seed}: {error}") from error
    print(f"{count} sequences: {dict(world.done)}")


def test_what_is_published_never_changes(world: World) -> None:
    walk(world, 20)

    assert world.done["published"] > 30
    assert world.done["reopen"] > 5
    assert Reopening.objects.count() == 0


@pytest.mark.long
def test_what_is_published_never_changes_in_a_thousand_sequences(world: World) -> None:
    walk(world, 1000)
