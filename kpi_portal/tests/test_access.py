"""Every address × every role × every method against the permission matrix."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.urls import reverse
from django.urls.converters import IntConverter

from appraisal.models import Indicator
from kpi_portal.people.admin_site import site
from kpi_portal.people.models import Company, Department, Employee, Position, WorkCalendarDay
from kpi_portal.tests.access_rows import Row
from kpi_portal.tests.access_table import TABLE
from kpi_portal.tests.access_world import ROLES, World, addresses, ask, outcome, stage

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSALS = {"login", "401", "403", "404", "405"}
ADDRESSES = addresses()
OF_ADMIN = sorted(name for name in ADDRESSES if name.startswith("admin:"))
OF_PORTAL = sorted(ADDRESSES.keys() - OF_ADMIN)
MISSING: dict[str, Any] = {
    "number": "Z999",
    "appeal": "A-2026-9999",
    "scheme": "no-such",
    "draft": "no-such",
    "pending": "no-such",
    "username": "nobody",
}
THERE_FOR_ALL = ("period", "september", "running", "version", "first", "position", "topic")


def one_each(rows: Iterable[Row]) -> list[Row]:
    """One row of each address: what differs by role and stage is tried with all of them."""
    return list({row.name: row for row in rows}.values())


HIDING = one_each(row for row in TABLE if row.parts and "404" in map(row.expected, ROLES))
READ = one_each(row for row in TABLE if "GET" in row.methods)
POSTED = one_each(row for row in TABLE if "POST" in row.methods)


def check(world: World, surprises: list[str]) -> None:
    world.unexpected += len(surprises)
    assert not surprises, "\n".join(["", *surprises])


def test_every_address_stands_in_the_table_and_no_other() -> None:
    assert set(OF_PORTAL) == {row.name for row in TABLE}


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_each_role_gets_what_the_matrix_says(world: World, row: Row) -> None:
    surprises = []
    with stage(world, row.stage):
        for role in ROLES:
            for method in row.methods:
                got = outcome(ask(world, role, method, row.url(world), row.form(world)))
                if got != row.expected(role):
                    surprises.append(f"{role} {method}: {got}, not {row.expected(role)}")
    check(world, surprises)


@pytest.mark.parametrize("name", OF_PORTAL)
def test_no_address_does_anything_by_another_method(world: World, name: str) -> None:
    rows = [row for row in TABLE if row.name == name]
    other = set(METHODS).difference(*(row.methods for row in rows))
    surprises = []
    with stage(world, rows[0].stage):
        for method in sorted(other):
            for role in ROLES:
                got = outcome(ask(world, role, method, rows[0].url(world)))
                if got not in REFUSALS:
                    surprises.append(f"{role} {method}: {got}")
    check(world, surprises)


@pytest.mark.parametrize("row", READ, ids=str)
def test_head_is_answered_like_get(world: World, row: Row) -> None:
    surprises = []
    roles = {row.expected(role): role for role in ROLES}
    with stage(world, row.stage):
        for expected, role in roles.items():
            response = ask(world, role, "HEAD", row.url(world))
            if outcome(response) != expected or (not response.streaming and response.content):
                surprises.append(f"{role}: {response.status_code}, not {expected}")
    check(world, surprises)


@pytest.mark.parametrize("row", POSTED, ids=str)
def test_nothing_is_done_without_the_token_of_its_form(world: World, row: Row) -> None:
    role = min(row.ok or row.refused, key=ROLES.index)
    with stage(world, row.stage):
        response = ask(
            world, role, "POST", row.url(world), row.form(world), enforce_csrf_checks=True
        )
    check(world, [] if response.status_code == 403 else [str(response.status_code)])


@pytest.mark.parametrize("row", HIDING, ids=str)
def test_what_one_may_not_see_looks_like_what_is_not_there(world: World, row: Row) -> None:
    instead = {
        name: MISSING.get(part, 987654321)
        for name, part in row.parts.items()
        if part not in THERE_FOR_ALL
    }
    surprises = []
    with stage(world, row.stage):
        hidden = [role for role in ROLES if row.expected(role) == "404" and instead]
        for role in {*hidden[:1], *hidden[-1:]}:
            for method in row.methods:
                there = ask(world, role, method, row.url(world), row.form(world))
                missing = ask(world, role, method, row.url(world, **instead), row.form(world))
                if (there.status_code, there.content) != (missing.status_code, missing.content):
                    surprises.append(f"{role} {method}: {missing.status_code}")
    check(world, surprises)


@pytest.mark.parametrize("name", OF_ADMIN)
def test_reference_data_are_for_administrators_alone(world: World, name: str) -> None:
    converters = ADDRESSES[name].pattern.converters
    found: dict[str, Any] = {
        part: 1 if isinstance(converter, IntConverter) else "people"
        for part, converter in converters.items()
    }
    if "object_id" in found:
        found["object_id"] = _first(name)
    url = reverse(name, kwargs=found or ({"app_label": "people"} if "app_list" in name else None))
    surprises = []
    for role in ROLES:
        for method in ("GET", "POST"):
            response = ask(world, role, method, url)
            if role == "admin":
                unfit = response.status_code >= 500
            else:
                away = response.headers.get("Location", "")
                unfit = response.status_code != 403 and not (
                    away.startswith((reverse("admin:login"), "/accounts/"))
                    or away == reverse("admin:index")
                )
            if unfit:
                surprises.append(f"{role} {method}: {response.status_code}")
    check(world, surprises)


def test_who_is_sent_to_the_sign_in_of_reference_data_is_told_no(world: World) -> None:
    answers = {role: outcome(ask(world, role, "GET", reverse("admin:login"))) for role in ROLES}
    assert answers == {role: "login" if role == "anonymous" else "403" for role in ROLES}


def test_reference_data_hold_nothing_that_is_judged() -> None:
    assert set(site._registry) <= {
        Department, Position, Employee, WorkCalendarDay, Company, Indicator,
    }  # fmt: skip


def _first(name: str) -> Any:
    """An object for an address of the admin, by the name of its model."""
    for model in site._registry:
        if str(model._meta.model_name) in name:
            return model._default_manager.values_list("pk", flat=True).first() or 1
    return 1
