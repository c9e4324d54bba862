"""Asking for background work, claiming it, ending it, and repairing what stopped half way.

A Job row is the outbox and the truth; a message to a worker only wakes it and may be lost.
Every change of state is one conditional UPDATE that counts its rows.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict
from kpi_portal.jobs import kinds, wake
from kpi_portal.jobs.models import LIVE, Job

log = structlog.get_logger(__name__)

ATTEMPTS = 3
SILENT_AFTER = timedelta(seconds=30)
WAKE_AGAIN_AFTER = timedelta(seconds=30)
WAKE_AT_MOST = 200


class AlreadyRunning(Conflict):
    """The same work is waiting or running; `job` is that job."""

    code = "job_already_running"

    def __init__(self, job: Job) -> None:
        super().__init__(_("%(kind)s is already under way.") % {"kind": kinds.label(job.kind)})
        self.job = job


class JobFinished(Conflict):
    code = "job_finished"


@transaction.atomic
def request(kind: str, key: str, params: dict[str, Any], *, by: Any | None) -> Job:
    """Ask for work of `kind` on `key`, in the caller's transaction; it starts after the commit.

    `params` holds ids and ISO strings. `by` None: the system.
    Raises AlreadyRunning if the same (kind, key) waits or runs, and KeyError for a kind that
    the roof does not list.
    """
    if kind not in kinds.handlers():
        raise KeyError(kind)
    now = timezone.now()
    job = Job(kind=kind, key=key, params=params, requested_by=by, requested_at=now, due_at=now)
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        live = Job.objects.filter(kind=kind, key=key, state__in=LIVE).first()
        if live is None:
            raise
        raise AlreadyRunning(live) from None
    record(
        "job.requested",
        job,
        actor=by,
        after={"kind": kind, "key": key, "params": params},
    )
    transaction.on_commit(lambda: wake.wake(job.pk), robust=True)
    return job


@transaction.atomic
def cancel(job: Job, by: Any) -> Job:
    """Cancel a job: at once if it waits, at its next report if it runs. Safe to run again.

    Raises JobFinished.
    """
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    stopped = waiting.update(state=Job.State.CANCELLED, cancel_requested=True, finished_at=now)
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    if not stopped and not running.update(cancel_requested=True):
        raise JobFinished(_("This job has already ended."))
    record("job.cancelled", job, actor=by)
    job.refresh_from_db()
    return job


def claim(job_id: int, now: datetime) -> Job | None:
    """Take a waiting job that is due: its row with a new lease, or None.

    One conditional UPDATE: of two workers with the same message exactly one gets the job.
    """
    lease = uuid.uuid4()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED, due_at__lte=now).update(
        state=Job.State.RUNNING,
        lease=lease,
        attempts=F("attempts") + 1,
        heartbeat_at=now,
        started_at=now,
    )
    return Job.objects.get(pk=job_id) if claimed else None


def finish(job_id: int, lease: uuid.UUID | None, result: dict[str, Any]) -> bool:
    """Mark as done; False if the lease was lost meanwhile."""
    job = Job.objects.filter(pk=job_id).first()
    total = max(job.total, job.done) if job else 0
    return _end(job_id, lease, Job.State.DONE, result=result, done=total, total=total)


def fail(job_id: int, lease: uuid.UUID | None, error: str) -> bool:
    """Mark as failed with a sentence for people; False if the lease was lost meanwhile."""
    return _end(job_id, lease, Job.State.FAILED, error=error)


def end_cancelled(job_id: int, lease: uuid.UUID | None) -> bool:
    """Mark as cancelled; False if the lease was lost meanwhile."""
    return _end(job_id, lease, Job.State.CANCELLED)


def _end(job_id: int, lease: uuid.UUID | None, state: str, **fields: Any) -> bool:
    held = Job.objects.filter(pk=job_id, state=Job.State.RUNNING, lease=lease)
    return bool(held.update(state=state, finished_at=timezone.now(), lease=None, **fields))


def put_back(job_id: int, lease: uuid.UUID | None, *, due_at: datetime, counts: bool) -> bool:
    """Queue a running job again, from its checkpoint; False if the lease was lost meanwhile.

    `counts` False: the attempt went well and is not counted against the job.
    """
    held = Job.objects.filter(pk=job_id, state=Job.State.RUNNING, lease=lease)
    attempts = F("attempts") if counts else F("attempts") - 1
    moved = held.update(
        state=Job.State.QUEUED,
        lease=None,
        due_at=due_at,
        attempts=attempts,
        woken_at=None,
    )
    if moved:
        transaction.on_commit(lambda: wake.wake(job_id), robust=True)
    return bool(moved)


def sweep(now: datetime) -> int:
    """Repair what stopped half way and deliver what waits; how many jobs it touched.

    A running job that has been silent for 30 s is queued again, ended as failed after its
    third attempt, or as cancelled if that was asked for. Waiting jobs get a message, each at
    most every 30 s. Safe to run again and by several at once.
    """
    silent = Q(heartbeat_at__lt=now - SILENT_AFTER) | Q(heartbeat_at=None)
    lost = Job.objects.filter(silent, state=Job.State.RUNNING)
    touched = 0
    for job in lost:
        touched += _repair(job, now)
    return touched + _wake_waiting(now)


def _repair(job: Job, now: datetime) -> int:
    held = Job.objects.filter(
        pk=job.pk,
        state=Job.State.RUNNING,
        lease=job.lease,
        heartbeat_at=job.heartbeat_at,
    )
    if job.cancel_requested:
        return held.update(state=Job.State.CANCELLED, finished_at=now, lease=None)
    if job.attempts >= ATTEMPTS:
        error = _("The work was interrupted %(count)s times and was given up.") % {
            "count": ATTEMPTS
        }
        log.error("job given up", job=job.pk, kind=job.kind)
        return held.update(state=Job.State.FAILED, finished_at=now, lease=None, error=error)
    log.warning("job silent, queued again", job=job.pk, kind=job.kind)
    return held.update(state=Job.State.QUEUED, lease=None, due_at=now, woken_at=None)


def _wake_waiting(now: datetime) -> int:
    due = Job.objects.filter(
        Q(woken_at=None) | Q(woken_at__lt=now - WAKE_AGAIN_AFTER),
        state=Job.State.QUEUED,
        due_at__lte=now,
    )
    ids = list(due.order_by("due_at", "id").values_list("pk", flat=True)[:WAKE_AT_MOST])
    Job.objects.filter(pk__in=ids, state=Job.State.QUEUED).update(woken_at=now)
    for job_id in ids:
        wake.wake(job_id)
    return len(ids)
