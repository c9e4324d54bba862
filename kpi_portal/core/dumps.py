"""The database as one file and back: SQLite's backup interface, or pg_dump and psql."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, connections

Rows = dict[str, int]


class Failed(Exception):
    """The database could not be written to a file or read from one; the message says why."""


def suffix() -> str:
    return "sqlite3" if connection.vendor == "sqlite" else "pgdump"


def dump(target: Path) -> Rows:
    """Writes one snapshot to `target`; gives its number of rows per table. Raises Failed."""
    if connection.vendor == "sqlite":
        return _dump_sqlite(target)
    return _dump_postgresql(target)


def verify(source: Path, rows: Rows) -> None:
    """Raises Failed unless the file is sound and (SQLite) holds just these rows."""
    if connection.vendor != "sqlite":
        _run([_tool("pg_restore"), "--list", str(source)])
        return
    with closing(sqlite3.connect(source)) as database:
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise Failed(f"the database in the backup is damaged: {verdict}")
        if _count(database) != rows:
            raise Failed("the database in the backup does not hold the rows that it should")


def in_use() -> bool:
    """Whether the portal's database has accounts already."""
    try:
        return get_user_model()._default_manager.exists()
    except DatabaseError:  # no tables yet
        return False
    finally:
        connections.close_all()


def load(source: Path, aside: Path, rows: Rows) -> None:
    """Puts the dump in place of the portal's database. Raises Failed; then nothing has changed."""
    connections.close_all()
    if connection.vendor == "sqlite":
        _load_sqlite(source, aside)
    else:
        _load_postgresql(source)
        if (found := _count_postgresql()) != rows:
            wrong = sorted(n for n in found.keys() | rows.keys() if found.get(n) != rows.get(n))
            raise Failed(f"after the restore these tables differ: {', '.join(wrong[:5])}")


def _dump_sqlite(target: Path) -> Rows:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as live:
            live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, no -wal beside it
        return _count(copy)


def _count(database: sqlite3.Connection) -> Rows:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = [name for (name,) in database.execute(query)]
    return {n: database.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}


def _load_sqlite(source: Path, aside: Path) -> None:
    place = Path(connection.settings_dict["NAME"])
    for end in ("", "-wal", "-shm"):
        old = place.with_name(place.name + end)
        if old.exists():
            old.rename(aside / old.name)
    shutil.move(source, place)
    with place.open("rb") as file:
        os.fsync(file.fileno())


def _dump_postgresql(target: Path) -> Rows:
    """pg_dump of an exported snapshot, in which the rows are counted, too."""
    tool = _tool("pg_dump")
    snapshot = connection.copy()
    try:
        snapshot.connect()
        snapshot.set_autocommit(False)
        with snapshot.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
            _run([tool, "--format=custom", f"--snapshot={name}", f"--file={target}"])
            rows = _count_tables(cursor)
        snapshot.rollback()
    finally:
        snapshot.close()
    return rows


def _count_postgresql() -> Rows:
    with connection.cursor() as cursor:
        return _count_tables(cursor)


def _count_tables(cursor: Any) -> Rows:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows: Rows = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f'SELECT count(*) FROM public."{name}"')
        (rows[name],) = cursor.fetchone()
    return rows


def _load_postgresql(source: Path) -> None:
    """All or nothing: the old tables go and the new ones come in one transaction."""
    script = source.with_suffix(".sql")
    restore = [_tool("pg_restore"), "--no-owner", "--no-privileges"]
    _run([*restore, f"--file={script}", str(source)])
    with script.open("r+b") as file:
        body = file.read()
        file.seek(0)
        file.write(b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n" + body)
    _run([_tool("psql"), "--quiet", "--no-psqlrc", "--single-transaction",
          "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--file={script}"])  # fmt: skip


def _tool(name: str) -> str:
    if found := shutil.which(name):
        return found
    folders = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if folders:
        return str(folders[-1])
    raise Failed(
        f"{name} is not installed; it comes with PostgreSQL's client programs "
        "(Debian and Ubuntu: postgresql-client), in the server's version or a newer one"
    )


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, env=_environment(), capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        raise Failed(f"{Path(command[0]).name}: {' '.join(done.stderr.split())[-500:]}")


def _environment() -> dict[str, str]:
    """The address of the database as the PostgreSQL programs read it."""
    found = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD",
             "host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE"}  # fmt: skip
    given = {names[key]: str(value) for key, value in found.items() if key in names and value}
    return {**os.environ, **given}
