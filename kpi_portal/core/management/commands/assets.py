"""`assets`: brings styles, script and icons into var/vendor if they are not there."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpi_portal.core import assets


class Command(BaseCommand):
    help = "Fetches the browser files that the portal uses, once; needs npm or the package index."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pin", action="store_true", help="fetch and write the sums anew")

    def handle(self, *args: Any, **options: Any) -> None:
        vendor = settings.VENDOR_DIR
        pin = options["pin"]
        if not pin and not assets.missing(vendor):
            return
        self.stdout.write("Fetching styles and icons (once) …")
        try:
            assets.fetch(settings.BASE_DIR, vendor, pin=pin, say=self.stdout.write)
        except assets.Unavailable as error:
            raise CommandError(
                f"Styles and icons could not be fetched: {error}", returncode=2
            ) from error
