"""The list of tickets and one ticket."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kpi_portal.people.models import User
from tickets import queries
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def test_filters_narrow_the_list(client: Client, hr: User, agent: User) -> None:
    make_ticket(agent.employee, external_id="ALPHA1", kind="complaint", channel="chat")
    make_ticket(None, external_id="BETA1", kind="inquiry", channel="hotline")
    client.force_login(hr)
    wanted = [
        {"kind": "complaint"}, {"channel": "chat"}, {"agent": "A001"}, {"agent": "李伟"},
        {"q": "ALP"}, {"from": "2026-10-01", "to": "2026-10-31", "q": "ALPHA1"},
    ]  # fmt: skip

    for query in wanted:
        content = client.get(reverse("tickets:tickets"), query).content.decode()
        assert "ALPHA1" in content and "BETA1" not in content, query


def test_a_page_costs_the_same_however_many_rows(
    client: Client, hr: User, agent: User, django_assert_max_num_queries: object
) -> None:
    for _each in range(30):
        make_ticket(agent.employee)
    client.force_login(hr)

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get(reverse("tickets:tickets"))


def test_one_ticket_shows_its_facts_and_masks_the_customer(client: Client, agent: User) -> None:
    ticket = make_ticket(agent.employee, frt=75, full=3700, customer_mask="138****5678")
    client.force_login(agent)

    content = client.get(reverse("tickets:ticket", args=[ticket.pk])).content.decode()

    assert "138****5678" in content
    assert ticket.external_id in content


def test_a_foreign_ticket_does_not_exist(client: Client, outsider: User, agent: User) -> None:
    ticket = make_ticket(agent.employee)
    client.force_login(outsider)

    assert client.get(reverse("tickets:ticket", args=[ticket.pk])).status_code == 404


def test_an_auditor_has_no_list(client: Client, auditor: User) -> None:
    client.force_login(auditor)

    assert client.get(reverse("tickets:tickets")).status_code == 403


def test_the_search_finds_visible_tickets_by_number(agent: User, outsider: User) -> None:
    make_ticket(agent.employee, external_id="2018001")

    assert [hit.title for hit in queries.search(agent, "2018", 5)] == ["2018001"]
    assert queries.search(outsider, "2018", 5) == []


def test_nothing_waits_for_who_may_not_import(agent: User) -> None:
    assert queries.waiting_for(agent, timezone.now()) == []
