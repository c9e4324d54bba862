"""Imports of tickets and of the tables around them as a job."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from kpi_portal.jobs.context import JobContext
from tickets.importing import services, table_facts
from tickets.importing.leave_facts import LeaveFacts
from tickets.importing.pipeline import Facts, TicketFacts
from tickets.models import Import

ALL: tuple[Facts, ...] = (TicketFacts(), LeaveFacts(), *table_facts.FACTS.values())
FACTS: Mapping[str, Facts] = {facts.kind: facts for facts in ALL}


def run(job: JobContext) -> dict[str, Any]:
    """Check (`mode` check) or import the import `import`; counts as the result."""
    kept = Import.objects.only("kind").get(pk=job.params["import"])
    return services.run(
        FACTS[kept.kind], kept.pk, job.params["mode"], timezone.now(), job.progress
    )
