"""Which function does which kind of job, and which roles may follow a kind's progress.

A path is imported when such a job runs, so that nothing here is needed for a start. A handler
takes a `kpi_portal.jobs.context.JobContext` and returns the result as a dict of plain values.
"""

from collections.abc import Mapping

HANDLERS: Mapping[str, str] = {
    "audit.verify": "kpi_portal.jobs.handlers.verify_audit",
    "tickets.import": "tickets.importing.job.run",
    "surveys.import": "surveys.importing.job.run",
    "appraisal.compute": "appraisal.periods.jobs.compute",
    "periods.advance": "appraisal.periods.jobs.advance",
    "appeals.deadlines": "appeals.jobs.check_deadlines",
}

READERS: Mapping[str, tuple[str, ...]] = {
    "tickets.import": ("hr", "admin"),
    "surveys.import": ("hr", "admin"),
    "audit.verify": ("auditor",),
    "appraisal.compute": ("hr",),
    "periods.advance": ("hr",),
}
