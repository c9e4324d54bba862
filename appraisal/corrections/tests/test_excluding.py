"""Exclusions: a record or a span is left out once somebody else of HR has agreed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from appraisal.corrections import effects, excluding, permissions, queries
from appraisal.corrections.deciding import ProposalChanged, ReasonMissing
from appraisal.corrections.excluding import BadExclusion
from appraisal.corrections.tests.factories import AT, D, Team, make_team
from appraisal.models import Decision, Exclusion
from appraisal.tests.factories import make_work, publish, run
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.jobs.models import Job
from kpi_portal.people.models import Notice
from kpi_portal.people.tests.factories import make_department, make_user
from surveys.models import SatisfactionAnswer

pytestmark = pytest.mark.django_db

GIVEN = {"cause": "malicious", "reason": "恶意差评"}


@pytest.fixture
def team() -> Team:
    """The agent's answers are 4 of 5, but for one 1 of 5."""
    made = make_team()
    make_work(made.agent, frt=80, score=1, tickets=1, day=date(2026, 10, 20))
    run(made.period)
    return made


def bad_answer(team: Team) -> SatisfactionAnswer:
    return SatisfactionAnswer.objects.get(agent=team.employee, score_e4=10_000)


def proposed(team: Team, **fields: Any) -> Exclusion:
    given: dict[str, Any] = {"record_of": bad_answer(team), "by": team.supervisor, "at": AT}
    return excluding.propose(**(given | GIVEN | fields))


def test_the_effect_is_measured_without_the_record_and_nothing_stays(team: Team) -> None:
    # (3 × 80 + 20) ÷ 4 = 65 of 90; without the bad answer 80 of 90.
    assert team.card.final == D("73.89")

    exclusion = proposed(team)

    assert exclusion.effect == {
        "2026-10": {
            "A001": {
                "final_before": "73.89",
                "final_after": "80.56",
                "band_before": "meets",
                "band_after": "meets",
                "lines": [[2, "csat_mean", "72.22", "88.89"]],
            }
        }
    }
    exclusion.refresh_from_db()
    assert (exclusion.state, exclusion.decided_by) == (Decision.PROPOSED, None)
    run(team.period)
    assert team.card.final == D("73.89")
    assert Event.objects.filter(act="exclusion.proposed", actor=team.supervisor).exists()


def test_approved_it_counts_in_the_next_run(team: Team) -> None:
    exclusion = proposed(team)

    excluding.approve(exclusion.pk, by=team.hr, at=AT)

    assert Job.objects.filter(kind="appraisal.compute", key="2026-10").exists()
    run(team.period)
    line = team.card.lines.all()[1]
    assert team.card.final == D("80.56")
    assert (line.sample, line.left_out_reasons) == (3, {"excluded": 1})
    event = Event.objects.get(act="exclusion.approved")
    assert event.after["effect"] == exclusion.effect
    assert Notice.objects.filter(user=team.supervisor, kind="appraisal.exclusion_decided").exists()


def test_only_the_named_metrics_leave_it_out(team: Team) -> None:
    ticket = bad_answer(team).ticket
    other = proposed(team, record_of=ticket, metrics=["csat_top"])
    named = proposed(team, record_of=ticket, metrics=["csat_mean"])

    assert other.effect == {"2026-10": {}}
    assert named.effect["2026-10"]["A001"]["final_after"] == "80.56"


def test_a_published_period_stays_and_is_named(team: Team) -> None:
    publish(team.period)
    exclusion = proposed(team)

    excluding.approve(exclusion.pk, by=team.hr, at=AT)

    assert team.card.final == D("73.89")
    assert [period.code for period in queries.frozen_periods(exclusion)] == ["2026-10"]
    assert not Job.objects.filter(kind="appraisal.compute").exists()


def test_an_agent_asks_for_their_own_and_hr_decides(team: Team) -> None:
    exclusion = proposed(team, by=team.agent)

    assert exclusion.asked_by_agent == team.employee
    assert permissions.visible_exclusions(team.agent).get() == exclusion
    assert not permissions.visible_exclusions(team.colleague).exists()
    assert queries.exclusion_effect(exclusion, team.agent) == []
    excluding.refuse(exclusion.pk, by=team.hr, at=AT, reason="评价属实")
    exclusion.refresh_from_db()
    assert (exclusion.state, exclusion.decision_reason) == (Decision.REFUSED, "评价属实")
    assert Notice.objects.filter(user=team.agent, kind="appraisal.exclusion_decided").exists()


def test_two_people_and_nobody_about_themselves(team: Team) -> None:
    exclusion = proposed(team, by=team.hr)
    with pytest.raises(NotAllowed):
        excluding.approve(exclusion.pk, by=team.hr, at=AT)
    team.agent.role_grants.create(role="hr", granted_at=AT)
    both = type(team.agent).objects.get(pk=team.agent.pk)
    with pytest.raises(NotAllowed):
        excluding.approve(exclusion.pk, by=team.agent, at=AT)
    with pytest.raises(NotAllowed):
        excluding.refuse(exclusion.pk, by=team.agent, at=AT, reason="否")

    assert not permissions.can_decide_exclusion(team.hr, exclusion)
    assert both.has_role("hr")
    assert not permissions.can_decide_exclusion(both, exclusion)
    assert not permissions.can_decide_exclusion(team.supervisor, exclusion)
    assert permissions.can_decide_exclusion(team.second, exclusion)


def test_an_effect_that_changed_is_shown_before_it_is_approved(team: Team) -> None:
    exclusion = proposed(team)
    make_work(team.agent, frt=80, score=5, tickets=1, day=date(2026, 10, 21))

    with pytest.raises(ProposalChanged):
        excluding.approve(exclusion.pk, by=team.hr, at=AT)

    exclusion.refresh_from_db()
    assert exclusion.state == Decision.PROPOSED
    assert exclusion.effect["2026-10"]["A001"]["final_after"] == "82.78"
    excluding.approve(exclusion.pk, by=team.hr, at=AT)
    with pytest.raises(ProposalChanged):
        excluding.approve(exclusion.pk, by=team.hr, at=AT)


def test_a_span_leaves_everything_in_it_out(team: Team) -> None:
    start, end = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 21, tzinfo=UTC)

    exclusion = proposed(team, record_of=None, starts_at=start, ends_at=end, cause="outage")

    assert list(exclusion.effect["2026-10"]) == ["A001"]
    assert exclusion.effect["2026-10"]["A001"]["final_after"] == "80.56"
    elsewhere = make_department("hotline")
    there = proposed(
        team, record_of=None, starts_at=start, ends_at=end, cause="outage", department=elsewhere
    )
    assert there.effect in ({}, {"2026-10": {}})
    assert permissions.concerned_ids(exclusion) == {team.employee.pk}
    assert [row.number for row in queries.exclusion_effect(exclusion, team.hr)] == ["A001"]
    assert [row.number for row in queries.exclusion_effect(exclusion, team.supervisor)] == ["A001"]
    assert queries.exclusion_effect(exclusion, team.hr)[0].difference == D("6.67")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"cause": "mood"}, BadExclusion),
        ({"metrics": ["nonsense"]}, BadExclusion),
        ({"record_of": None}, BadExclusion),
        ({"record_of": None, "starts_at": AT, "ends_at": AT}, BadExclusion),
    ],
)
def test_what_makes_no_sense_is_not_proposed(
    team: Team, fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        proposed(team, **fields)


def test_a_record_is_proposed_once(team: Team) -> None:
    first = proposed(team, metrics=["csat_mean"])
    with pytest.raises(Conflict):
        proposed(team, metrics=["csat_mean"])
    proposed(team, metrics=["csat_top"])
    excluding.withdraw(first.pk, by=team.supervisor, at=AT)

    proposed(team, metrics=["csat_mean"])
    with pytest.raises(NotAllowed):
        excluding.withdraw(Exclusion.objects.latest("pk").pk, by=team.hr, at=AT)


def test_a_period_without_scheme_has_no_effect(team: Team) -> None:
    stranger = make_user("hr")
    start = datetime(2020, 1, 1, tzinfo=UTC)

    exclusion = proposed(
        team, record_of=None, by=stranger, starts_at=start, ends_at=start.replace(day=2)
    )

    assert exclusion.effect == {}
    assert effects.touched(exclusion) == []


def test_hr_finds_what_waits(team: Team) -> None:
    proposed(team)

    kinds = [todo.kind for todo in queries.waiting_for(team.hr, AT)]
    assert kinds == ["appraisal.exclusion"]
    assert queries.waiting_for(team.supervisor, AT) == []
