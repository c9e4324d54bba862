"""`prepare`: everything between installed packages and a portal that can start, in one go."""

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, Error, connection
from django.db.migrations.executor import MigrationExecutor

from kpi_portal.core import messages


class Command(BaseCommand):
    """The last line printed is JSON: {"accounts": N}. Safe to run again.

    Seeds the timetable and the working calendar, which leave what people have changed.
    """

    help = "Assets, translations, tables, timetable, static files; does only what is needed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        executor = self._open()
        try:
            call_command("assets", stdout=self.stdout)
        except CommandError as error:
            self.stdout.write(f"{error}. The portal works, but looks plain.")
        messages.compile_all([Path(folder) for folder in settings.LOCALE_PATHS])
        self._migrate(executor)
        for seed in ("seed_schedules", "seed_calendar"):
            call_command(seed, stdout=StringIO())
        self._collect()
        accounts = get_user_model()._default_manager.count()
        self.stdout.write(json.dumps({"accounts": accounts}))

    def _open(self) -> MigrationExecutor:
        """Fails before anything is fetched if there is no database to be had."""
        try:
            connection.ensure_connection()
            return MigrationExecutor(connection)
        except Error as error:
            name = connection.settings_dict["NAME"]
            place = f"{connection.vendor} {connection.settings_dict['HOST']} {name}".replace(
                "  ", " "
            )
            reason = " ".join(str(error).split())
            raise CommandError(
                f"DATABASE_URL: the database cannot be opened ({place}): {reason}", returncode=2
            ) from error

    def _migrate(self, executor: MigrationExecutor) -> None:
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Making the tables …")
            call_command("migrate", database=DEFAULT_DB_ALIAS, interactive=False, verbosity=0)

    def _collect(self) -> None:
        """Runs collectstatic if a file has come, gone or changed since the last time."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        wanted = self._fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.stdout.write("Collecting the static files …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(wanted)

    @staticmethod
    def _fingerprint() -> str:
        digest = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list([]):
                state = Path(storage.path(name)).stat()
                digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
        return digest.hexdigest()
