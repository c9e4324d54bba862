"""export_scores PERIOD --format json|csv|xlsx: all newest revisions, in the contract's shape."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from appraisal.models import Period, Scorecard
from appraisal.periods.calendar import parse_code
from appraisal.scorecards import export
from kpi_portal.audit.services import acting_as, operating_system_user, record
from kpi_portal.core.errors import DomainError


class Command(BaseCommand):
    """Cards that are not yet published go out with their state; taking them is recorded."""

    help = "Export the scores of a period."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="PERIOD")
        parser.add_argument("--format", choices=export.FORMATS, default="json")
        parser.add_argument("--output", metavar="FILE", help="needed for xlsx")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen, output = options["format"], options["output"]
        if chosen == "xlsx" and not output:
            raise CommandError(_("xlsx needs --output FILE."), returncode=2)
        found = export.documents(self._cards(options["period"]))
        content: str | bytes
        if chosen == "xlsx":
            content = export.as_xlsx(found)
        else:
            content = export.as_csv(found) if chosen == "csv" else export.as_json(found)
        with acting_as(operating_system_user()):
            record(
                "scores.exported",
                ("appraisal.period", options["period"]),
                actor=None,
                after={"format": chosen, "cards": len(found)},
            )
        if not output:
            self.stdout.write(str(content))
            return
        raw = content if isinstance(content, bytes) else content.encode()
        try:
            Path(output).write_bytes(raw)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}", returncode=2) from error

    def _cards(self, code: str) -> Any:
        try:
            name = str(parse_code(code))
        except DomainError as error:
            raise CommandError(str(error.message), returncode=2) from error
        period = Period.objects.filter(code=name).first()
        if period is None:
            raise CommandError(
                _("Period %(period)s has not been computed.") % {"period": name}, returncode=2
            )
        return Scorecard.objects.current().filter(period=period)
