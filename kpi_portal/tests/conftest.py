"""The world of the access tests, once per module; the count of what was asked at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from kpi_portal.tests.access_world import AT, World, make_world


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[World]:
    with django_db_blocker.unblock(), time_machine.travel(AT), transaction.atomic():
        world = make_world()
        yield world
        transaction.set_rollback(True)
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\naccess: {world.asked} requests, {world.unexpected} unexpected answers")
