"""Imports of satisfaction answers as a job."""

from typing import Any

from django.utils import timezone

from kpi_portal.jobs.context import JobContext
from surveys.importing.facts import AnswerFacts
from tickets.importing import services


def run(job: JobContext) -> dict[str, Any]:
    """Check (`mode` check) or import the import `import`; counts as the result."""
    return services.run(
        AnswerFacts(), job.params["import"], job.params["mode"], timezone.now(), job.progress
    )
