"""The list of answers, and those of one ticket."""

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.people.models import User
from surveys.tests.factories import make_answer
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def test_answers_of_a_ticket_hide_the_comment_from_its_agent(
    client: Client, agent: User, supervisor: User
) -> None:
    ticket = make_ticket(agent.employee)
    make_answer(ticket=ticket, comment="很满意")
    url = reverse("surveys:of-ticket", args=[ticket.pk])

    client.force_login(agent)
    assert "很满意" not in client.get(url).content.decode()
    client.force_login(supervisor)
    assert "很满意" in client.get(url).content.decode()
    assert "很满意" in client.get(reverse("surveys:index")).content.decode()


def test_the_answers_of_a_foreign_ticket_do_not_exist(
    client: Client, outsider: User, agent: User
) -> None:
    ticket = make_ticket(agent.employee)
    client.force_login(outsider)

    assert client.get(reverse("surveys:of-ticket", args=[ticket.pk])).status_code == 404


def test_an_auditor_has_no_list(client: Client, auditor: User) -> None:
    client.force_login(auditor)

    assert client.get(reverse("surveys:index")).status_code == 403


def test_filters_narrow_the_list(client: Client, hr: User, agent: User, outsider: User) -> None:
    make_answer(agent.employee, channel="chat", ticket_external_id="ALPHA1")
    make_answer(outsider.employee, channel="hotline", ticket_external_id="BETA1")
    client.force_login(hr)

    for query in ({"channel": "chat"}, {"agent": "A001"}, {"q": "ALP"}):
        content = client.get(reverse("surveys:index"), query).content.decode()
        assert "ALPHA1" in content and "BETA1" not in content, query
