"""The pages and the API of corrections, from the proposal to the decision."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.corrections.tests.factories import Team, make_team, proposed
from appraisal.models import AdjustmentRequest, Decision, Exclusion
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(settings: object) -> Team:
    settings.FRESH_AUTHENTICATION = False  # type: ignore[attr-defined]
    return make_team()


def test_a_supervisor_proposes_from_the_card_and_hr_approves(team: Team, client: Client) -> None:
    client.force_login(team.supervisor)
    url = reverse("appraisal:adjust", args=["2026-10", "A001"])
    card = client.get(reverse("appraisal:scorecard", args=["2026-10", "A001"]))
    assert url in card.content.decode()
    line = team.card.lines.all()[0]

    bad = client.post(url, {"target": line.pk, "points": "101", "origin": "data_error",
                            "reason": "错"})  # fmt: skip
    assert bad.status_code == 422
    made = client.post(url, {"target": line.pk, "points": "90", "origin": "data_error",
                             "reason": "首响记录有误"})  # fmt: skip

    request = AdjustmentRequest.objects.get()
    page = reverse("appraisal:adjustment", args=[request.pk])
    assert made["Location"] == page
    shown = client.get(page).content.decode()
    assert "89.56" in shown
    assert 'name="decision"' not in shown
    client.force_login(team.hr)
    listed = client.get(reverse("appraisal:corrections")).content.decode()
    assert page in listed
    stale = client.post(page, {"decision": "approve", "shown": "1.00"})
    assert stale.status_code == 422
    assert 'value="89.56"' in stale.content.decode()
    assert client.post(page, {"decision": "refuse"}).status_code == 422
    client.post(page, {"decision": "approve", "shown": "89.56"})
    request.refresh_from_db()
    assert request.state == Decision.APPROVED
    assert client.get(page).status_code == 200


def test_an_agent_asks_from_the_records_and_withdraws(team: Team, client: Client) -> None:
    client.force_login(team.agent)
    ticket = Ticket.objects.filter(agent=team.employee).earliest("pk")
    url = reverse("appraisal:exclude_ticket", args=[ticket.pk])
    assert client.get(url).status_code == 200

    client.post(url, {"cause": "test", "reason": "测试工单"})

    exclusion = Exclusion.objects.get()
    assert (exclusion.asked_by_agent, exclusion.ticket) == (team.employee, ticket)
    page = reverse("appraisal:exclusion", args=[exclusion.pk])
    assert "80.56" not in client.get(page).content.decode()
    client.post(reverse("appraisal:withdraw_exclusion", args=[exclusion.pk]))
    exclusion.refresh_from_db()
    assert exclusion.state == Decision.WITHDRAWN


def test_hr_leaves_out_a_span_and_another_one_approves(team: Team, client: Client) -> None:
    client.force_login(team.hr)
    url = reverse("appraisal:exclude_span")
    span = {"starts_at": "2026-10-12T00:00", "ends_at": "2026-10-13T00:00", "cause": "outage",
            "reason": "系统故障"}  # fmt: skip
    assert client.post(url, span | {"ends_at": "2026-10-11T00:00"}).status_code == 422
    client.post(url, span)
    exclusion = Exclusion.objects.get()
    assert exclusion.starts_at is not None
    assert exclusion.starts_at.isoformat() == "2026-10-11T16:00:00+00:00"
    page = reverse("appraisal:exclusion", args=[exclusion.pk])

    assert client.post(page, {"decision": "approve"}).status_code == 403
    client.force_login(team.second)
    text = client.get(page).content.decode()
    assert "A001" in text
    assert "A002" in text
    client.post(page, {"decision": "approve"})

    exclusion.refresh_from_db()
    assert exclusion.state == Decision.APPROVED


def test_a_supervisor_proposes_spans_for_their_department_only(team: Team, client: Client) -> None:
    client.force_login(team.supervisor)
    span = {"starts_at": "2026-10-12T00:00", "ends_at": "2026-10-13T00:00", "cause": "outage",
            "reason": "系统故障"}  # fmt: skip

    assert client.post(reverse("appraisal:exclude_span"), span).status_code == 422
    mine = team.card.department_id
    client.post(reverse("appraisal:exclude_span"), span | {"department": mine})

    assert Exclusion.objects.get().department_id == mine


def post(client: Client, url: str, data: dict[str, Any]) -> Any:
    return client.post(url, data, content_type="application/json")


def test_programs_propose_and_hr_decides(team: Team, client: Client) -> None:
    client.force_login(team.supervisor)
    given = {"period": "2026-10", "agent": "A001", "indicator": "frt_mean", "points": "90",
             "origin": "data_error", "reason": "首响记录有误"}  # fmt: skip
    wrong = post(client, "/api/v1/adjustments/", given | {"indicator": "nps"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["indicator"])
    gone = post(client, "/api/v1/adjustments/", given | {"agent": "Z999"})
    assert gone.status_code == 404

    made = post(client, "/api/v1/adjustments/", given)

    assert (made.status_code, made.json()["effect"]["final_after"]) == (201, "89.56")
    again = post(client, "/api/v1/adjustments/", given)
    assert (again.status_code, again.json()["code"]) == (409, "already_proposed")
    url = f"/api/v1/adjustments/{made.json()['id']}/"
    assert post(client, f"{url}decision/", {"decision": "approve"}).status_code == 403
    client.force_login(team.hr)
    done = post(client, f"{url}decision/", {"decision": "approve", "shown": "89.56"})
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert client.get("/api/v1/adjustments/").json()["count"] == 1
    assert client.get(url).json()["decided_by"] == team.hr.username


def test_programs_ask_for_leaving_out(team: Team, client: Client) -> None:
    client.force_login(team.agent)
    own = Ticket.objects.filter(agent=team.employee).earliest("pk")
    other = Ticket.objects.exclude(agent=team.employee).earliest("pk")
    given = {"cause": "test", "reason": "测试"}
    refused = post(client, "/api/v1/exclusions/", given | {"ticket": other.pk})
    assert refused.status_code == 404
    assert post(client, "/api/v1/exclusions/", given).status_code == 403

    made = post(client, "/api/v1/exclusions/", given | {"ticket": own.pk})

    assert (made.status_code, made.json()["asked_by_agent"]) == (201, "A001")
    assert made.json()["effect"] == []
    client.force_login(team.hr)
    url = f"/api/v1/exclusions/{made.json()['id']}/"
    assert client.get(url).status_code == 200
    done = post(client, f"{url}decision/", {"decision": "refuse", "reason": "不是测试"})
    assert (done.status_code, done.json()["state"]) == (200, "refused")
    answer = own.answers.get()
    proposed_again = post(client, "/api/v1/exclusions/", given | {"answer": answer.pk})
    assert proposed_again.status_code == 201


def test_a_card_of_a_running_period_offers_no_adjustment(team: Team, client: Client) -> None:
    request = proposed(team)
    client.force_login(team.agent)

    assert client.get(reverse("appraisal:adjustment", args=[request.pk])).status_code == 404
    client.force_login(team.supervisor)
    client.post(reverse("appraisal:withdraw_adjustment", args=[request.pk]))
    request.refresh_from_db()
    assert request.state == Decision.WITHDRAWN
