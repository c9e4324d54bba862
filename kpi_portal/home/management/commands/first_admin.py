"""`first_admin`: the administrator of an empty portal; does nothing once there are accounts."""

import getpass
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from kpi_portal.people.models import Role, RoleGrant, User

FILE = "first-admin.txt"


class Command(BaseCommand):
    """Safe to run again."""

    help = "Makes the first administrator; with --ask, name and password are asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ask", action="store_true", help="ask on the terminal")
        parser.add_argument("--username", default="admin", help="default: admin")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            self.stdout.write("There are accounts already; nothing was done.")
            return
        username, password = options["username"], secrets.token_urlsafe(12)
        if options["ask"]:
            username, password = self._ask(username)
        with transaction.atomic():
            user = User.objects.create_user(username, password=password)
            RoleGrant.objects.create(user=user, role=Role.ADMIN, granted_at=timezone.now())
        if not options["ask"]:
            path = _write(username, password)
            self.stdout.write(f"The first administrator's password is in {path}.")

    def _ask(self, default: str) -> tuple[str, str]:
        """Name and password from the terminal, asked for until they will do."""
        try:
            username = input(f"User name [{default}]: ").strip() or default
            while True:
                password = getpass.getpass("Password (12 characters or more): ")
                try:
                    validate_password(password, User(username=username))
                except ValidationError as error:
                    self.stdout.write(" ".join(error.messages))
                    continue
                if getpass.getpass("The same again: ") == password:
                    return username, password
                self.stdout.write("These were not the same.")
        except (EOFError, KeyboardInterrupt) as error:
            raise CommandError("No administrator was made.", returncode=2) from error


def _write(username: str, password: str) -> Path:
    path: Path = settings.DATA_DIR / FILE
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{username}  {password}\n")
    return path
