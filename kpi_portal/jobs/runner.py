"""Doing one job: claim, call its handler, record how it ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kpi_portal.audit.services import acting_as
from kpi_portal.core.errors import DomainError, TransientError
from kpi_portal.core.logs import request_id
from kpi_portal.jobs import kinds, services
from kpi_portal.jobs.context import Cancelled, Heartbeat, JobContext, LeaseLost, TimeUp
from kpi_portal.jobs.models import Job

log = structlog.get_logger(__name__)

Handler = Callable[[JobContext], dict[str, Any]]


def run(job_id: int) -> Job | None:
    """Do the job if it waits and is due; its row afterwards, or None if there was nothing to do.

    Safe under duplicate delivery: only the one who claims it works on it.
    """
    now = timezone.now()
    job = services.claim(job_id, now)
    if job is None or job.lease is None:
        return None
    context = JobContext(job, job.lease, now)
    with (
        request_id(f"job-{job.pk}-{job.attempts}"),
        acting_as(f"job {job.pk}"),
        translation.override(_language(job)),
        _heartbeat(context),
    ):
        _attempt(job, context)
    return Job.objects.get(pk=job_id)


@contextmanager
def _heartbeat(context: JobContext) -> Iterator[None]:
    """Signs of life while work goes on; none inside a transaction (a test's), where a second
    connection could not see the row."""
    if connection.in_atomic_block:
        yield
        return
    heartbeat = Heartbeat(context)
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()


def _language(job: Job) -> str:
    """Sentences about the job are for whoever asked for it."""
    asked = job.requested_by
    return getattr(asked, "language", "") or "zh-hans"


def _attempt(job: Job, context: JobContext) -> None:
    lease = context.lease
    try:
        context.stop_if_asked()
        handler: Handler = import_string(kinds.handlers()[job.kind])
        result = handler(context)
    except LeaseLost:
        log.warning("job lost its lease", job=job.pk, kind=job.kind)
    except Cancelled:
        services.end_cancelled(job.pk, lease)
    except TimeUp:
        services.put_back(job.pk, lease, due_at=timezone.now(), counts=False)
    except DomainError as error:
        services.fail(job.pk, lease, str(error.message))
    except (TransientError, OperationalError, InterfaceError) as error:
        _retry(job, context, error)
    except SoftTimeLimitExceeded:
        log.error("job out of time", job=job.pk, kind=job.kind)
        services.fail(job.pk, lease, _("The work took too long and was stopped."))
    except Exception:
        log.exception("job failed", job=job.pk, kind=job.kind)
        services.fail(job.pk, lease, _internal_error(job))
    else:
        _report(context)
        services.finish(job.pk, lease, result or {})


def _report(context: JobContext) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=context.id, lease=context.lease).update(
            done=context.done, total=context.total
        )


def _retry(job: Job, context: JobContext, error: Exception) -> None:
    """Try again later: after 10 s, then 40 s; the third failure ends it."""
    log.warning("job will be tried again", job=job.pk, kind=job.kind, error=type(error).__name__)
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    if context.attempt >= services.ATTEMPTS:
        services.fail(job.pk, context.lease, _internal_error(job))
        return
    pause = timedelta(seconds=10 * 4 ** (context.attempt - 1))
    services.put_back(job.pk, context.lease, due_at=timezone.now() + pause, counts=True)


def _internal_error(job: Job) -> str:
    return _("Something went wrong. Tell your administrator this number: %(number)s.") % {
        "number": f"job-{job.pk}-{job.attempts}"
    }
