"""verify_scores [PERIOD]: recomputes published scorecards and reports every difference."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from appraisal.models import Period
from appraisal.periods.calendar import parse_code
from appraisal.scorecards.verify import Verification, verify
from kpi_portal.core.errors import DomainError


class Command(BaseCommand):
    """Exit code 1 where a difference is found, 2 where nothing could be verified."""

    help = "Recompute published scorecards from their frozen inputs and from the records."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="PERIOD", nargs="?")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify(self._periods(options["period"]))
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=1))
        else:
            self._print(result)
        if result.differences:
            raise SystemExit(1)

    def _periods(self, code: str | None) -> list[Period]:
        published = Period.objects.filter(published_at__isnull=False)
        if code is None:
            return list(published)
        try:
            name = str(parse_code(code))
        except DomainError as error:
            raise CommandError(str(error.message), returncode=2) from error
        found = list(published.filter(code=name))
        if not found:
            raise CommandError(
                _("Period %(period)s is not published.") % {"period": name}, returncode=2
            )
        return found

    def _print(self, result: Verification) -> None:
        for each in result.differences:
            self.stdout.write(
                _(
                    "%(period)s %(agent)s revision %(revision)s, %(source)s, %(what)s: stored "
                    "%(stored)s, found %(found)s"
                )
                % {name: getattr(each, name) for name in each.__slots__}
            )
        self.stdout.write(
            _("%(cards)s scorecards with %(lines)s lines verified, %(count)s differences.")
            % {"cards": result.cards, "lines": result.lines, "count": len(result.differences)}
        )
