"""Two workers, one message each, at the same moment: one effect."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kpi_portal.jobs import runner, services
from kpi_portal.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], Any], times: int) -> list[Any]:
    """What `act` gave in each of `times` threads that start together, each with a connection."""
    results: list[Any] = []
    start = threading.Barrier(times)

    def one() -> None:
        try:
            start.wait()
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_many_workers_one_gets_the_job() -> None:
    for number in range(5):
        job = services.request("test.count", str(number), {}, by=None)

        claimed = at_once(lambda job=job: services.claim(job.pk, timezone.now()), 6)  # type: ignore[misc]

        assert sum(each is not None for each in claimed) == 1
        assert Job.objects.get(pk=job.pk).attempts == 1


def test_without_the_condition_several_would_get_it() -> None:
    """The negative control: check, then act."""
    job = services.request("test.count", "k", {}, by=None)
    seen = threading.Barrier(4)

    def careless() -> bool:
        waiting = Job.objects.filter(pk=job.pk, state="queued").exists()
        seen.wait()
        if waiting:
            Job.objects.filter(pk=job.pk).update(state="running")
        return waiting

    assert sum(at_once(careless, 4)) > 1


def test_a_message_delivered_many_times_at_once_has_one_effect() -> None:
    job = services.request("test.count", "k", {}, by=None)

    ended = at_once(lambda: runner.run(job.pk), 8)

    assert sum(each is not None for each in ended) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_two_who_ask_for_the_same_at_once_get_one_job() -> None:
    def ask() -> bool:
        try:
            services.request("test.count", "k", {}, by=None)
        except services.AlreadyRunning:
            return False
        return True

    assert sum(at_once(ask, 6)) == 1
    assert Job.objects.count() == 1


def test_two_sweeps_at_once_queue_a_silent_job_once() -> None:
    job = services.request("test.count", "k", {}, by=None)
    services.claim(job.pk, timezone.now())
    Job.objects.update(heartbeat_at=None)

    at_once(lambda: services.sweep(timezone.now()), 3)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 1)
