"""KPI Portal: the roof (settings, addresses, API, Celery) and the floor (core, audit, people)."""

from kpi_portal.celery import app as celery_app

__all__ = ["celery_app"]
