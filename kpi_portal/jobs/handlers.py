"""Jobs of the floor itself."""

from dataclasses import asdict
from typing import Any

from kpi_portal.audit import services as audit
from kpi_portal.jobs.context import JobContext

LISTED = 100


def verify_audit(job: JobContext) -> dict[str, Any]:
    """Check the whole audit trail; the result counts what was found."""
    result = audit.verify(limit=LISTED)
    job.progress(result.events, result.events)
    return {
        "intact": result.is_intact,
        "events": result.events,
        "found": result.found,
        "findings": [asdict(finding) for finding in result.findings],
    }
