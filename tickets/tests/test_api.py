"""Tickets over the API: reading, and batches with their idempotency."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.people.models import User
from kpi_portal.people.services import create_token
from tickets.models import Batch, Ticket
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db

URL = "/api/v1/tickets:batch"
TICKET = {"external_id": "T1", "created_at": "2026-10-12T10:00:00+08:00", "agent": "A001",
          "first_response_at": "2026-10-12T10:01:00+08:00", "tags": ["a", "b"],
          "escalated": False, "contacts": 2}  # fmt: skip


@pytest.fixture
def api(client: Client, admin_user: User, agent: User) -> Client:
    client.force_login(admin_user)
    return client


def post(client: Client, tickets: Any, key: str = "k1", source: Any = "desk") -> Any:
    return client.post(
        URL,
        {"source": source, "tickets": tickets},
        content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )


def test_a_batch_is_taken_in_row_by_row(api: Client) -> None:
    bad = {"external_id": "T2", "created_at": "2026-02-30", "agent": "A001"}
    response = post(api, [TICKET, bad, "text", {"external_id": "T3", "nonsense": 1}])

    assert response.status_code == 200
    body = response.json()
    assert body["counts"] == {"rows": 4, "created": 1, "updated": 0, "unchanged": 0, "rejected": 3}
    assert [each["status"] for each in body["results"]] == ["created", *["rejected"] * 3]
    assert body["results"][1]["errors"][0]["field"] == "created_at"
    ticket = Ticket.objects.select_related("agent").get()
    assert (ticket.frt_s, ticket.tags, ticket.contacts, ticket.escalated) == (
        60,
        ["a", "b"],
        2,
        False,
    )
    assert ticket.reports_response and not ticket.reports_resolution


def test_the_same_key_with_the_same_body_is_answered_again(api: Client) -> None:
    first = post(api, [TICKET]).json()

    again = post(api, [TICKET])

    assert (again.status_code, again.json()) == (200, first)
    assert Batch.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(api: Client) -> None:
    post(api, [TICKET])

    response = post(api, [{**TICKET, "contacts": 3}])

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert Ticket.objects.get().contacts == 2


def test_another_key_updates_and_keeps_what_is_not_given(api: Client) -> None:
    post(api, [TICKET])

    later = {"external_id": "T1", "created_at": TICKET["created_at"], "contacts": 3}
    body = post(api, [later], key="k2").json()

    assert body["results"][0]["status"] == "updated"
    ticket = Ticket.objects.select_related("agent").get()
    assert (ticket.contacts, ticket.frt_s, ticket.agent and ticket.agent.number) == (3, 60, "A001")


def test_unknown_agents_and_doubled_ids_are_rejected(api: Client) -> None:
    body = post(api, [TICKET, TICKET, {**TICKET, "external_id": "T2", "agent": "?"}]).json()

    codes = [each["errors"][0]["code"] for each in body["results"][1:]]
    assert codes == ["duplicate", "unknown_agent"]


@pytest.mark.parametrize(
    ("tickets", "key", "source"),
    [([TICKET], "", "desk"), ([TICKET], "k" * 201, "desk"), ("x", "k", "desk"),
     ([TICKET], "k", ""), ([TICKET], "k", 7), ([TICKET] * 10_001, "k", "desk")],
)  # fmt: skip
def test_what_is_no_batch_is_refused(api: Client, tickets: Any, key: str, source: Any) -> None:
    assert post(api, tickets, key=key, source=source).status_code == 422
    assert not Ticket.objects.exists()


def test_only_who_may_import_posts(client: Client, agent: User, supervisor: User) -> None:
    assert post(client, [TICKET]).status_code == 401
    for user in (agent, supervisor):
        client.force_login(user)
        assert post(client, [TICKET]).status_code == 403


def test_the_list_holds_what_the_reader_may_see(client: Client, agent: User, hr: User) -> None:
    make_ticket(agent.employee, external_id="own", customer_mask="138****5678")
    make_ticket(None, external_id="other")
    url = reverse("api:tickets")

    client.force_login(agent)
    mine = client.get(url).json()
    client.force_login(hr)
    everything = client.get(url).json()

    assert [each["external_id"] for each in mine["results"]] == ["own"]
    assert mine["results"][0]["agent"] == "A001"
    assert everything["count"] == 2
    assert client.get(url, {"q": "oth"}).json()["count"] == 1
    assert client.get(url, {"from": "nonsense"}).status_code == 400


@pytest.mark.usefixtures("agent")
def test_a_token_does_only_what_its_scope_says(client: Client, admin_user: User) -> None:
    _token, importing = create_token(admin_user, scope="import", label="desk")
    _token, reading = create_token(admin_user, scope="read", label="report")
    body = {"source": "desk", "tickets": [TICKET]}

    def statuses(text: str) -> tuple[int, int]:
        headers = {"Authorization": f"Token {text}", "Idempotency-Key": text[:20]}
        posted = client.post(URL, body, content_type="application/json", headers=headers)
        return posted.status_code, client.get(reverse("api:tickets"), headers=headers).status_code

    assert statuses(importing) == (200, 403)
    assert statuses(reading) == (403, 200)
