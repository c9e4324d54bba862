"""Who has left is signed out; who types or is polled for is not forgotten or kept wrongly."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kpi_portal.people.models import User
from kpi_portal.people.tests.factories import make_person

pytestmark = pytest.mark.django_db
START = 1_795_000_000


@pytest.fixture
def agent(settings: Any) -> User:
    settings.IDLE_MINUTES = 30
    return make_person("agent", number="A001")


def is_in(client: Client, at: int, **headers: Any) -> bool:
    with time_machine.travel(START + at, tick=False):
        return client.get(reverse("home:today"), headers=headers).status_code == 200


def test_after_half_an_hour_of_nothing_somebody_is_signed_out(client: Client, agent: User) -> None:
    client.force_login(agent)

    assert is_in(client, 0)
    assert is_in(client, 1800)
    assert is_in(client, 3600)
    assert not is_in(client, 5401)


def test_it_is_said_and_the_way_back_is_kept(client: Client, agent: User) -> None:
    client.force_login(agent)
    is_in(client, 0)

    with time_machine.travel(START + 1861, tick=False):
        answer = client.get(reverse("home:notices"), follow=True)

    assert answer.redirect_chain[0][0].endswith("?next=/notices/")
    assert "30 分钟" in answer.content.decode()


@pytest.mark.parametrize("role", ["hr", "admin"])
def test_roles_with_power_have_half_of_it(role: str, client: Client, agent: User) -> None:
    client.force_login(make_person(role, number="H001"))

    assert is_in(client, 0)
    assert not is_in(client, 901)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(client: Client, agent: User) -> None:
    client.force_login(agent)
    polling = {"HX-Request": "true"}

    assert is_in(client, 0)
    assert is_in(client, 1000, **polling)
    assert is_in(client, 1790, **polling)
    assert not is_in(client, 1801)


def test_saying_that_one_is_there_keeps_the_session(client: Client, agent: User) -> None:
    client.force_login(agent)
    is_in(client, 0)

    with time_machine.travel(START + 1700, tick=False):
        assert client.post(reverse("home:stay")).status_code == 204

    assert is_in(client, 3400)


def test_without_the_setting_nobody_is_signed_out(
    client: Client, agent: User, settings: Any
) -> None:
    settings.IDLE_MINUTES = 0
    client.force_login(agent)

    assert is_in(client, 0)
    assert is_in(client, 40_000)
    assert "idle.js" not in client.get(reverse("home:today")).content.decode()
