"""Stakes are enforced at assignment, on opening evidence, and in the deciding transaction (C9)."""

from collections.abc import Callable
from datetime import date

import pytest

from appeals.errors import ConflictOfInterest, StakeArisen
from appeals.permissions import can_open_evidence
from appeals.services import arbitration, assigning, evidence, filing, meeting, review
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_case
from appeals.tests.stakes_of_rank import head_of_the_department, led_by
from appraisal.tests.factories import card_of
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.people.models import Notice, RoleGrant, User
from kpi_portal.people.services import accounts
from kpi_portal.people.tests.factories import make_person

pytestmark = pytest.mark.django_db

# --- Enforced at assignment


def test_a_conflicted_reviewer_is_not_taken() -> None:
    case = make_case("draft")
    make.file(case)
    RoleGrant.objects.create(user=case.supervisor, role="hr", granted_at=NOW)

    with pytest.raises(ConflictOfInterest, match=case.supervisor.display_name):
        review.take(case.appeal, by=case.supervisor, at=NOW)
    with pytest.raises(ConflictOfInterest):
        review.assign_reviewer(case.appeal, case.supervisor, by=case.lead, at=NOW)


def test_the_lead_does_not_assign_in_a_case_of_the_own_line() -> None:
    case = make_case("submitted")
    led_by(case, case.lead, date(2026, 11, 1), None)

    with pytest.raises(ConflictOfInterest):
        review.assign_reviewer(case.appeal, case.reviewer, by=case.lead, at=NOW)


def test_a_conflicted_evaluator_is_not_named() -> None:
    case = make_case("re_evaluation")

    for user in (case.supervisor, case.reviewer, case.agent, case.panel[0]):
        with pytest.raises(ConflictOfInterest):
            review.name_evaluator(case.appeal, user, by=case.lead, at=NOW)


def test_a_conflicted_arbiter_gets_no_seat() -> None:
    case = make_case("arbitration")
    RoleGrant.objects.create(user=case.reviewer, role="committee", granted_at=NOW)

    with pytest.raises(ConflictOfInterest):
        arbitration.seat_panel(
            case.appeal, [*case.panel[:2], case.reviewer], by=case.chair, at=NOW
        )


@pytest.mark.parametrize("size", [0, 1, 2, 4])
def test_a_panel_has_three_or_five(size: int) -> None:
    case = make_case("arbitration")

    with pytest.raises(DomainError):
        arbitration.seat_panel(case.appeal, case.panel[:size], by=case.chair, at=NOW)


# --- Enforced on opening evidence


def give_stake(case: Case, user: User) -> None:
    """`user` supervises the appellant from now on."""
    led_by(case, user, date(2026, 11, 6), None)


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("submitted", "reviewer"),
        ("meeting", "reviewer"),
        ("re_evaluation", "evaluator"),
        ("arbitration", "chair"),
        ("submitted", "lead"),
    ],
)
def test_who_gets_a_stake_reads_no_more_evidence(state: str, who: str) -> None:
    case = make_case(state)
    row, user = make.make_evidence(case), getattr(case, who)
    assert can_open_evidence(user, row, case.appeal, NOW)

    give_stake(case, user)

    assert not can_open_evidence(user, row, case.reload(), NOW)
    with pytest.raises(NotAllowed):
        evidence.open_file(row, by=user, at=NOW)


def test_an_arbiter_with_a_stake_reads_no_more_evidence() -> None:
    case = make_case("arbitration")
    row = make.make_evidence(case)
    evidence.open_file(row, by=case.panel[0], at=NOW)

    give_stake(case, case.panel[0])

    with pytest.raises(NotAllowed):
        evidence.open_file(row, by=case.panel[0], at=NOW)


# --- Enforced in the deciding transaction (C9)


def test_a_reviewer_with_a_stake_decides_nothing_and_hr_is_told() -> None:
    case = make_case("submitted")
    give_stake(case, case.reviewer)

    with pytest.raises(StakeArisen):
        make.find_compliant(case)

    assert case.reload().state == "submitted"
    told = Notice.objects.filter(kind="appeals.stake").values_list("user_id", flat=True)
    assert set(told) == {case.lead.pk, case.chair.pk}


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("data_recheck", make.finish_recheck),
        ("meeting", make.propose),
        ("submitted", make.find_violated),
        ("submitted", make.reject),
    ],
)
def test_no_act_of_a_reviewer_with_a_stake_counts(state: str, act: Callable[[Case], None]) -> None:
    case = make_case(state)
    give_stake(case, case.reviewer)

    with pytest.raises(StakeArisen):
        act(case)

    assert case.reload().state == state


def test_a_reviewer_who_lost_the_role_confirms_nothing() -> None:
    case = make_case("meeting")
    make.propose(case)
    accounts.revoke_role(case.reviewer, "hr", by=None, at=NOW)

    with pytest.raises(DomainError):
        make.answer(case, User.objects.get(pk=case.reviewer.pk))

    assert not case.reload().meeting.confirmations.exists()


def test_an_evaluator_with_a_stake_evaluates_nothing() -> None:
    case = make_case("re_evaluation")
    give_stake(case, case.evaluator)

    with pytest.raises(StakeArisen):
        make.re_evaluate(case)

    assert card_of(case.agent).revision == 1


def test_an_arbiter_who_left_the_committee_casts_no_vote() -> None:
    case = make_case("arbitration")
    accounts.revoke_role(case.panel[0], "committee", by=None, at=NOW)

    with pytest.raises(StakeArisen):
        make.vote(case, case.panel[0], "90.00")

    assert not case.appeal.panel.filter(voted_at__isnull=False).exists()


def test_a_vote_of_somebody_with_a_stake_is_kept_and_not_counted() -> None:
    case = make_case("arbitration")
    for user in case.panel[:3]:
        make.vote(case, user, "90.00")
    give_stake(case, case.panel[0])

    with pytest.raises(StakeArisen):
        make.decide(case)
    arbitration.seat_panel(case.appeal, case.panel[1:4], by=case.chair, at=NOW)
    make.vote(case, case.panel[3], None)
    make.decide(case)

    marked = case.reload().panel.get(user=case.panel[0])
    assert (marked.vote, marked.recused_at) == ("change", NOW)
    assert case.appeal.state == "changed"


def test_a_voter_without_a_stake_keeps_the_seat() -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[0], "90.00")

    with pytest.raises(Conflict):
        arbitration.seat_panel(case.appeal, case.panel[1:4], by=case.chair, at=NOW)


def test_a_chair_with_a_stake_publishes_nothing() -> None:
    case = make_case("arbitration")
    make.vote_change(case)
    give_stake(case, case.chair)

    with pytest.raises(ConflictOfInterest):
        make.decide(case)

    assert case.reload().state == "arbitration"


# --- Stepping back (C5, C7)


@pytest.mark.parametrize(
    ("state", "who", "field"),
    [("submitted", "reviewer", "reviewer"), ("re_evaluation", "evaluator", "evaluator")],
)
def test_who_steps_back_is_not_assigned_again(state: str, who: str, field: str) -> None:
    case = make_case(state)
    user = getattr(case, who)

    assigning.step_back(case.appeal, reason="亲属", by=user, at=NOW)

    assert getattr(case.reload(), field) is None
    again = review.assign_reviewer if who == "reviewer" else review.name_evaluator
    with pytest.raises(ConflictOfInterest):
        again(case.appeal, user, by=case.lead, at=NOW)
    assert case.appeal.steps.get(act="step_back").note == ""


def test_an_arbiter_who_steps_back_is_replaced_before_anything_is_published() -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[1], "90.00")
    make.vote(case, case.panel[2], "90.00")
    assigning.step_back(case.appeal, reason="同学", by=case.panel[0], at=NOW)

    with pytest.raises(Conflict):
        make.decide(case)
    arbitration.seat_panel(case.appeal, case.panel[1:4], by=case.chair, at=NOW)
    make.vote(case, case.panel[3], None)
    make.decide(case)

    assert case.reload().state == "changed"


def test_who_has_voted_does_not_step_back() -> None:
    case = make_case("arbitration")
    make.vote(case, case.panel[0], "90.00")

    with pytest.raises(NotAllowed):
        assigning.step_back(case.appeal, reason="x", by=case.panel[0], at=NOW)


# --- The supervisor's side


def test_without_an_account_of_the_supervisor_the_head_of_department_comes() -> None:
    case = make_case("data_recheck")
    User.objects.filter(pk=case.supervisor.pk).update(is_active=False)
    head = head_of_the_department(case)

    make.finish_recheck(case)

    assert case.reload().meeting.supervisor == head


def test_where_nobody_above_has_an_account_the_meeting_waits() -> None:
    case = make_case("data_recheck")
    User.objects.filter(pk=case.supervisor.pk).update(is_active=False)

    with pytest.raises(DomainError):
        make.finish_recheck(case)

    assert case.reload().state == "data_recheck"


def test_a_supervisor_who_left_during_the_meeting_is_replaced() -> None:
    case = make_case("meeting")
    User.objects.filter(pk=case.supervisor.pk).update(is_active=False)
    head = head_of_the_department(case)

    make.propose(case)

    assert case.reload().meeting.supervisor == head


def test_another_reviewer_starts_a_new_round() -> None:
    case = make_case("meeting")
    make.propose(case)
    make.answer(case, case.reviewer)
    other = make_person("hr", number="H009")

    review.assign_reviewer(case.appeal, other, by=case.lead, at=NOW)

    assert case.reload().meeting.round == 2
    with pytest.raises(NotAllowed):
        meeting.confirm(case.appeal, round_=2, agrees=True, comment="", by=case.reviewer, at=NOW)


def test_a_draft_names_nobody() -> None:
    case = make_case("draft")

    with pytest.raises(DomainError):
        review.take(case.appeal, by=case.reviewer, at=NOW)
    with pytest.raises(DomainError):
        filing.withdraw(case.appeal, reason="", by=case.agent, at=NOW)
