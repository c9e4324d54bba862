"""Imports of tickets as a job."""

from typing import Any

from django.utils import timezone

from kpi_portal.jobs.context import JobContext
from tickets.importing import services
from tickets.importing.pipeline import TicketFacts


def run(job: JobContext) -> dict[str, Any]:
    """Check (`mode` check) or import the import `import`; counts as the result."""
    return services.run(
        TicketFacts(), job.params["import"], job.params["mode"], timezone.now(), job.progress
    )
