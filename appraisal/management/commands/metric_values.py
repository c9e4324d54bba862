"""metric_values: the values of metrics of a period, without any scheme."""

import json
import re
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from appraisal.metrics.listing import MetricValue, metric_values, warnings
from appraisal.periods import calendar
from kpi_portal.core.errors import DomainError
from kpi_portal.people.queries import company, zone

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Command(BaseCommand):
    help = "Print the values of metrics of a period, for every agent or department."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="PERIOD", help="2026-10, 2026-Q4 or 2026")
        parser.add_argument(
            "--metric",
            action="append",
            required=True,
            metavar="CODE[?param=value&…]",
            help="may be given several times, e.g. frt_within?threshold=60&channel=chat",
        )
        parser.add_argument(
            "--cutoff",
            metavar="ISO-DATE",
            help="look at records up to 00:00 of this day instead of the usual days to settle",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            values = self._values(**options)
        except DomainError as error:
            raise CommandError(str(error.message), returncode=2) from error
        if options["json"]:
            rows = [value.as_json() for value in values]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for value in values:
            self.stdout.write(_line(value))

    def _values(
        self, *, period: str, metric: list[str], cutoff: str | None, **options: Any
    ) -> list[MetricValue]:
        settings, where = company(), zone()
        until = calendar.cutoff_on(period, settings.month_start_day, settings.settle_days)
        window = calendar.window(period, settings.month_start_day, where)
        for sentence in warnings(metric, window):
            self.stderr.write(sentence)
        return metric_values(
            metric,
            window,
            calendar.cutoff(_date(cutoff) if cutoff else until, where),
        )


def _date(text: str) -> date:
    try:
        if ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CommandError(
        _("“%(text)s” is no date. Write it as 2026-11-04.") % {"text": text}, returncode=2
    )


def _line(value: MetricValue) -> str:
    found = value.as_json()
    reasons = ", ".join(f"{reason} {n}" for reason, n in found["left_out_reasons"].items())
    shown = "–" if found["value"] is None else found["value"]
    parts = [found["agent"], found["metric"], shown]
    parts.append(f"{found['numerator']}/{found['denominator']}")
    return "\t".join([*parts, reasons])
