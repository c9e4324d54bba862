"""Imports of what people state as a job: answers, invitations, assessments, recorded values."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from kpi_portal.jobs.context import JobContext
from surveys.importing import table_facts
from surveys.importing.assessments import AssessmentFacts
from surveys.importing.facts import AnswerFacts
from tickets.importing import services
from tickets.importing.pipeline import Facts
from tickets.models import Import

ALL: tuple[Facts, ...] = (AnswerFacts(), AssessmentFacts(), *table_facts.FACTS.values())
FACTS: Mapping[str, Facts] = {facts.kind: facts for facts in ALL}


def run(job: JobContext) -> dict[str, Any]:
    """Check (`mode` check) or import the import `import`; counts as the result."""
    kept = Import.objects.only("kind").get(pk=job.params["import"])
    return services.run(
        FACTS[kept.kind], kept.pk, job.params["mode"], timezone.now(), job.progress
    )
