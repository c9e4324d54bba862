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

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


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


def test_every_address_stands_in_the_table() -> None:
    assert set(addresses()) == {row.name for row in TABLE}
