"""Trails for tests, and what an attacker with the database's own rights would do to them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from kpi_portal.audit import services
from kpi_portal.testing.guards import triggers


def make_trail(count: int) -> None:
    """`count` events of different acts, sealed."""
    for number in range(1, count + 1):
        services.record(
            f"thing.act{number % 3}", ("thing", str(number)), actor=None, after={"n": number}
        )
    services.seal()


@contextmanager
def without_guards() -> Iterator[None]:
    """The guard triggers of the trail rest inside, on both databases."""
    found = {name: sql for name, sql in triggers(connection).items() if "audit" in name}
    with connection.cursor() as cursor:
        for name in found:
            table = name.removeprefix("guard_").rpartition("_")[0]
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER {name}{on}")
    yield
    with connection.cursor() as cursor:
        for definition in found.values():
            cursor.execute(definition)


def attack(*statements: str) -> None:
    """Run SQL behind the application's back."""
    with without_guards(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
