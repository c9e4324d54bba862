"""The sealer's timetable."""

from celery import shared_task

from kpi_portal.audit import services


@shared_task(name="kpi_portal.audit.tasks.seal_audit", expires=30)
def seal_audit() -> None:
    """Chain what was recorded since the last time."""
    services.seal()
