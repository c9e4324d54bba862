"""What /healthz and /readyz say, and to whom."""

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from kpi_portal.core import health
from kpi_portal.people.models import User


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_DISK", 0.0)


def test_the_process_answers_without_the_database(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_says_no_more_to_the_anonymous(client: Client, healthy: None) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_ready_lists_the_checks_to_an_administrator(
    client: Client, healthy: None, admin_user: User
) -> None:
    client.force_login(admin_user)

    checks = client.get("/readyz").json()["checks"]

    assert checks == dict.fromkeys(("database", "broker", "disk", "worker"), "ok")


@pytest.mark.parametrize(("silent", "status"), [(60, 200), (180, 503), (None, 503)])
def test_a_worker_that_is_expected_must_have_reported(
    client: Client, healthy: None, settings: Any, silent: int | None, status: int
) -> None:
    settings.WORKER_EXPECTED = True
    cache.delete(health.HEARTBEAT_KEY)
    if silent is not None:
        cache.set(health.HEARTBEAT_KEY, time.time() - silent, timeout=None)

    response = client.get("/readyz")

    assert response.status_code == status
    assert response.json().keys() == {"status"}


def test_a_full_disk_is_not_ready(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_DISK", 1.0)

    assert client.get("/readyz").status_code == 503


def test_a_dead_broker_is_not_ready(client: Client, healthy: None, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/redis.sock"

    started = time.monotonic()
    response = client.get("/readyz")

    assert response.status_code == 503
    assert time.monotonic() - started < 10


@pytest.mark.django_db
def test_a_database_that_takes_no_writes_is_not_ready(client: Client, healthy: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kpi_portal_cache")

    assert client.get("/readyz").status_code == 503
