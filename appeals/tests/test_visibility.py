"""Which appeals who sees, by role and state; and what waits for whom."""

import pytest

from appeals import permissions, queries
from appeals.models import Appeal, State
from appeals.services import assigning
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_case
from appraisal.hooks import case_card_ids
from appraisal.models import Scorecard
from kpi_portal.people.models import RoleGrant, User
from kpi_portal.people.tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db


def cast(case: Case) -> dict[str, User]:
    return {
        "agent": case.agent,
        "supervisor": case.supervisor,
        "reviewer": case.reviewer,
        "lead": case.lead,
        "chair": case.chair,
        "evaluator": case.evaluator,
        "arbiter": case.panel[0],
        "bystander": case.panel[4],
        "auditor": make_person("auditor", number="U001"),
        "colleague": make_person("agent", number="A009"),
        "other_hr": make_person("hr", number="H009"),
        "admin": make_person("admin", number="M001"),
        "stranger": make_user(),
    }


ALWAYS = {"agent", "reviewer", "lead", "auditor"}
READERS: dict[str, set[str]] = {
    "draft": {"agent"},
    "submitted": ALWAYS,
    "data_recheck": ALWAYS,
    "re_evaluation": ALWAYS | {"evaluator"},
    "reevaluated": ALWAYS | {"evaluator"},
    "meeting": ALWAYS | {"supervisor"},
    "settled": ALWAYS | {"supervisor"},
    "arbitration": ALWAYS | {"supervisor", "chair", "arbiter"},
    "maintained": ALWAYS | {"supervisor", "chair", "arbiter"},
    "changed": ALWAYS | {"supervisor", "chair", "arbiter"},
    "inadmissible": ALWAYS,
}


@pytest.mark.parametrize("state", READERS)
def test_a_case_is_read_by_who_has_to_do_with_it(state: str) -> None:
    case = make_case(state)

    readers = {
        name for name, user in cast(case).items() if permissions.can_read(user, case.appeal)
    }

    assert readers == READERS[state]


@pytest.mark.parametrize("state", READERS)
def test_nobody_sees_more_than_they_read_but_hr_the_pool(state: str) -> None:
    case = make_case(state)

    for name, user in cast(case).items():
        seen = Appeal.objects.visible_to(user)
        assert set(seen) == set(Appeal.objects.readable_by(user)), name


def test_the_pool_is_seen_by_hr_and_read_by_nobody_of_them() -> None:
    case = make_case()
    make.file(case)
    everybody = cast(case)

    seen = {name for name, user in everybody.items() if Appeal.objects.visible_to(user).exists()}
    read = {name for name, user in everybody.items() if permissions.can_read(user, case.appeal)}

    assert seen == {"agent", "reviewer", "other_hr", "lead", "auditor"}
    assert read == {"agent", "lead", "auditor"}
    row = queries.as_rows([case.appeal], everybody["other_hr"], NOW)[0]
    assert (row.name, row.is_masked) == ("李*", True)


def test_a_name_in_the_pool_is_not_found_by_search() -> None:
    case = make_case()
    make.file(case)

    assert queries.search(case.reviewer, "李伟", 5) == []
    hits = queries.search(case.reviewer, case.appeal.number, 5)
    assert ["李伟" in hit.detail for hit in hits] == [False]
    assert len(queries.search(case.lead, "李伟", 5)) == 1


def test_a_role_opens_no_case_of_the_own_people() -> None:
    case = make_case("submitted")
    for role in ("hr_lead", "auditor", "chair"):
        RoleGrant.objects.create(user=case.supervisor, role=role, granted_at=NOW)

    assert not permissions.can_read(User.objects.get(pk=case.supervisor.pk), case.appeal)


def test_a_role_opens_no_deliberation_on_the_own_appeal() -> None:
    case = make_case("arbitration")
    make.vote_change(case)
    for role in ("hr_lead", "auditor", "chair"):
        RoleGrant.objects.create(user=case.agent, role=role, granted_at=NOW)
    appellant = User.objects.get(pk=case.agent.pk)

    votes = queries.votes(case.appeal, appellant, NOW)

    assert [vote.vote for vote in votes] == ["", "", ""]


def test_several_roles_show_a_case_once() -> None:
    case = make_case("arbitration")

    assert Appeal.objects.visible_to(case.lead).count() == 1
    assert Appeal.objects.visible_to(case.chair).count() == 1


def test_who_stepped_back_reads_no_more() -> None:
    case = make_case("arbitration")
    assigning.step_back(case.appeal, reason="x", by=case.panel[0], at=NOW)

    assert not permissions.can_read(case.panel[0], case.appeal)


# --- Hidden votes


def test_votes_are_hidden_until_all_are_in() -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[0], "90.00")
    make.vote(case, case.panel[1], None)

    for user in (case.chair, case.panel[2], case.lead, case.agent, case.supervisor):
        votes = queries.votes(case.appeal, user, NOW)
        assert [vote.vote for vote in votes] == ["", "", ""]
        assert [vote.has_voted for vote in votes] == [True, True, False]
    own = queries.votes(case.appeal, case.panel[0], NOW)
    assert [vote.vote for vote in own] == ["change", "", ""]
    assert queries.tally(case.appeal) is None


def test_afterwards_the_panel_reads_names_and_the_parties_counts() -> None:
    case = make_case("changed")

    inside = [case.chair, case.panel[0], make_person("auditor", number="U001")]
    for user in inside:
        assert [vote.vote for vote in queries.votes(case.appeal, user, NOW)] == [
            "change", "change", "maintain"
        ]  # fmt: skip
    for user in (case.agent, case.supervisor, case.reviewer, case.lead):
        assert [vote.vote for vote in queries.votes(case.appeal, user, NOW)] == ["", "", ""]
    assert queries.tally(case.appeal) == {"change": 2, "maintain": 1}


# --- What waits for whom


@pytest.mark.parametrize(
    ("state", "waiting"),
    [
        ("draft", {"agent"}),
        ("submitted", {"reviewer"}),
        ("data_recheck", {"reviewer"}),
        ("re_evaluation", {"evaluator"}),
        ("meeting", {"reviewer"}),
        ("arbitration", {"arbiter"}),
        ("settled", set()),
        ("withdrawn", set()),
    ],
)
def test_a_case_waits_for_whose_turn_it_is(state: str, waiting: set[str]) -> None:
    case = make_case(state)

    found = {name for name, user in cast(case).items() if queries.waiting_for(user, NOW)}

    assert found == waiting


def test_a_proposal_waits_for_the_three() -> None:
    case = make_case("meeting")
    make.propose(case)
    make.answer(case, case.agent)

    found = {name for name, user in cast(case).items() if queries.waiting_for(user, NOW)}

    assert found == {"supervisor", "reviewer"}


def test_all_votes_in_wait_for_the_chair() -> None:
    case = make_case("arbitration")
    make.vote_change(case)

    todo = queries.waiting_for(case.chair, NOW)[0]

    assert (todo.due_on, todo.kind) == (case.appeal.due_on, "appeals.arbitration")
    assert case.appeal.number in todo.title


# --- The card of a case


def test_who_acts_on_a_case_reads_its_card_while_it_is_open() -> None:
    case = make_case("re_evaluation")
    card = case.appeal.scorecard
    assert case_card_ids(case.evaluator) == {card.pk}
    assert Scorecard.objects.visible_to(case.evaluator).get() == card

    make.re_evaluate(case)

    assert case_card_ids(case.evaluator) == set()


def test_the_panel_reads_the_card() -> None:
    case = make_case("arbitration")

    assert case_card_ids(case.panel[0]) == {case.appeal.scorecard_id}
    assert case_card_ids(case.panel[4]) == set()


# --- What is offered


OFFERS = {
    "can_edit": {"draft": {"agent"}},
    "can_withdraw": {state: {"agent"} for state in ("submitted", "meeting", "arbitration")},
    "can_assign_reviewer": {
        state: {"lead"} for state in ("submitted", "data_recheck", "meeting")
    },
    "can_review": {state: {"reviewer"} for state in ("submitted", "data_recheck", "meeting")},
    "can_name_evaluator": {"re_evaluation": {"lead"}},
    "can_re_evaluate": {"re_evaluation": {"evaluator"}},
    "can_seat_panel": {"arbitration": {"chair"}},
    "can_vote": {"arbitration": {"arbiter"}},
    "can_publish": {},
    "can_extend": {
        "submitted": {"lead"}, "data_recheck": {"lead"}, "re_evaluation": {"lead"},
        "meeting": {"lead"}, "arbitration": {"chair"},
    },
    "can_take": {},
    "can_confirm": {},
}  # fmt: skip
WITHOUT_NOW = {"can_edit", "can_withdraw"}


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "data_recheck", "re_evaluation", "meeting", "arbitration"]
)
def test_each_act_is_offered_to_whom_it_belongs(state: str) -> None:
    case = make_case(state)
    everybody = cast(case)

    for name, table in OFFERS.items():
        if name == "can_withdraw" and state in ("data_recheck", "re_evaluation"):
            continue
        ask = getattr(permissions, name)
        rest = () if name in WITHOUT_NOW else (NOW,)
        offered = {who for who, user in everybody.items() if ask(user, case.appeal, *rest)}
        assert offered == table.get(state, set()), name


def test_every_state_has_a_row() -> None:
    assert set(READERS) | {"withdrawn"} == set(State.values)
