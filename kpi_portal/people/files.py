"""Storing and serving files: outside the web root, whole or not at all, never run in a browser."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import DomainError
from kpi_portal.people import sniffing
from kpi_portal.people.models import StoredFile, User

CHUNK = 1 << 20
KEEP_FREE = 0.02


class Upload(Protocol):
    """What Django hands over for an uploaded file."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


class FileTooLarge(DomainError):
    code = "file_too_large"
    status = 413


class FileEmpty(DomainError):
    code = "file_empty"
    status = 422


class FileTypeNotAllowed(DomainError):
    code = "file_type_not_allowed"
    status = 422


class DiskFull(DomainError):
    code = "disk_full"
    status = 507


def store(
    source: Upload | IO[bytes] | Path,
    *,
    name: str,
    purpose: str,
    by: User | None,
    at: datetime,
    max_bytes: int,
    types: frozenset[str] | None = None,
) -> StoredFile:
    """Keep a file: streamed to a temporary name, synced, then renamed; and its row.

    `types`: content types allowed, told from the content and not from the name (None: any).
    After an error no file is left. Call it inside the transaction that refers to the row.
    Raises FileTooLarge, FileEmpty, FileTypeNotAllowed, DiskFull.
    """
    identity = uuid.uuid4()
    target = path_of(identity)
    with _temporary(identity) as fresh:
        size, digest = _copy(_chunks(source), fresh, max_bytes)
        content_type = _checked_type(fresh, name, size, types)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.replace(target)
        _sync_folder(target.parent)
    try:
        with transaction.atomic():
            stored = StoredFile.objects.create(
                id=identity,
                name=sniffing.clean_name(name),
                content_type=content_type,
                size=size,
                sha256=digest,
                purpose=purpose,
                uploaded_by=by,
                uploaded_at=at,
            )
            record(
                "file.stored",
                stored,
                actor=by,
                after={"purpose": purpose, "size": size, "sha256": digest},
            )
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return stored


def path_of(identity: uuid.UUID) -> Path:
    """Where the bytes of a stored file lie."""
    text = identity.hex
    return Path(settings.MEDIA_ROOT) / text[:2] / text


def open_file(stored: StoredFile) -> BinaryIO:
    """The bytes of a stored file, to be read. Raises FileNotFoundError."""
    return path_of(stored.pk).open("rb")


def download_response(stored: StoredFile, request: HttpRequest) -> FileResponse:
    """The file as a download that no browser displays or keeps.

    The caller has checked that the reader may have it, and records that they took it.
    """
    response = FileResponse(open_file(stored), content_type="application/octet-stream")
    response.headers["Content-Type"] = _served_type(stored.content_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, stored.name))
    response.headers["Content-Length"] = str(stored.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


@transaction.atomic
def remove(stored: StoredFile, *, by: User | None, reason: str = "") -> None:
    """Delete a stored file that nothing refers to any more; the bytes go after the commit."""
    record(
        "file.removed",
        stored,
        actor=by,
        before={"sha256": stored.sha256},
        reason=reason,
    )
    path = path_of(stored.pk)
    stored.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _served_type(content_type: str) -> str:
    """Text is sent as bytes, too, so that nothing is guessed about its encoding."""
    return content_type if content_type in sniffing.BINARY else "application/octet-stream"


def _chunks(source: Upload | IO[bytes] | Path) -> Iterator[bytes]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")
    elif hasattr(source, "chunks"):
        yield from source.chunks(CHUNK)
    else:
        yield from iter(lambda: source.read(CHUNK), b"")


@contextmanager
def _temporary(identity: uuid.UUID) -> Iterator[Path]:
    """A name for the bytes on the way, on the same file system; gone at the end."""
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / identity.hex
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _copy(chunks: Iterator[bytes], target: Path, max_bytes: int) -> tuple[int, str]:
    """Write at most `max_bytes`, sync; (size, SHA-256)."""
    size, digest = 0, hashlib.sha256()
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise FileTooLarge(_too_large(max_bytes))
                _ask_for_space(target, len(chunk))
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DiskFull(
            _("There is no room left on the disk. Tell your administrator; nothing was saved.")
        ) from error
    return size, digest.hexdigest()


def _ask_for_space(target: Path, wanted: int) -> None:
    usage = shutil.disk_usage(target.parent)
    if usage.free - wanted < usage.total * KEEP_FREE:
        raise OSError("the disk is nearly full")


def _too_large(max_bytes: int) -> str:
    return _("The file is larger than %(limit)s MB. Choose a smaller one, or split it.") % {
        "limit": max_bytes // 1_000_000
    }


def _checked_type(path: Path, name: str, size: int, types: frozenset[str] | None) -> str:
    if size == 0:
        raise FileEmpty(_("The file “%(name)s” is empty.") % {"name": name})
    content_type = sniffing.content_type(path, name)
    if types is not None and content_type not in types:
        raise FileTypeNotAllowed(
            _("“%(name)s” cannot be accepted. Allowed are: %(kinds)s.")
            % {"name": name, "kinds": sniffing.names_of(types)}
        )
    return content_type


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
