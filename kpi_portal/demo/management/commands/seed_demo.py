"""Makes the demo company in an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kpi_portal.core.errors import DomainError
from kpi_portal.demo.company import seed


class Command(BaseCommand):
    help = "Makes the demo company: people, tickets, answers, schemes, results, appeals."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--small", action="store_true", help="the last months, fewer tickets")

    def handle(self, *args: Any, small: bool, **options: Any) -> None:
        try:
            made = seed(
                timezone.now(),
                small=small,
                say=lambda text: self.stderr.write(f"  {text}", ending="\n"),
            )
        except DomainError as error:
            raise CommandError(str(error.message), returncode=2) from error
        self.stdout.write(
            f"{made.tickets} tickets, {made.answers} answers, {made.periods} periods, "
            f"{made.appeals} appeals. Accounts: {made.accounts}"
        )
