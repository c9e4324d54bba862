"""Adjustments: proposed by one, decided by another, effective in a run or as a revision."""

from datetime import timedelta
from typing import Any

import pytest

from appraisal.corrections import adjusting, effects
from appraisal.corrections.adjusting import AlreadyProposed
from appraisal.corrections.deciding import ProposalChanged, ReasonMissing
from appraisal.corrections.tests.factories import AT, D, Team, make_team, proposed
from appraisal.models import AdjustmentRequest, Decision, Period, Scorecard
from appraisal.periods.services import NotReady
from appraisal.periods.workflow import WrongState
from appraisal.scorecards.services import BadAdjustment
from appraisal.tests.factories import in_review, publish, run
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import NotAllowed
from kpi_portal.jobs.models import Job
from kpi_portal.people.models import Notice

LATER = AT + timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def shown(request: AdjustmentRequest) -> str:
    return str(request.effect["final_after"])


def test_a_proposal_says_what_it_would_change_and_changes_nothing(team: Team) -> None:
    card = team.card
    assert (card.final, card.lines.all()[0].points) == (D("80.56"), D("75.00"))

    request = proposed(team)

    assert request.effect == {
        "final_before": "80.56",
        "final_after": "89.56",
        "band_before": "meets",
        "band_after": "meets",
        "points_before": "75.00",
        "points_after": "90.00",
    }
    assert team.card.final == D("80.56")
    assert Event.objects.filter(act="adjustment.proposed", actor=team.supervisor).exists()


def test_approved_before_publication_it_counts_in_the_next_run(team: Team) -> None:
    request = proposed(team)

    adjusting.approve(request.pk, shown=shown(request), by=team.hr, at=AT)

    assert Job.objects.filter(kind="appraisal.compute", key="2026-10").exists()
    with pytest.raises(NotReady):
        in_review(team.period)
    assert team.card.final == D("80.56")
    run(team.period, LATER)
    assert team.card.final == D("89.56")
    in_review(team.period)
    assert team.card.lines.all()[0].decided == D("90.00")
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.result) == (
        Decision.APPROVED,
        team.hr,
        None,
    )
    event = Event.objects.get(act="adjustment.approved")
    assert (event.actor, event.after["final_after"]) == (team.hr, "89.56")
    assert Notice.objects.filter(user=team.supervisor).exists()


def test_approved_after_publication_it_makes_a_revision(team: Team) -> None:
    publish(team.period)
    first = team.card
    request = proposed(team)

    adjusting.approve(request.pk, shown=shown(request), by=team.hr, at=AT)

    request.refresh_from_db()
    assert request.result == team.card
    assert (team.card.revision, team.card.final) == (2, D("89.56"))
    assert (team.card.reason, team.card.origin) == ("首响记录有误", f"adjustment:{request.pk}")
    first.refresh_from_db()
    assert (first.final, first.is_current) == (D("80.56"), False)


def test_the_total_changes_by_an_amount(team: Team) -> None:
    publish(team.period)
    request = proposed(team, line=None, points=D("-11"))
    assert request.effect["final_after"] == "69.56"
    assert request.effect["band_after"] == "to_improve"

    adjusting.approve(request.pk, shown="69.56", by=team.hr, at=AT)

    assert (team.card.final, team.card.adjusted, team.card.band) == (
        D("69.56"),
        D("-11.00"),
        "to_improve",
    )


def test_who_proposed_does_not_decide(team: Team) -> None:
    request = proposed(team, by=team.hr)

    with pytest.raises(NotAllowed):
        adjusting.approve(request.pk, shown=shown(request), by=team.hr, at=AT)
    with pytest.raises(NotAllowed):
        adjusting.refuse(request.pk, by=team.hr, at=AT, reason="不同意")
    adjusting.approve(request.pk, shown=shown(request), by=team.second, at=AT)


def test_nobody_proposes_or_decides_on_their_own_card(team: Team) -> None:
    with pytest.raises(NotAllowed):
        proposed(team, by=team.agent)
    request = proposed(team)
    team.agent.role_grants.create(role="hr", granted_at=AT)
    with pytest.raises(NotAllowed):
        adjusting.approve(request.pk, shown=shown(request), by=team.agent, at=AT)


def test_an_effect_that_changed_meanwhile_is_not_approved(team: Team) -> None:
    request = proposed(team)

    with pytest.raises(ProposalChanged):
        adjusting.approve(request.pk, shown="89.55", by=team.hr, at=AT)

    request.refresh_from_db()
    assert request.state == Decision.PROPOSED


def test_a_line_has_one_open_proposal(team: Team) -> None:
    for line in (team.card.lines.all()[0], None):
        proposed(team, line=line, points=D(5))
        with pytest.raises(AlreadyProposed):
            proposed(team, line=line, points=D(6))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": "  "}, ReasonMissing),
        ({"points": D("100.01")}, BadAdjustment),
        ({"points": D(-1)}, BadAdjustment),
        ({"line": None, "points": D(0)}, BadAdjustment),
        ({"origin": "mood"}, BadAdjustment),
    ],
)
def test_what_makes_no_sense_is_not_proposed(
    team: Team, fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        proposed(team, **fields)


def test_a_proposal_waits_while_the_committee_reviews(team: Team) -> None:
    request = proposed(team)
    in_review(team.period)

    with pytest.raises(WrongState):
        adjusting.approve(request.pk, shown=shown(request), by=team.hr, at=AT)
    Period.objects.filter(pk=team.period.pk).update(state=Period.State.OPEN)
    with pytest.raises(WrongState):
        proposed(team, line=None)


def test_a_refusal_needs_its_reason_and_ends_the_proposal(team: Team) -> None:
    request = proposed(team)
    with pytest.raises(ReasonMissing):
        adjusting.refuse(request.pk, by=team.hr, at=AT, reason=" ")

    adjusting.refuse(request.pk, by=team.hr, at=AT, reason="记录无误")

    request.refresh_from_db()
    assert (request.state, request.decision_reason) == (Decision.REFUSED, "记录无误")
    with pytest.raises(ProposalChanged):
        adjusting.approve(request.pk, shown=shown(request), by=team.hr, at=AT)
    run(team.period)
    assert team.card.final == D("80.56")


def test_who_proposed_may_withdraw_until_it_is_decided(team: Team) -> None:
    request = proposed(team)
    with pytest.raises(NotAllowed):
        adjusting.withdraw(request.pk, by=team.hr, at=AT)

    adjusting.withdraw(request.pk, by=team.supervisor, at=AT)

    request.refresh_from_db()
    assert request.state == Decision.WITHDRAWN
    with pytest.raises(ProposalChanged):
        adjusting.withdraw(request.pk, by=team.supervisor, at=AT)


def test_a_line_that_is_gone_is_not_adjusted(team: Team) -> None:
    request = proposed(team)
    Scorecard.objects.all().delete()

    with pytest.raises(ProposalChanged):
        adjusting.approve(request.pk, shown=shown(request), by=team.hr, at=AT)
    assert effects.line_of(Scorecard(pk=0), 0, 1) is None
