"""The Celery application. Its tasks only wake `jobs.services.run`; the Job row is the truth."""

import os
from typing import Any

from celery import Celery, bootsteps, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpi_portal.settings")


class Heartbeat(bootsteps.StartStopStep):
    """Says every 30 s that this worker lives; /readyz asks for it."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.timer: Any = None

    def start(self, worker: Any) -> None:
        self.beat()
        self.timer = worker.timer.call_repeatedly(30.0, self.beat, priority=10)

    def stop(self, worker: Any) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None

    @staticmethod
    def beat() -> None:
        from django.db import connections  # needs the settings, which import this module

        from kpi_portal.core import health

        try:
            health.beat()
        finally:
            connections.close_all()


def keep_logging(**_: Any) -> None:
    """Leaves the log as Django has set it up; Celery sets up its own where nobody answers."""


signals.setup_logging.connect(keep_logging, weak=False)

app = Celery("kpi_portal")
app.set_default()  # in every thread, or others would send to an app without our broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(Heartbeat)
