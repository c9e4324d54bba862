"""The doors for Celery: one job, one sweep, one timetable entry. Messages carry ids only."""

import contextlib

from celery import shared_task
from django.utils import timezone

from kpi_portal.jobs import runner, services


@shared_task(name="kpi_portal.jobs.tasks.run")
def run(job_id: int) -> None:
    """Do a job; a second message for it finds nothing to do."""
    runner.run(job_id)


@shared_task(name="kpi_portal.jobs.tasks.sweep", expires=15)
def sweep() -> None:
    """Queue again what fell silent, deliver what waits."""
    services.sweep(timezone.now())


@shared_task(name="kpi_portal.jobs.tasks.request_job")
def request_job(kind: str) -> None:
    """What a timetable asks for: one job of `kind`, none if one is live already."""
    with contextlib.suppress(services.AlreadyRunning):
        services.request(kind, "schedule", {}, by=None)
