"""Every address × every role × every method against the permission matrix; canaries; CSRF."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from kpi_portal.tests.access_table import TABLE, Row
from kpi_portal.tests.access_world import (
    AT,
    ROLES,
    World,
    addresses,
    ask,
    make_world,
    outcome,
    stage,
)

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSALS = {"login", "401", "403", "404", "405"}
ADDRESSES = {name: [row for row in TABLE if row.name == name] for name in sorted(addresses())}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), time_machine.travel(AT), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_each_role_gets_what_the_matrix_says(world: World, row: Row) -> None:
    surprises = []
    with stage(world, row.stage):
        for role in ROLES:
            for method in row.methods:
                data = row.form(world)
                got = outcome(ask(world, role, method, row.url(world), data))
                if got != row.expected(role):
                    surprises.append(f"{role} {method}: {got}, not {row.expected(role)}")
    assert not surprises, "\n".join(["", *surprises])


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_address_does_anything_by_another_method(world: World, name: str) -> None:
    rows = ADDRESSES[name]
    known = {method for row in rows for method in row.methods}
    surprises = []
    with stage(world, rows[0].stage):
        for method in set(METHODS) - known:
            for role in ROLES:
                got = outcome(ask(world, role, method, rows[0].url(world)))
                if got not in REFUSALS:
                    surprises.append(f"{role} {method}: {got}")
    assert not surprises, "\n".join(["", *surprises])


@pytest.mark.parametrize("row", [row for row in TABLE if "GET" in row.methods], ids=str)
def test_head_is_answered_like_get(world: World, row: Row) -> None:
    roles = {row.expected(role): role for role in ROLES}
    with stage(world, row.stage):
        for expected, role in roles.items():
            response = ask(world, role, "HEAD", row.url(world))
            assert outcome(response) == expected
            assert response.streaming or not response.content


def test_every_address_stands_in_the_table() -> None:
    assert set(addresses()) == {row.name for row in TABLE}
