"""Nine people do what comes to their minds: no illegal state is reached (V20)."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from appeals.deadlines import days_left
from appeals.models import CLOSED, OPEN, Appeal, State, Step
from appeals.scope import FINAL
from appeals.services import arbitration, assigning, clock, filing, meeting, review
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_world
from appeals.workflow import TRANSITIONS
from appraisal.models import Scorecard
from appraisal.scorecards.services import revise
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date

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


def _check(case: Case) -> None:
    """What holds at every moment."""
    for step in Step.objects.filter(appeal=case.appeal):
        if step.from_state != step.to_state:
            assert (step.from_state, step.to_state) in LEGAL, step.act
    for appeal in Appeal.objects.all():
        assert (appeal.due_on is not None) == (appeal.state in OPEN)
        assert (appeal.closed_at is not None) == (appeal.state in CLOSED)
        if appeal.state in OPEN:
            assert appeal.due_on is not None
            assert days_left(appeal.due_on, local_date(NOW)) <= 35
    assert Appeal.objects.filter(closed_at__isnull=True).count() <= 1
    finals = [
        card.final
        for card in Scorecard.objects.filter(employee=case.agent.employee).order_by("revision")
    ]
    assert finals == sorted(finals, key=lambda final: final or Decimal(0))


@pytest.mark.parametrize("seed", range(3))
def test_a_random_walk_reaches_no_illegal_state(seed: int) -> None:
    dice, case = random.Random(seed), make_world()
    people = [
        case.agent, case.supervisor, case.reviewer, case.lead, case.chair, case.evaluator,
        *case.panel[:3],
    ]  # fmt: skip
    done = 0

    for _step in range(500):
        case.appeal = Appeal.objects.order_by("-pk").first() or case.appeal
        if case.appeal.state in FINAL:
            _new_revision(case)
        user = User.objects.get(pk=dice.choice(people).pk)
        try:
            with transaction.atomic():
                if dice.random() < 0.4:
                    _sensible(case, dice)
                else:
                    _act(case, user, dice)
        except DomainError:
            continue
        done += 1
        _check(case)

    reached = set(Appeal.objects.values_list("state", flat=True))
    assert done > 40
    assert len(reached & set(CLOSED)) > 1


def test_the_walk_knows_the_states() -> None:
    assert {state for pair in LEGAL for state in pair} == set(State)
