"""verify_audit: seal open events, then check the whole trail. Exit 1 if anything differs."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from kpi_portal.audit import services


class Command(BaseCommand):
    help = "Seal open audit events and verify the whole chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--anchor",
            action="store_true",
            help="write var/audit.head anew from the database (new data folder); is recorded",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with services.acting_as(services.operating_system_user()):
            if options["anchor"]:
                services.anchor_anew()
            result = services.verify()
        if options["json"]:
            body = {
                "intact": result.is_intact,
                "events": result.events,
                "head": result.head,
                "found": result.found,
                "findings": [asdict(finding) for finding in result.findings],
            }
            self.stdout.write(json.dumps(body))
        else:
            self.stdout.write(f"{result.events} events, last number {result.head}")
            for finding in result.findings:
                self.stdout.write(f"{finding.sequence}: {finding.kind}")
            self.stdout.write("intact" if result.is_intact else f"{result.found} differences")
        if not result.is_intact:
            sys.exit(1)
