"""Who sees which places, and that no place is a dead end."""

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.home import navigation
from kpi_portal.home.navigation import NAVIGATION, Entry, Group, everybody
from kpi_portal.people.models import Role, User
from kpi_portal.people.tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db


def names(user: User, path: str = "/") -> set[str]:
    return {place.url for _label, places in navigation.places(user, path) for place in places}


def offered(user: User) -> set[str]:
    return {entry.url_name for group in NAVIGATION for entry in group.entries if entry.may(user)}


@pytest.mark.parametrize(
    ("roles", "sees", "misses"),
    [
        (
            [Role.AGENT],
            {"home:today", "appraisal:scorecards", "appeals:list"},
            {
                "appraisal:team",
                "appraisal:periods",
                "tickets:imports",
                "audit:list",
                "admin:index",
            },
        ),
        (
            [Role.SUPERVISOR],
            {"appraisal:team", "appraisal:schemes", "people:list"},
            {"appraisal:periods", "tickets:imports", "audit:list", "admin:index"},
        ),
        (
            [Role.HR],
            {"appraisal:team", "appraisal:periods", "appeals:list", "tickets:imports"},
            {"audit:list", "admin:index"},
        ),
        (
            [Role.CHAIR],
            {"appraisal:schemes", "appraisal:periods", "appeals:list"},
            {"tickets:imports", "audit:list", "admin:index"},
        ),
        (
            [Role.ADMIN],
            {"tickets:imports", "audit:list", "admin:index", "jobs:list", "people:list"},
            {"appraisal:team"},
        ),
        ([Role.AUDITOR], {"audit:list", "appraisal:periods"}, {"admin:index", "tickets:imports"}),
        ([Role.INSPECTOR], {"surveys:index"}, {"appraisal:team", "audit:list"}),
    ],
)
def test_each_role_is_offered_its_places(
    roles: list[str], sees: set[str], misses: set[str]
) -> None:
    places = offered(make_person(*roles))

    assert sees <= places
    assert not misses & places


def test_a_place_without_an_address_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Group("", (Entry("nowhere", "x", "nowhere:at_all", everybody),))
    monkeypatch.setattr(navigation, "NAVIGATION", (dead,))

    assert navigation.places(make_user(), "/") == []


def test_the_place_where_one_is_is_marked() -> None:
    user = make_user()

    for path, current in [("/", True), ("/notices/", True), ("/help/", False)]:
        (place,) = [
            place
            for _label, places in navigation.places(user, path)
            for place in places
            if place.url == reverse("home:today")
        ]
        assert place.is_current is current


def test_every_offered_place_opens(client: Client) -> None:
    user = make_person(*Role.values)
    client.force_login(user)

    for url in names(user):
        assert client.get(url).status_code == 200, url


def test_the_page_marks_the_current_place_for_screen_readers(client: Client) -> None:
    client.force_login(make_user())

    page = client.get("/").content.decode()

    assert 'aria-current="page"' in page
    assert 'href="#main"' in page
