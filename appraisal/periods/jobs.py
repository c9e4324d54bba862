"""Doors from jobs into the services of periods, as kpi_portal/job_handlers.py lists them."""

from typing import Any

from django.utils import timezone

from appraisal.periods import advance as schedule
from appraisal.periods import compute as runs
from appraisal.periods.services import ensure
from kpi_portal.jobs.context import JobContext
from kpi_portal.people.models import User


def compute(job: JobContext) -> dict[str, Any]:
    """Kind `appraisal.compute`; the key and params["period"] are the period's code."""
    period = ensure(job.params["period"])
    asked_by = job.requested_by_id
    by = User.objects.filter(pk=asked_by).first() if asked_by is not None else None
    result = runs.compute(
        period.pk,
        at=timezone.now(),
        by=by,
        reason=job.params.get("reason", ""),
        progress=job.progress,
    )
    return result.as_json()


def advance(job: JobContext) -> dict[str, Any]:
    """Kind `periods.advance`."""
    return schedule.advance(timezone.now())
