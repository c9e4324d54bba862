"""`restore FILE`: puts a backup in place of the (stopped, empty) portal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpi_portal.core import backup, dumps


class Command(BaseCommand):
    help = "Restores a backup; refuses while the portal runs, and where there is data already."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--force", action="store_true", help="replace what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with backup.portal_stopped():
                summary = backup.read(options["file"], force=options["force"])
        except (backup.Refused, dumps.Failed, OSError) as error:
            raise CommandError(f"Nothing was restored: {error}.", returncode=2) from error
        self.stdout.write(
            f"Restored the backup of {summary.made_at}: {summary.rows} rows in {summary.tables} "
            f"tables, {summary.files} files. Start the portal to bring the tables up to date."
        )
