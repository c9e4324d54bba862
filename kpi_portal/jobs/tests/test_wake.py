"""A broker that is down or frozen costs nobody anything."""

import time
from typing import Any

import pytest
from celery import current_app

from kpi_portal.jobs import services, wake
from kpi_portal.jobs.models import Job


@pytest.mark.django_db(transaction=True)
def test_a_frozen_broker_delays_no_request(monkeypatch: Any) -> None:
    monkeypatch.undo()
    from kpi_portal import job_handlers

    monkeypatch.setattr(
        job_handlers, "HANDLERS", {"test.count": "kpi_portal.jobs.tests.handlers.count"}
    )
    monkeypatch.setattr(wake, "_sender", None)
    tried = []

    def frozen(*args: Any, **kwargs: Any) -> None:
        tried.append(args)
        time.sleep(2)
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", frozen)

    started = time.monotonic()
    for number in range(20):
        services.request("test.count", str(number), {}, by=None)
    took = time.monotonic() - started

    assert Job.objects.count() == 20
    assert took < 20 * 0.1
    assert wake._sender is not None
    wake._sender.pool.shutdown(cancel_futures=True)
    assert len(tried) == 1


def test_after_a_failure_nothing_is_tried_for_a_while(monkeypatch: Any) -> None:
    sender = wake._Sender()
    sender.failed_at = time.monotonic()
    monkeypatch.setattr(sender.pool, "submit", lambda *args: pytest.fail("tried"))

    sender.offer(1)


def test_a_message_carries_only_the_id(monkeypatch: Any) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda *args, **kw: sent.append((args, kw)))
    sender = wake._Sender()

    sender.offer(7)
    sender.pool.shutdown()

    assert sent == [((wake.RUN,), {"args": [7], "ignore_result": True, "retry": False})]
