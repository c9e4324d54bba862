"""One file that holds the whole portal: database, uploaded files, keys; and the way back.

The file is a tar.gz: `database.sqlite3` or `database.pgdump`, `files/…`, `keys/…`, and last
`manifest.json` with the SHA-256 of each member and the number of rows of each table.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection

from kpi_portal.core import dumps, health

FORMAT = 1
KEYS = ("audit.key", "customer.key", "secret.key")
# The end of the audit chain: copied before the database, so that it never is the newer one.
ANCHOR = "audit.head"
MANIFEST = "manifest.json"


class Refused(Exception):
    """The backup or restore was not begun or not finished; the message says why."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds."""

    tables: int
    rows: int
    files: int
    made_at: str


@contextmanager
def portal_stopped() -> Iterator[None]:
    """Holds the lock of `script/start`. Raises Refused while a portal runs on the data folder."""
    with (settings.DATA_DIR / "portal.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                f"a portal runs on the data folder {settings.DATA_DIR}; stop it first"
            ) from error
        if settings.PRODUCTION and _worker_reported():
            raise Refused("a worker has just reported; stop web, worker and beat, wait a minute")
        yield


def _worker_reported() -> bool:
    """Whether a worker lives, perhaps on another machine: each reports every 30 s."""
    try:
        last = cache.get(health.HEARTBEAT_KEY)
    except DatabaseError:  # no tables yet
        return False
    return last is not None and time.time() - last < 45


def write(target: Path) -> Summary:
    """Writes the backup; it appears under its name only when it is complete and on the disk.

    The portal may run meanwhile: the database is one snapshot, files are taken after it, so that
    each file that a row names is there.
    """
    part = target.with_name(target.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            summary = _fill(raw)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(target)
        _sync(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return summary


def _fill(raw: Any) -> Summary:
    sums: dict[str, str] = {}
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with (
        tempfile.TemporaryDirectory(dir=settings.DATA_DIR / "tmp") as name,
        tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar,
    ):
        anchor = Path(name) / ANCHOR
        if (settings.DATA_DIR / ANCHOR).exists():
            shutil.copyfile(settings.DATA_DIR / ANCHOR, anchor)
        dump = Path(name) / f"database.{dumps.suffix()}"
        rows = dumps.dump(dump)
        _add(tar, dump.name, dump, sums)
        _add(tar, f"keys/{ANCHOR}", anchor, sums)
        for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
            if path.is_file() and not path.is_symlink():
                _add(tar, f"files/{path.relative_to(settings.MEDIA_ROOT).as_posix()}", path, sums)
        for key in KEYS:
            if (settings.DATA_DIR / key).exists():
                _add(tar, f"keys/{key}", settings.DATA_DIR / key, sums)
        manifest = {
            "format": FORMAT,
            "made_at": made_at,
            "vendor": connection.vendor,
            "rows": rows,
            "sha256": sums,
        }
        data = json.dumps(manifest, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(data), 0o600
        tar.addfile(info, BytesIO(data))
    return Summary(len(rows), sum(rows.values()), _count_files(sums), made_at)


def _count_files(sums: dict[str, str]) -> int:
    return sum(1 for name in sums if name.startswith("files/"))


def _add(tar: tarfile.TarFile, name: str, path: Path, sums: dict[str, str]) -> None:
    """Adds one file; one that is deleted meanwhile belongs to no row and is left out."""
    try:
        data_sum = _sum(path)
    except FileNotFoundError:
        return
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = path.stat().st_size, 0o600, int(path.stat().st_mtime)
    with path.open("rb") as file:
        tar.addfile(info, file)
    sums[name] = data_sum


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(source: Path, *, force: bool) -> Summary:
    """Puts the backup in place of what is here. Nothing is touched before all of it is verified.

    The caller holds `portal_stopped`. What was here moves to `before-restore-…` in the data
    folder (on PostgreSQL: files and keys; the old tables are dropped in the same transaction).
    Raises Refused when the file is damaged or of another database, or the target not empty.
    """
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR / "tmp") as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        dump = folder / f"database.{dumps.suffix()}"
        dumps.verify(dump, manifest["rows"])
        if not force and (dumps.in_use() or _has_files()):
            raise Refused("the target is not empty; use --force to replace what is there")
        aside = settings.DATA_DIR / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
        aside.mkdir(mode=0o700)
        dumps.load(dump, aside, manifest["rows"])
        _swap(folder / "files", Path(settings.MEDIA_ROOT), aside / "files")
        for key in (*KEYS, ANCHOR):
            if (folder / "keys" / key).exists():
                _swap(folder / "keys" / key, settings.DATA_DIR / key, aside / key)
        _sync(settings.DATA_DIR)
    if not any(aside.iterdir()):
        aside.rmdir()
    rows = manifest["rows"]
    files = _count_files(manifest["sha256"])
    return Summary(len(rows), sum(rows.values()), files, manifest["made_at"])


def _has_files() -> bool:
    root = Path(settings.MEDIA_ROOT)
    return root.is_dir() and any(path.is_file() for path in root.rglob("*"))


def _swap(new: Path, place: Path, aside: Path) -> None:
    if place.exists():
        place.rename(aside)
    if new.exists():
        shutil.move(new, place)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Members into `folder`, each compared with the manifest, which it gives."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            for member in tar:
                _take(tar, member, folder)
    except FileNotFoundError as error:
        raise Refused(f"there is no file {source}") from error
    except (tarfile.TarError, OSError, EOFError) as error:
        raise Refused(f"{source} is no backup, or it is damaged ({error})") from error
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise Refused(f"{source} has no manifest: it is no backup, or it is cut off") from error
    if manifest.get("format") != FORMAT:
        raise Refused(f"{source} was written in format {manifest.get('format')}, not {FORMAT}")
    if manifest["vendor"] != connection.vendor:
        raise Refused(
            f"the backup is of {manifest['vendor']}, the portal runs on {connection.vendor}; "
            "set DATABASE_URL to a database of the same kind"
        )
    found = {
        path.relative_to(folder).as_posix(): _sum(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    wanted = manifest["sha256"]
    wrong = sorted(n for n in found.keys() | wanted.keys() if found.get(n) != wanted.get(n))
    if wrong:
        raise Refused(f"{source} is damaged: {', '.join(wrong[:5])} do not match the manifest")
    return manifest


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One member, if it is a plain file at a place where backups have files."""
    parts = PurePosixPath(member.name).parts
    known = member.name in (MANIFEST, "database.sqlite3", "database.pgdump")
    inside = len(parts) > 1 and parts[0] in ("files", "keys") and ".." not in parts
    if not member.isreg() or not (known or inside):
        raise Refused(f"the backup holds something strange: {member.name!r}")
    target = folder.joinpath(*parts)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stream = tar.extractfile(member)
    assert stream is not None
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(stream, file)
