"""`manage.py appeals_diagram`: the table of appeals as a diagram, in the docs or to the screen."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from appeals.workflow import diagram

PAGE = Path(settings.BASE_DIR) / "docs" / "appeals-workflow.md"
BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)


class Command(BaseCommand):
    help = "Writes the diagram of docs/appeals-workflow.md from the table of transitions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print", action="store_true", help="only show it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print"]:
            self.stdout.write(diagram(), ending="")
            return
        page, count = BLOCK.subn(f"```mermaid\n{diagram()}```", PAGE.read_text())
        if count != 1:
            raise CommandError(f"{PAGE.name} holds {count} diagrams instead of one", returncode=2)
        PAGE.write_text(page)
        self.stdout.write(f"{PAGE.name} written")
