"""The table of transitions: every act at every state, and the diagram that is drawn from it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from appeals import workflow
from appeals.errors import StateMoved
from appeals.guards import GUARDS
from appeals.models import CLOSED, OPEN, Appeal, State, Step
from appeals.services import assigning, clock, filing
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_case
from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db


def evaluate(case: Case) -> None:
    make.re_evaluate(case)


# Each act of people as they do it, and the states in which it is possible (by its own table).
ACTS: dict[str, tuple[Callable[[Case], object], set[str]]] = {
    "file": (lambda case: filing.file(case.appeal, by=case.agent, at=NOW), {"draft"}),
    "withdraw": (make.withdraw, set(OPEN)),
    "reject_formally": (make.reject, {"submitted"}),
    "find_compliant": (make.find_compliant, {"submitted"}),
    "find_violated": (make.find_violated, {"submitted"}),
    "finish_recheck": (make.finish_recheck, {"data_recheck"}),
    "re_evaluate": (evaluate, {"re_evaluation"}),
    "propose": (make.propose, {"meeting"}),
    "seat_panel": (make.seat, {"arbitration"}),
    "name_evaluator": (make.name_evaluator, {"re_evaluation"}),
    "extend": (
        lambda case: clock.extend(case.appeal, days=2, reason="x", by=lead_of(case), at=NOW),
        set(OPEN),
    ),
    "step_back": (
        lambda case: assigning.step_back(case.appeal, reason="亲属", by=holder(case), at=NOW),
        set(OPEN),
    ),
}


def lead_of(case: Case) -> User:
    return case.chair if case.appeal.state == State.ARBITRATION else case.lead


def holder(case: Case) -> User:
    """Who holds the part that the state waits for."""
    by_state = {"re_evaluation": case.evaluator, "arbitration": case.panel[0]}
    return by_state.get(case.appeal.state, case.reviewer)


@pytest.mark.parametrize("state", State.values)
def test_every_act_is_possible_or_refused_with_a_sentence(state: str) -> None:
    case = make_case(state)
    for act, (do, sources) in ACTS.items():
        if state == "draft" and act == "file":
            make.fill(case)
        steps = case.appeal.steps.count()
        point = transaction.savepoint()
        refusal = _refusal(do, case)
        assert (refusal is None) == (state in sources), f"{act} at {state}: {refusal}"
        if refusal is not None:
            assert len(str(refusal.message)) > 8 and refusal.status in (400, 403, 409)
            case.reload()
            assert (case.appeal.state, case.appeal.steps.count()) == (state, steps), act
        transaction.savepoint_rollback(point)
        case.reload()


def _refusal(do: Callable[[Case], object], case: Case) -> DomainError | None:
    try:
        do(case)
    except DomainError as refusal:
        return refusal
    return None


OUTSIDE = [
    (transition, state)
    for transition in workflow.TRANSITIONS
    for state in State
    if state not in transition.sources
]


@pytest.mark.parametrize(
    ("transition", "state"), OUTSIDE, ids=[f"{each.act}-{state}" for each, state in OUTSIDE]
)
def test_a_move_outside_the_table_is_refused(transition: workflow.Transition, state: str) -> None:
    appeal = Appeal(number="A-2026-0001", state=state)

    with pytest.raises(StateMoved, match="A-2026-0001"):
        workflow.require(appeal, transition.act, by=None, at=NOW)


@pytest.mark.parametrize("transition", workflow.TRANSITIONS, ids=lambda each: each.act)
def test_nobody_but_the_one_named_makes_a_move(transition: workflow.Transition) -> None:
    case = make_case(transition.sources[0])
    others = {
        "appellant": [case.supervisor, case.reviewer, case.lead, case.chair],
        "reviewer": [case.agent, case.supervisor, case.lead, case.chair, case.panel[4]],
        "evaluator": [case.agent, case.supervisor, case.reviewer, case.lead, case.chair],
        "chair": [case.agent, case.supervisor, case.reviewer, case.lead, case.panel[0]],
        "outside": [case.agent, case.reviewer, case.chair],
        "clock": [case.agent, case.reviewer, case.chair],
    }[transition.capacity]

    for user in others:
        with pytest.raises(NotAllowed):
            workflow.require(case.appeal, transition.act, by=user, at=NOW)


def test_the_table_is_whole() -> None:
    reachable = {State.DRAFT}
    for _round in State:
        reachable |= {
            each.target for each in workflow.TRANSITIONS if reachable & set(each.sources)
        }

    assert reachable == set(State)
    assert {each.target for each in workflow.TRANSITIONS} >= set(CLOSED)
    assert all(not set(each.sources) & set(CLOSED) for each in workflow.TRANSITIONS)
    assert {name for each in workflow.TRANSITIONS for name in each.guards} == set(GUARDS)


def test_a_move_guards_its_own_conditions() -> None:
    case = make_case("submitted")

    with pytest.raises(DomainError):
        workflow.move(case.appeal, "find_compliant", by=case.reviewer, at=NOW)

    assert case.reload().state == State.SUBMITTED


def test_a_second_move_finds_the_state_gone() -> None:
    case = make_case("submitted")
    stale = Appeal.objects.get(pk=case.appeal.pk)
    make.withdraw(case)

    with pytest.raises(StateMoved):
        workflow.move(stale, "withdraw", by=case.agent, at=NOW)

    assert case.reload().steps.filter(act="withdraw").count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE appeals_step SET note = 'x'",
        "DELETE FROM appeals_step",
        "UPDATE appeals_panelseat SET vote = 'maintain' WHERE vote = 'change'",
        "DELETE FROM appeals_panelseat",
        "UPDATE appeals_confirmation SET agrees = (NOT agrees)",
        "UPDATE appeals_appeal SET state = 'submitted', due_on = '2026-12-01'",
        "UPDATE appeals_appeal SET decision = 'x'",
    ],
)
def test_the_database_refuses_to_rewrite_what_happened(statement: str) -> None:
    make_case("changed")

    with (
        pytest.raises(DatabaseError, match=r"never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_every_step_of_the_history_has_a_title() -> None:
    from appeals.words import TITLES

    make_case("changed")

    assert set(Step.objects.values_list("act", flat=True)) <= set(TITLES)
    assert {each.act for each in workflow.TRANSITIONS} <= set(TITLES)


def test_the_diagram_in_the_docs_is_that_of_the_table() -> None:
    page = Path(settings.BASE_DIR, "docs", "appeals-workflow.md").read_text()

    assert f"```mermaid\n{workflow.diagram()}```" in page
