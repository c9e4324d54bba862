"""The whole ladder, each way through to its end, and what it does to the card."""

from decimal import Decimal

import pytest

from appeals.errors import AlreadyDecided, AppealIncomplete
from appeals.models import PanelSeat, State
from appeals.services import arbitration, filing, meeting, review
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_case
from appraisal.models import Adjustment, Scorecard
from appraisal.tests.factories import card_of
from kpi_portal.audit.models import Event
from kpi_portal.people.models import Company, Notice
from kpi_portal.people.tests.factories import make_company

pytestmark = pytest.mark.django_db


def result(case: Case) -> Scorecard:
    return card_of(case.agent)


def test_a_correction_agreed_by_three_becomes_a_revision() -> None:
    case = make_case("meeting")
    make.propose(case, "90.00")

    make.agree(case)

    appeal, card = case.reload(), result(case)
    assert (appeal.state, appeal.result, appeal.due_on) == (State.SETTLED, card, None)
    assert (card.revision, card.final, card.band) == (2, Decimal("89.56"), "meets")
    assert [line.points for line in card.lines.order_by("position")] == [
        Decimal("90.00"), Decimal("88.89")
    ]  # fmt: skip
    assert card.origin == f"appeal {appeal.number}"
    adjustment = Adjustment.objects.get(result=card)
    assert (adjustment.proposed_by, adjustment.approved_by) == (case.reviewer, case.supervisor)


def test_the_band_follows_the_correction() -> None:
    case = make_case("meeting")
    make.propose(case, "100.00")

    make.agree(case)

    assert (result(case).final, result(case).band) == (Decimal("95.56"), "excellent")


def test_three_may_agree_that_the_result_stands() -> None:
    case = make_case("meeting")
    make.propose(case, None)

    make.agree(case)

    appeal = case.reload()
    assert (appeal.state, appeal.result, appeal.reason_code) == (
        State.SETTLED, None, "unfounded"
    )  # fmt: skip
    assert result(case).revision == 1


def test_two_of_three_settle_nothing() -> None:
    case = make_case("meeting")
    make.propose(case)

    make.answer(case, case.agent)
    make.answer(case, case.reviewer)

    assert case.reload().state == State.MEETING
    assert result(case).revision == 1


@pytest.mark.parametrize("who", ["agent", "supervisor", "reviewer"])
def test_one_no_goes_to_the_committee(who: str) -> None:
    case = make_case("meeting")
    make.propose(case)

    make.answer(case, getattr(case, who), agrees=False)

    appeal = case.reload()
    assert appeal.state == State.ARBITRATION
    assert appeal.due_on is not None
    told = Notice.objects.filter(kind="appeals.panel_wanted").values_list("user", flat=True)
    assert list(told) == [case.chair.pk]


def test_a_new_proposal_asks_all_three_again() -> None:
    case = make_case("meeting")
    make.propose(case, "80.00")
    make.answer(case, case.agent)

    make.propose(case, "85.00")

    assert case.reload().meeting.round == 2
    make.agree(case)
    assert result(case).lines.get(position=1).points == Decimal("85.00")


def test_the_committee_changes_the_result_by_the_median() -> None:
    case = make_case("arbitration")
    make.vote_change(case)

    make.decide(case)

    appeal = case.reload()
    assert appeal.state == State.CHANGED
    assert appeal.result == result(case)
    assert result(case).lines.get(position=1).points == Decimal("85.00")


def test_a_minority_for_change_maintains_the_result() -> None:
    case = make_case("arbitration")
    make.vote_maintain(case)

    make.decide(case)

    appeal = case.reload()
    assert (appeal.state, appeal.result) == (State.MAINTAINED, None)
    assert result(case).revision == 1


def test_a_violated_procedure_is_evaluated_again_by_somebody_else() -> None:
    case = make_case("re_evaluation")

    make.re_evaluate(case, "90.00")

    appeal = case.reload()
    assert (appeal.state, appeal.result) == (State.REEVALUATED, result(case))
    assert result(case).final == Decimal("89.56")
    assert result(case).acknowledgement.delivered_at == NOW


def test_a_re_evaluation_that_confirms_the_points_is_a_revision_with_its_own_window() -> None:
    case = make_case("re_evaluation")

    make.re_evaluate(case, "75.00")

    assert (result(case).revision, result(case).final) == (2, Decimal("80.56"))
    assert filing.start(result(case), by=case.agent, at=NOW).state == State.DRAFT


def test_after_a_re_evaluation_only_its_lines_can_be_disputed() -> None:
    case = make_case("reevaluated")
    second = filing.start(result(case), by=case.agent, at=NOW)
    lines = list(second.scorecard.lines.order_by("position"))

    def save(topics: list[str], line: int) -> None:
        filing.save_draft(
            second, topics=topics, grounds=["unjust"], statement="x", request="y",
            claims={lines[line].pk: ""}, by=case.agent, at=NOW,
        )  # fmt: skip

    save([], 0)
    with pytest.raises(AppealIncomplete):
        save([], 1)
    with pytest.raises(AppealIncomplete):
        save(["total"], 0)


@pytest.mark.parametrize("state", ["settled", "maintained", "changed"])
def test_a_decision_is_final(state: str) -> None:
    case = make_case(state)

    with pytest.raises(AlreadyDecided, match=case.appeal.number):
        filing.start(result(case), by=case.agent, at=NOW)
    with pytest.raises(AlreadyDecided):
        filing.admit_late(result(case), reason="x", by=case.lead, at=NOW)


def test_who_has_withdrawn_may_appeal_again_within_the_window() -> None:
    case = make_case("withdrawn")

    assert filing.start(result(case), by=case.agent, at=NOW).pk != case.appeal.pk


# --- Nobody is worse off (rule 12)


def test_a_proposal_that_lowers_the_result_is_refused() -> None:
    case = make_case("meeting")

    with pytest.raises(AppealIncomplete, match=r"降低|lower"):
        make.propose(case, "60.00")

    assert case.reload().meeting.round == 0


def test_votes_that_would_lower_the_result_maintain_it() -> None:
    case = make_case("arbitration")
    for user in case.panel[:3]:
        make.vote(case, user, "60.00")

    make.decide(case)

    assert case.reload().state == State.MAINTAINED
    assert result(case).final == Decimal("80.56")


def test_a_re_evaluation_that_finds_less_confirms_the_points() -> None:
    case = make_case("re_evaluation")

    make.re_evaluate(case, "60.00")

    assert (result(case).revision, result(case).final) == (2, Decimal("80.56"))
    event = Event.objects.get(act="appeal.re_evaluated")
    assert event.after["points"] == {str(case.lines[0].pk): "60.00"}


def test_a_company_may_allow_lower_results() -> None:
    case = make_case("arbitration")
    make_company(appeal_never_lowers=False)
    for user in case.panel[:3]:
        make.vote(case, user, "60.00")

    make.decide(case)

    assert case.reload().state == State.CHANGED
    assert result(case).lines.get(position=1).points == Decimal("60.00")
    assert not Company.objects.get().appeal_never_lowers


# --- Votes


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ((None, None, None), None),
        (("80", None, None), None),
        (("80", "90", None), "85.00"),
        (("80", "90", "100"), "90.00"),
        (("80", "80.01", None), "80.01"),
        (("80", "90", "100", None, None), "90.00"),
        (("80", "90", None, None, None), None),
        (("76", "80", "90", "100", None), "85.00"),
    ],
)
def test_the_majority_decides_and_the_median_counts(
    figures: tuple[str | None, ...], expected: str | None
) -> None:
    seats = [
        PanelSeat(vote="change" if points else "maintain", figures={"7": points} if points else {})
        for points in figures
    ]

    found = arbitration.outcome(seats)

    assert found == ({7: Decimal(expected)} if expected else {})


def test_a_line_that_only_a_minority_wants_changed_stays() -> None:
    seats = [
        PanelSeat(vote="change", figures={"1": "80", "2": "90"}),
        PanelSeat(vote="change", figures={"1": "82"}),
        PanelSeat(vote="maintain", figures={}),
    ]

    assert arbitration.outcome(seats) == {1: Decimal("81.00")}


# --- What an act must say


def test_the_checklist_needs_every_answer_with_its_reason() -> None:
    case = make_case("submitted")
    some = [review.Finding("objective", True, "已核对"), review.Finding("weights", True, " ")]

    with pytest.raises(AppealIncomplete) as refused:
        review.review(case.appeal, some, compliant=True, by=case.reviewer, at=NOW)

    assert set(refused.value.fields) == {"weights", "procedure"}


def test_the_conclusion_must_agree_with_the_answer_on_the_procedure() -> None:
    case = make_case("submitted")

    with pytest.raises(AppealIncomplete):
        review.review(
            case.appeal, make.findings(kept=False), compliant=True, by=case.reviewer, at=NOW
        )

    assert case.reload().state == State.SUBMITTED
    assert not case.appeal.findings.exists()


def test_only_lines_in_dispute_get_other_points() -> None:
    case = make_case("meeting")
    other = case.lines[1]

    with pytest.raises(AppealIncomplete):
        meeting.propose(
            case.appeal, minutes="x", points={other.pk: Decimal("95")},
            reason_code="data_error", by=case.reviewer, at=NOW,
        )  # fmt: skip


def test_where_the_total_is_disputed_every_line_is() -> None:
    case = make_case()
    make.fill(case, topics=["total"], lines=[])
    filing.file(case.appeal, by=case.agent, at=NOW)
    for step in ("take", "find_violated", "name_evaluator"):
        make.STEPS[step](case)

    review.re_evaluate(
        case.appeal, {case.lines[1].pk: Decimal("95")}, reason_code="procedure", reason="x",
        by=case.evaluator, at=NOW,
    )  # fmt: skip

    assert result(case).lines.get(position=2).points == Decimal("95.00")


@pytest.mark.parametrize("points", ["-0.01", "100.01", "85.001", "NaN", "Infinity"])
def test_points_out_of_range_are_refused(points: str) -> None:
    case = make_case("meeting")

    with pytest.raises(AppealIncomplete):
        make.propose(case, points)


def test_an_incomplete_appeal_names_all_that_is_missing() -> None:
    case = make_case()

    with pytest.raises(AppealIncomplete) as refused:
        filing.file(case.appeal, by=case.agent, at=NOW)

    assert set(refused.value.fields) == {"topics", "grounds", "statement", "request"}


def test_an_appeal_admitted_late_is_not_refused_as_out_of_time() -> None:
    case = make_case()
    filing.admit_late(case.appeal.scorecard, reason="住院", by=case.lead, at=make.LATE)
    make.fill(case)
    filing.file(case.appeal, by=case.agent, at=make.LATE)
    make.take(case)

    with pytest.raises(AppealIncomplete):
        review.reject_formally(
            case.appeal, because="out_of_time", reason="x", by=case.reviewer, at=make.LATE
        )


def test_every_step_is_in_the_trail() -> None:
    make_case("changed")

    acts = set(Event.objects.filter(act__startswith="appeal.").values_list("act", flat=True))
    assert acts == {
        "appeal.started", "appeal.draft_saved", "appeal.filed", "appeal.reviewer_assigned",
        "appeal.reviewed", "appeal.rechecked", "appeal.proposed", "appeal.confirmed",
        "appeal.to_committee", "appeal.panel_seated", "appeal.voted", "appeal.decided",
    }  # fmt: skip
