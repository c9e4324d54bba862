"""seed_calendar: bring the statutory days up to date. Run after `migrate` and once a year."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kpi_portal.audit.services import acting_as, operating_system_user
from kpi_portal.core.errors import DomainError
from kpi_portal.people.queries import local_date
from kpi_portal.people.services import seed_calendar
from kpi_portal.people.services.calendar import FIRST_YEAR


class Command(BaseCommand):
    help = "Load statutory holidays and make-up workdays, up to next year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", type=int, help="last year (default: next year)")

    def handle(self, *args: Any, **options: Any) -> None:
        last = options["until"] or local_date(timezone.now()).year + 1
        with acting_as(operating_system_user()):
            try:
                changed = seed_calendar(range(FIRST_YEAR, last + 1))
            except DomainError as error:
                raise CommandError(str(error.message), returncode=2) from error
        self.stdout.write(f"{changed} days changed")
