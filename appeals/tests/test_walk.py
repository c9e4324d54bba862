"""Nine people do what comes to their minds: no illegal state is reached (V20)."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from appeals.deadlines import days_left
from appeals.models import CLOSED, OPEN, Appeal, RecordClaim, State, Step
from appeals.scope import FINAL
from appeals.services import (
    arbitration,
    assigning,
    claims,
    clock,
    filing,
    impact,
    meeting,
    outside,
    review,
)
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_world
from appeals.touching import of_span
from appeals.workflow import TRANSITIONS
from appraisal.models import Scorecard
from appraisal.scorecards.services import revise
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date
from kpi_portal.people.tests.factories import make_person
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

LEGAL = {(source, each.target) for each in TRANSITIONS for source in each.sources}
Act = Callable[[Case, User, random.Random], object]


def _points(case: Case, dice: random.Random) -> dict[int, Decimal]:
    return {
        line.pk: Decimal(dice.choice(["60.00", "80.00", "95.50", "100.00"]))
        for line in case.lines
        if dice.random() < 0.7
    }


def _act(case: Case, user: User, dice: random.Random) -> None:
    """One act that `user` might try, sensible or not."""
    appeal, yes = case.reload(), dice.random() < 0.6
    everybody = [case.agent, case.supervisor, case.reviewer, case.lead, case.chair, case.evaluator]
    someone = dice.choice([*everybody, *case.panel])
    panel = dice.sample(case.panel, dice.choice([2, 3, 3, 5]))
    round_ = appeal.meeting.round if hasattr(appeal, "meeting") else 0
    acts: list[Callable[[], object]] = [
        lambda: filing.start(_card(case), by=user, at=NOW),
        lambda: _fill(case, user, dice),
        lambda: filing.file(appeal, by=user, at=NOW),
        lambda: filing.withdraw(appeal, reason="", by=user, at=NOW),
        lambda: review.take(appeal, by=user, at=NOW),
        lambda: review.assign_reviewer(appeal, someone, by=user, at=NOW),
        lambda: review.review(
            appeal, make.findings(kept=yes), compliant=yes, by=user, at=NOW
        ),
        lambda: review.reject_formally(
            appeal, because="duplicate", reason="x", by=user, at=NOW
        ),
        lambda: review.finish_recheck(
            appeal, note="x", held_at=None, place="", by=user, at=NOW
        ),
        lambda: review.name_evaluator(appeal, someone, by=user, at=NOW),
        lambda: review.re_evaluate(
            appeal, _points(case, dice), reason_code="procedure", reason="x", by=user, at=NOW
        ),
        lambda: meeting.propose(
            appeal, minutes="x", points=_points(case, dice) if yes else {},
            reason_code="data_error", by=user, at=NOW,
        ),
        lambda: meeting.confirm(
            appeal, round_=round_, agrees=yes, comment="", by=user, at=NOW
        ),
        lambda: arbitration.seat_panel(appeal, panel, by=user, at=NOW),
        lambda: arbitration.vote(
            appeal, choice="change" if yes else "maintain", figures=_points(case, dice),
            reasons="x", by=user, at=NOW,
        ),
        lambda: arbitration.publish(
            appeal, decision="x", reason_code="data_error", by=user, at=NOW
        ),
        lambda: assigning.step_back(appeal, reason="x", by=user, at=NOW),
        lambda: clock.extend(appeal, days=2, reason="x", by=user, at=NOW),
        lambda: clock.run(NOW + timedelta(days=dice.choice([0, 4, 40]))),
        lambda: meeting.schedule(
            appeal, held_at=NOW + timedelta(days=dice.choice([-1, 1, 30])), place="x", by=user,
            at=NOW,
        ),
        lambda: outside.refer_outside(appeal, reason="x", by=user, at=NOW),
        lambda: outside.take_up(appeal, by=user, at=NOW),
        lambda: outside.decide_outside(
            appeal, choice="change" if yes else "maintain", figures=_points(case, dice),
            decision="x", reason_code="data_error", by=user, at=NOW,
        ),
        lambda: impact.note_impact(
            appeal, of_span(NOW - timedelta(days=40), NOW, ""), note="x", by=user, at=NOW
        ),
        lambda: claims.raise_claim(
            _card(case), ticket_no=_ticket_no(case, dice), kind="wrong_person", statement="x",
            by=user, at=NOW,
        ),
        lambda: claims.answer(
            RecordClaim.objects.order_by("-pk")[:1].get(), accepted=yes, answer="x", by=user,
            at=NOW,
        ),
    ]  # fmt: skip
    rare = {3, 16, 18}
    place = dice.randrange(len(acts))
    if place in rare and dice.random() < 0.9:
        place = dice.randrange(len(acts))
    acts[place]()


def _sensible(case: Case, dice: random.Random) -> None:
    """One act of those that the state waits for, by the right person."""
    parties = [case.agent, case.supervisor, case.reviewer]
    points = dice.choice(["60.00", "85.00", "99.00"])
    waits: dict[str, list[Callable[[], object]]] = {
        "draft": [lambda: make.file(case)],
        "submitted": [
            lambda: make.take(case),
            lambda: make.find_compliant(case),
            lambda: make.find_compliant(case),
            lambda: make.find_violated(case),
        ],
        "data_recheck": [lambda: make.finish_recheck(case)],
        "re_evaluation": [
            lambda: make.name_evaluator(case),
            lambda: make.re_evaluate(case, points),
        ],
        "meeting": [
            lambda: make.propose(case, points if dice.random() < 0.5 else None),
            *[partial(make.answer, case, user) for user in parties],
            lambda: make.answer(case, dice.choice(parties), agrees=False),
        ],
        "arbitration": [
            lambda: make.seat(case),
            lambda: _outside(case),
            lambda: make.vote(case, dice.choice(case.panel[:3]), points),
            lambda: make.vote(case, dice.choice(case.panel[:3]), None),
            lambda: make.decide(case),
        ],
    }
    if case.reload().state in OPEN and dice.random() < 0.02:  # else a case all gave back stays
        make.withdraw(case)
        return
    restart: list[Callable[[], object]] = [
        lambda: filing.start(_card(case), by=case.agent, at=NOW)
    ]
    dice.choice(waits.get(case.reload().state, restart))()


def _outside(case: Case) -> None:
    """What the outside chair does, where the case lies there; else the hand-over, if it may."""
    user = case.appeal.outside_chair
    if user is None:
        outside.refer_outside(case.appeal, reason="x", by=case.chair, at=NOW)
    elif case.appeal.paused_at is not None:
        outside.take_up(case.appeal, by=user, at=NOW)
    else:
        outside.decide_outside(
            case.appeal, choice="maintain", figures={}, decision="x", reason_code="unfounded",
            by=user, at=NOW,
        )  # fmt: skip


def _ticket_no(case: Case, dice: random.Random) -> str:
    rows = Ticket.objects.filter(agent=case.agent.employee).values_list("external_id", flat=True)
    return str(dice.choice([*rows, "NO-SUCH"]))


def _card(case: Case) -> Scorecard:
    return Scorecard.objects.get(employee=case.agent.employee, is_current=True)


def _fill(case: Case, user: User, dice: random.Random) -> None:
    filing.save_draft(
        case.appeal, topics=["total"] if dice.random() < 0.5 else [], grounds=["unjust"],
        statement="x", request="y", claims={line.pk: "" for line in case.lines}, by=user, at=NOW,
    )  # fmt: skip


def _new_revision(case: Case) -> None:
    """Another revision, for a reason of its own: the result can be appealed again."""
    card = _card(case)
    if case.appeal.result_id in (card.pk, None):
        revise(
            card, line_points={}, total=Decimal("0.10"), reason="x", origin="hr",
            proposed_by=None, approved_by=None, at=NOW,
        )  # fmt: skip


@dataclass
class Walked:
    """What a walk came to. `frozen`: a digest of each published revision as first seen."""

    tried: int = 0
    done: int = 0
    refused: int = 0
    moves: int = 0
    illegal: int = 0
    changed: int = 0
    stuck: int = 0
    last_step: int = 0
    frozen: dict[int, str] = field(default_factory=dict)


def _check(case: Case, walked: Walked) -> None:
    """What holds at every moment, of what is new since the last look."""
    for step in Step.objects.filter(pk__gt=walked.last_step).order_by("pk"):
        walked.last_step = step.pk
        if step.from_state != step.to_state:
            walked.moves += 1
            walked.illegal += (step.from_state, step.to_state) not in LEGAL
    appeal = case.reload()
    assert (appeal.due_on is not None) == (appeal.state in OPEN)
    assert (appeal.closed_at is not None) == (appeal.state in CLOSED)
    assert appeal.paused_at is None or appeal.state == State.ARBITRATION
    assert appeal.due_on is None or days_left(appeal.due_on, local_date(NOW)) <= 35
    assert Appeal.objects.filter(closed_at__isnull=True).count() <= 1
    cards = Scorecard.objects.filter(employee=case.agent.employee).order_by("revision")
    if cards.count() != len(walked.frozen):
        finals = [card.final for card in cards]
        assert finals == sorted(finals, key=lambda final: final or Decimal(0))
        for card in cards:
            walked.frozen.setdefault(card.pk, _digest(card))


def _digest(card: Scorecard) -> str:
    """Everything that a published revision says of numbers."""
    lines = card.lines.order_by("pk").values_list(
        "pk", "value", "points", "weight", "contribution"
    )
    text = repr([card.final, card.subtotal, card.band, card.reason, list(lines)])
    return hashlib.sha256(text.encode()).hexdigest()


def walk(seed: int, steps: int) -> Walked:
    """`steps` acts of nine people, four in ten of them what the state waits for."""
    dice, case, walked = random.Random(seed), make_world(), Walked()
    outsider = make_person("auditor", number="O001", name="外聘主席")
    outside.name_outside_chair(outsider, reason="x", by=case.lead, at=NOW)
    people = [
        case.agent, case.supervisor, case.reviewer, case.lead, case.chair, case.evaluator,
        *case.panel[:2], outsider,
    ]  # fmt: skip
    for _step in range(steps):
        case.appeal = Appeal.objects.order_by("-pk").first() or case.appeal
        if case.appeal.state in FINAL:
            _new_revision(case)
        user = User.objects.get(pk=dice.choice(people).pk)
        walked.tried += 1
        try:
            with transaction.atomic():
                if dice.random() < 0.4:
                    _sensible(case, dice)
                else:
                    _act(case, user, dice)
        except (DomainError, RecordClaim.DoesNotExist):
            walked.refused += 1
            continue
        walked.done += 1
        _check(case, walked)
    walked.stuck = _stuck(case)
    cards = Scorecard.objects.in_bulk(list(walked.frozen))
    walked.changed = sum(_digest(cards[pk]) != kept for pk, kept in walked.frozen.items())
    return walked


def _stuck(case: Case) -> int:
    """How many open appeals do not come to an end, without withdrawal, once the roles are held
    by people who have nothing to do with them."""
    fresh = replace(
        case,
        reviewer=make_person("hr", number="F001"),
        lead=make_person("hr_lead", number="F002"),
        chair=make_person("chair", number="F003"),
        evaluator=make_person("inspector", number="F004"),
        panel=[make_person("committee", number=f"F01{n}") for n in range(5)],
    )
    for appeal in Appeal.objects.open():
        fresh.appeal = appeal
        for _step in range(6):
            if fresh.reload().state not in CLOSED:
                _go_on(fresh)
    return Appeal.objects.open().count()


def _go_on(case: Case) -> None:
    """One step towards the end, by people of whom nobody has acted before."""
    appeal = case.appeal
    if appeal.state in (State.SUBMITTED, State.DATA_RECHECK):
        review.assign_reviewer(appeal, case.reviewer, by=case.lead, at=NOW)
        act = make.find_compliant if appeal.state == State.SUBMITTED else make.finish_recheck
        act(case)
    elif appeal.state == State.RE_EVALUATION:
        make.name_evaluator(case)
        make.re_evaluate(case)
    elif appeal.state == State.MEETING:
        clock.run(NOW + timedelta(days=60))
    elif appeal.outside_chair is not None:
        _outside(case)
    else:
        voted = [seat.user for seat in appeal.panel.filter(recused_at__isnull=True)
                 if seat.voted_at is not None]  # fmt: skip
        size = 3 if len(voted) <= 3 else 5
        chosen = [*voted, *case.panel][:size]
        arbitration.seat_panel(appeal, chosen, by=case.chair, at=NOW)
        for user in chosen[len(voted) :]:
            make.vote(case, user, None)
        make.decide(case)


@pytest.mark.parametrize("seed", range(2))
def test_a_random_walk_reaches_no_illegal_state(seed: int) -> None:
    walked = walk(seed, 400)

    reached = set(Appeal.objects.values_list("state", flat=True))
    assert (walked.illegal, walked.stuck, walked.changed) == (0, 0, 0), walked
    assert walked.done > 30
    assert reached & set(CLOSED)


@pytest.mark.long
def test_ten_thousand_steps(capsys: pytest.CaptureFixture[str]) -> None:
    walked = walk(7, 10_000)

    with capsys.disabled():
        states = Counter(Appeal.objects.values_list("state", flat=True))
        print(  # the figures that the issue asks for
            f"\nsteps {walked.tried}, done {walked.done}, refused {walked.refused}, "
            f"transitions {walked.moves}, illegal {walked.illegal}, stuck {walked.stuck}, "
            f"revisions {len(walked.frozen)}, changed {walked.changed}, ended {dict(states)}"
        )
    assert (walked.illegal, walked.stuck, walked.changed) == (0, 0, 0)


def test_the_walk_knows_the_states() -> None:
    assert {state for pair in LEGAL for state in pair} == set(State)
