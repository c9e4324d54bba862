"""Lets a transactional test clean up: guard triggers that refuse DELETE rest meanwhile.

After the flush the rows that migrations had made come back, so that the order of tests does
not matter. A test proves that the triggers are back, too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper

CACHE_TABLE = "kpi_portal_cache"


def triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name and definition of each guard trigger in the database."""
    if connection.vendor == "sqlite":
        query = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%'"
        )
    else:
        query = (
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgenabled = 'O' AND tgname LIKE 'guard_%'"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without guards inside. Only SQLite needs it: TRUNCATE fires no row trigger."""
    if connection.vendor != "sqlite":
        yield
        return
    found = triggers(connection)
    with connection.cursor() as cursor:
        for name in found:
            cursor.execute(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for definition in found.values():
                cursor.execute(definition)


def lift_around_flush() -> None:
    """Replaces the clean-up of Django's transactional tests by ours."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = _clean_up  # type: ignore[attr-defined]


def _clean_up(case: Any) -> None:
    from django.db import connections

    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        with lifted(connection):
            call_command(
                "flush", verbosity=0, interactive=False, database=alias, reset_sequences=False,
                allow_cascade=True, inhibit_post_migrate=True,
            )  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {CACHE_TABLE}")
            contents = getattr(connection, "_test_serialized_contents", None)
            if contents:
                connection.creation.deserialize_db_from_string(contents)
