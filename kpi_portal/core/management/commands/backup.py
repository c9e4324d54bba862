"""`backup FILE`: the whole portal in one file; the portal may run meanwhile."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpi_portal.core import backup, dumps


class Command(BaseCommand):
    help = "Writes database, uploaded files and keys into one tar.gz, readable by its owner only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        try:
            summary = backup.write(target)
        except (dumps.Failed, OSError) as error:
            raise CommandError(f"No backup was made: {error}", returncode=2) from error
        self.stdout.write(
            f"{target}: {summary.rows} rows in {summary.tables} tables, {summary.files} files. "
            "It holds the keys, too: keep it where only you can read it."
        )
