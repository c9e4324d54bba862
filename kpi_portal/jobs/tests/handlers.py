"""Handlers for tests: well-behaved, slow, failing, unlucky."""

import os
import time
from typing import Any

from kpi_portal.core.errors import DomainError, TransientError
from kpi_portal.jobs.context import JobContext


def count(job: JobContext) -> dict[str, Any]:
    """Three steps, each reported."""
    for step in range(1, 4):
        job.progress(step, 3)
    return {"counted": 3}


def refuse(job: JobContext) -> dict[str, Any]:
    raise DomainError("Der Zeitraum ist geschlossen.")


def crash(job: JobContext) -> dict[str, Any]:
    raise ZeroDivisionError("secret detail")


def unlucky(job: JobContext) -> dict[str, Any]:
    raise TransientError("the other side is down")


def wait(job: JobContext) -> dict[str, Any]:
    """Works until it is told to stop."""
    for step in range(10_000):
        job.progress(step, 10_000)
        time.sleep(0.01)
    return {}


def resume(job: JobContext) -> dict[str, Any]:
    """Goes on from its checkpoint; the first attempt dies as a killed process does."""
    start = job.checkpoint.get("at", 0)
    for step in range(start + 1, 6):
        job.progress(step, 5)
        job.save_checkpoint({"at": step})
        if step == 3 and job.attempt == 1 and job.params.get("die"):
            os.kill(os.getpid(), 9)
    return {"started_at": start}
