"""compute_scores PERIOD: computes a month, quarter or year at once. See periods.compute."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appraisal.periods.compute import compute
from appraisal.periods.services import ensure
from kpi_portal.audit.services import acting_as, operating_system_user
from kpi_portal.core.errors import DomainError


class Command(BaseCommand):
    """Makes the period's row if there is none, as a run on the page does."""

    help = "Compute the scorecards of a period (2026-10, 2026-Q4 or 2026)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="PERIOD")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(operating_system_user()):
            try:
                period = ensure(options["period"])
                result = compute(period.pk, at=timezone.now(), progress=self._progress)
            except DomainError as error:
                raise CommandError(str(error.message), returncode=2) from error
        counts = result.as_json()
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write(
            _("%(period)s: %(cards)s scorecards, %(differences)s of them different from before.")
            % counts
        )

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done}/{total}", ending="\n" if done == total else "")
