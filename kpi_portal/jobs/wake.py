"""Telling a worker that a job waits. May fail: the sweeper delivers what was not heard.

The message is sent by a thread of its own, so that a request never waits for a broker that is
down or frozen; after a failure nothing is tried for a while.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog
from celery import current_app

log = structlog.get_logger(__name__)

RUN = "kpi_portal.jobs.tasks.run"
QUIET_S = 10.0
WAITING_AT_MOST = 100


@dataclass
class _Sender:
    """One sending thread per process; a fork gets its own."""

    process: int = field(default_factory=os.getpid)
    pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="wake")
    )
    waiting: int = 0
    failed_at: float = -QUIET_S
    lock: threading.Lock = field(default_factory=threading.Lock)

    def offer(self, job_id: int) -> None:
        with self.lock:
            quiet = time.monotonic() - self.failed_at < QUIET_S
            if quiet or self.waiting >= WAITING_AT_MOST:
                return
            self.waiting += 1
        self.pool.submit(self._send, job_id)

    def _send(self, job_id: int) -> None:
        try:
            current_app.send_task(RUN, args=[job_id], ignore_result=True, retry=False)
        except Exception as error:  # any broker, any way of failing: the sweeper delivers
            self.failed_at = time.monotonic()
            log.warning("no worker could be told", job=job_id, error=type(error).__name__)
        finally:
            with self.lock:
                self.waiting -= 1


_sender: _Sender | None = None


def wake(job_id: int) -> None:
    """Send a message that job `job_id` waits; returns at once and never raises."""
    global _sender
    if _sender is None or _sender.process != os.getpid():
        _sender = _Sender()
    _sender.offer(job_id)
