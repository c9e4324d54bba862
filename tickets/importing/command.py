"""What the two import commands share: options, the JSON document, exit codes."""

import json
import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from kpi_portal.core.errors import DomainError
from tickets.importing import services
from tickets.importing.encodings import CHOICES
from tickets.importing.pipeline import Facts, Outcome
from tickets.importing.plans import ORDERS, Choices
from tickets.importing.profiles import PROFILES

logger = logging.getLogger(__name__)

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
SHOWN = 20


class ImportCommand(BaseCommand):
    """Exit 0: every row is in; 1: some were rejected; 2: nothing was done."""

    facts: Facts
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, TSV, XLS, XLSX or ODS; .gz as well")
        parser.add_argument("--source", default="", help="the name of the source system")
        parser.add_argument("--profile", default="", choices=["", *PROFILES])
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN",
            help="take a field from a column; empty takes it out",
        )  # fmt: skip
        parser.add_argument(
            "--value", action="append", default=[], metavar="FIELD:TEXT=VALUE",
            help="read a text of a field as a value",
        )  # fmt: skip
        parser.add_argument("--timezone", default="", help="of times without one")
        parser.add_argument("--scale", type=int, help="the highest possible score")
        parser.add_argument("--encoding", default="", help=f"one of {', '.join(CHOICES)}")
        parser.add_argument("--delimiter", default="", choices=["", *DELIMITERS])
        parser.add_argument("--date-order", default="", choices=["", *ORDERS])
        parser.add_argument("--header-row", type=int, help="the record that is the header, from 1")
        parser.add_argument("--sheet", default="")
        parser.add_argument("--create-agents", action="store_true")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = self._run(options)
        except DomainError as error:
            raise CommandError(str(error.message), returncode=2) from error
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(reason)s.")
                % {"file": options["file"], "reason": error.strerror},
                returncode=2,
            ) from error
        except CommandError:
            raise
        except Exception as error:
            logger.exception("import failed")
            raise CommandError(
                _("The import failed and changed nothing: %(reason)s.") % {"reason": error},
                returncode=2,
            ) from error
        self._report(outcome, as_json=options["json"])

    def _run(self, options: dict[str, Any]) -> Outcome:
        return services.import_path(
            self.facts,
            options["file"],
            choices_of(options),
            by=None,
            at=timezone.now(),
            dry=options["dry_run"],
        )

    def _report(self, outcome: Outcome, *, as_json: bool) -> None:
        document = outcome.to_json()
        if as_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        else:
            self._tell(document)
        if outcome.all_rejected:
            raise CommandError(_("Every row was rejected: nothing was done."), returncode=2)
        if outcome.findings.rejected:
            raise CommandError(
                _("%(count)s rows were rejected; the others are in.")
                % {"count": outcome.findings.rejected},
                returncode=1,
            )

    def _tell(self, document: dict[str, Any]) -> None:
        self.stdout.write(
            _(
                "%(rows)s rows: %(created)s new, %(updated)s changed, %(unchanged)s unchanged, "
                "%(rejected)s rejected."
            )
            % document
        )
        for rejection in document["rejections"][:SHOWN]:
            self.stdout.write(f"  {rejection['reason']}")


def choices_of(options: dict[str, Any]) -> Choices:
    """The choices that command options make. Raises CommandError."""
    columns: dict[str, str] = {}
    for text in options["map"]:
        name, mark, column = text.partition("=")
        if not mark:
            raise CommandError(f"--map {text}: FIELD=COLUMN", returncode=2)
        columns[name] = column
    values: dict[str, dict[str, str]] = {}
    for text in options["value"]:
        left, mark, value = text.rpartition("=")
        name, colon, shown = left.partition(":")
        if not mark or not colon:
            raise CommandError(f"--value {text}: FIELD:TEXT=VALUE", returncode=2)
        values.setdefault(name, {})[shown] = value
    scale = options["scale"]
    if scale is not None and not 1 <= scale <= 1000:
        raise CommandError(_("The scale must lie between 1 and 1000."), returncode=2)
    return Choices(
        source=options["source"],
        profile=options["profile"],
        columns=columns,
        values=values,
        timezone=options["timezone"],
        scale=scale,
        encoding=options["encoding"],
        delimiter=DELIMITERS.get(options["delimiter"], ""),
        sheet=options["sheet"],
        header_row=options["header_row"],
        date_order=options["date_order"],
        create_agents=options["create_agents"],
    )
