"""Doors from jobs into the services of appeals, as kpi_portal/job_handlers.py lists them."""

from typing import Any

from django.utils import timezone

from appeals.services import clock
from kpi_portal.jobs.context import JobContext


def check_deadlines(job: JobContext) -> dict[str, Any]:
    """Kind `appeals.deadlines`, daily."""
    return clock.run(timezone.now(), job.progress)
