"""Loads a published policy as schemes, and puts them into force if asked to."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appraisal.models import Cycle
from appraisal.schemes.loading import Loaded, Options, load
from kpi_portal.audit.services import acting_as, operating_system_user
from kpi_portal.core.errors import DomainError

CYCLES = tuple(Cycle.values)


class Command(BaseCommand):
    help = "Load a published policy as schemes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", metavar="KEY", help="the template, such as complaints")
        parser.add_argument(
            "--scale", action="store_true", help="scale the weights to 100.00 in proportion"
        )
        parser.add_argument(
            "--activate-from", metavar="YYYY-MM", help="put into force from this period on"
        )
        parser.add_argument("--department", metavar="CODE", nargs="+", action="extend", default=[])
        parser.add_argument("--cycle", choices=[*CYCLES, "all"], default="all")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        cycles = CYCLES if options["cycle"] == "all" else (options["cycle"],)
        system_user = operating_system_user()
        wanted = Options(
            key=options["key"],
            cycles=cycles,
            departments=tuple(options["department"]),
            scale=options["scale"],
            activate_from=options["activate_from"],
            system_user=system_user,
        )
        try:
            with acting_as(system_user):
                loaded = load(wanted, at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error.message), returncode=2) from error
        self.stdout.write(_as_json(loaded) if options["json"] else _as_text(loaded))


def _as_json(loaded: list[Loaded]) -> str:
    return json.dumps({"schemes": [each.as_json() for each in loaded]}, ensure_ascii=False)


def _as_text(loaded: list[Loaded]) -> str:
    return "\n".join(each.sentence() for each in loaded)
