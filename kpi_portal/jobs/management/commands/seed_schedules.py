"""seed_schedules: add the timetable entries that are missing. Run after `migrate`."""

from typing import Any

from django.core.management.base import BaseCommand

from kpi_portal.jobs.schedules import seed_schedules


class Command(BaseCommand):
    help = "Add the timetable entries that are missing; existing ones stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed_schedules()} added")
