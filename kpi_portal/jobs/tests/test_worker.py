"""A real worker behind a real Redis: killed, flushed, and the job is done all the same."""

from typing import Any

import pytest
from django.utils import timezone

from kpi_portal.audit import services as audit
from kpi_portal.jobs import services, wake
from kpi_portal.jobs.models import Job
from kpi_portal.testing.services import RedisServer, Worker, until

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]


def is_done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == "done"


def test_a_job_that_is_asked_for_is_done_by_the_worker(worker: Worker) -> None:
    job = services.request("audit.verify", "trail", {}, by=None)

    until(lambda: is_done(job), seconds=15, what="the job is done")


def test_a_killed_worker_is_no_loss(worker: Worker, redis_server: RedisServer) -> None:
    """What a dead worker held is queued again by the sweep, without the broker's time-out."""
    worker.kill()
    job = services.request("audit.verify", "trail", {}, by=None)
    services.claim(job.pk, timezone.now())
    Job.objects.update(heartbeat_at=timezone.now() - services.SILENT_AFTER * 2)
    _flush(redis_server)

    worker.start()
    services.sweep(timezone.now())

    until(lambda: is_done(job), seconds=90, what="the job is done")
    assert job.attempts == 2


def test_after_a_flush_of_the_broker_the_sweep_delivers(
    worker: Worker, redis_server: RedisServer, monkeypatch: Any
) -> None:
    audit.record("x.y", ("thing", "1"), actor=None)
    monkeypatch.setattr(wake, "wake", lambda job_id: None)
    job = services.request("audit.verify", "trail", {}, by=None)
    monkeypatch.undo()
    _flush(redis_server)

    services.sweep(timezone.now())

    until(lambda: is_done(job), seconds=20, what="the job is done")


def _flush(server: RedisServer) -> None:
    import redis

    redis.Redis(unix_socket_path=str(server.socket)).flushall()
