"""What a handler gets: its job's parameters, and the way to report, save and stop."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.utils import timezone

from kpi_portal.jobs.models import Job

HAND_OVER = timedelta(minutes=15)
WRITE_EVERY_S = 1.0


class Cancelled(Exception):
    """Somebody asked for this job to be cancelled: leave things whole and stop."""


class LeaseLost(Exception):
    """The job was taken for dead and given to another worker: stop without writing."""


class TimeUp(Exception):
    """The job has run long enough in one go; it continues from its checkpoint."""


def _in_transaction() -> bool:
    return bool(connection.in_atomic_block)


class JobContext:
    """One attempt at one job, as its handler sees it.

    `key`, `params` and `checkpoint` are those of the row; `attempt` counts from 1. Handlers call
    `progress` at least every few seconds and, if they run for minutes, `save_checkpoint` at
    least every 60 s with what a later attempt needs to go on.
    """

    def __init__(self, job: Job, lease: UUID, now: datetime) -> None:
        self.id: int = job.pk
        self.key: str = job.key
        self.params: dict[str, Any] = job.params
        self.checkpoint: dict[str, Any] = job.checkpoint
        self.attempt: int = job.attempts
        self.requested_by_id: int | None = job.requested_by_id
        self.lease = lease
        self.started_at = now
        self.done, self.total = job.done, job.total
        self._written_at = 0.0
        self._lock = threading.Lock()
        self.is_cancelled = job.cancel_requested
        self.is_lost = False

    def progress(self, done: int, total: int) -> None:
        """Say that `done` of `total` units are done; also a sign of life.

        Raises Cancelled or LeaseLost when the handler has to stop. Inside a transaction
        nothing is written here, so that the job's row stays unlocked; the heartbeat does it.
        """
        self.done, self.total = max(done, 0), max(total, 0)
        due = time.monotonic() - self._written_at >= WRITE_EVERY_S
        if due and not _in_transaction():
            self.beat()
        self.stop_if_asked()

    def save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Store what a later attempt continues from: ids, offsets, ISO strings.

        Raises TimeUp after 15 minutes (the job is queued again and goes on from here), and
        Cancelled or LeaseLost. Call it in the transaction of the work that it describes, or
        after it.
        """
        updated = self._mine().update(
            checkpoint=checkpoint,
            done=self.done,
            total=self.total,
            heartbeat_at=timezone.now(),
        )
        if not updated:
            self.is_lost = True
        self.checkpoint = checkpoint
        self.stop_if_asked()
        if timezone.now() - self.started_at > HAND_OVER and not _in_transaction():
            raise TimeUp

    def beat(self) -> None:
        """Write progress and a sign of life; read whether to stop."""
        with self._lock:
            alive = self._mine().update(
                heartbeat_at=timezone.now(), done=self.done, total=self.total
            )
            self._written_at = time.monotonic()
            if not alive:
                self.is_lost = True
                return
            self.is_cancelled = bool(self._mine().filter(cancel_requested=True).exists())

    def stop_if_asked(self) -> None:
        """Raises LeaseLost or Cancelled."""
        if self.is_lost:
            raise LeaseLost
        if self.is_cancelled:
            raise Cancelled

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.id, lease=self.lease, state=Job.State.RUNNING)


class Heartbeat(threading.Thread):
    """Writes a sign of life every 10 s, and progress soon after it changed, while work goes on.

    It has its own database connection; a busy database is tried again at the next turn.
    """

    EVERY_S = 10.0
    TURN_S = 2.0

    def __init__(self, context: JobContext) -> None:
        super().__init__(name=f"heartbeat of job {context.id}", daemon=True)
        self.context = context
        self._ended = threading.Event()
        self._reported = (context.done, context.total)
        self._beaten_at = time.monotonic()

    def run(self) -> None:
        try:
            while not self._ended.wait(min(self.TURN_S, self.EVERY_S)):
                self._turn()
        finally:
            connection.close()

    def _turn(self) -> None:
        now = time.monotonic()
        reported = (self.context.done, self.context.total)
        if reported == self._reported and now - self._beaten_at < self.EVERY_S:
            return
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA busy_timeout=1000")
            self.context.beat()
        except DatabaseError:
            connection.close()
            return
        self._reported, self._beaten_at = reported, now

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._ended.set()
        self.join(timeout=5)
