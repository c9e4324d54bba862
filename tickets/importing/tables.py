"""Writing many rows at once, on both databases: plain INSERTs and UPDATEs without model objects.

PostgreSQL takes new rows by COPY. Values are those of the columns: aware UTC instants without
fractions, whole numbers, text, booleans, lists for JSON.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Model

LOCK = 7_140_021  # the advisory lock of loads


def lock_loads() -> None:
    """Let one load after the other through, until the transaction ends.

    On SQLite the transaction itself is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def existing(
    model: type[Model], source: str, ids: Iterable[str], columns: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """external id → column → value of the rows of a source that are there, `id` included."""
    manager: Any = model._default_manager
    names = ("id", *columns)
    rows = manager.filter(source=source, external_id__in=list(ids)).order_by()
    place = names.index("external_id")
    return {
        row[place]: dict(zip(names, row, strict=True))
        for row in rows.values_list(*names).iterator()
    }


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows; each holds the values of `columns` in order."""
    if not rows:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    named = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(_adapted(row, _FOR_COPY))
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({named}) VALUES ({marks})",
            [_adapted(row, _FOR_SQLITE) for row in rows],
        )


def update(model: type[Model], changes: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Change rows; each is an id with the columns that change."""
    adapters = _FOR_COPY if connection.vendor == "postgresql" else _FOR_SQLITE
    by_columns: dict[tuple[str, ...], list[list[Any]]] = {}
    for pk, changed in changes:
        values = _adapted([*changed.values(), pk], adapters)
        by_columns.setdefault(tuple(changed), []).append(values)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for columns, rows in by_columns.items():
            named = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in columns)
            cursor.executemany(f"UPDATE {table} SET {named} WHERE id = %s", rows)


def _json(value: Any) -> str:
    return json.dumps(list(value), ensure_ascii=False) if value else "[]"


Adapt = Callable[[Any], Any]

# By type, as this is asked for every cell: what a type needs before it can be written.
_FOR_COPY: Mapping[type, Adapt] = {list: _json, tuple: _json}
# As Django stores it: UTC without an offset, JSON as text.
_FOR_SQLITE: Mapping[type, Adapt] = {
    **_FOR_COPY,
    datetime: lambda value: str(value)[:19],
    date: date.isoformat,
}


def _adapted(row: Iterable[Any], adapters: Mapping[type, Adapt]) -> list[Any]:
    adapter_of = adapters.get
    return [value if (adapt := adapter_of(type(value))) is None else adapt(value) for value in row]
