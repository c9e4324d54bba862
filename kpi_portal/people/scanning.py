"""Asking ClamAV about a file before it is kept: its INSTREAM protocol, fail closed.

Off without KPI_CLAMAV. Configured, a file is kept only where the scanner said that it is
clean; where it does not answer, nothing is. What was scanned is bound by its SHA-256 to what is
kept. Source: 9-promises.md, N8; the clamd manual, "INSTREAM".
"""

import hashlib
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from kpi_portal.core.errors import DomainError
from kpi_portal.people.files import FileTooLarge, Upload

CHUNK = 1 << 16
TIMEOUT = 20.0  # seconds for each send and for the answer
LONGEST_ANSWER = 4096
CLEAN = b"stream: OK"


class NotClean(DomainError):
    """The scanner found something."""

    code = "file_not_clean"
    status = 422


class ScannerSilent(DomainError):
    """The scanner is configured and did not say that the file is clean."""

    code = "scanner_silent"
    status = 503


def scan(source: Upload | IO[bytes], *, name: str, max_bytes: int) -> str | None:
    """SHA-256 of what was found clean; None where no scanner is configured.

    `source` is read to its end and set back. Raises NotClean, ScannerSilent, FileTooLarge.
    """
    address = settings.CLAMAV_ADDRESS
    if address is None:
        return None
    digest = hashlib.sha256()
    try:
        answer = _ask(address, _counted(_chunks(source), digest, max_bytes))
    except OSError as error:
        raise ScannerSilent(_silent()) from error
    if answer == CLEAN:
        return digest.hexdigest()
    if answer.endswith(b"FOUND"):
        raise NotClean(
            _("The virus scanner refused “%(name)s”. Nothing was saved.") % {"name": name}
        )
    raise ScannerSilent(_silent())


def _silent() -> str:
    return _("The virus scanner does not answer, so no file can be taken now. Try again later, or "
             "tell your administrator; nothing was saved.")  # fmt: skip


def _chunks(source: Upload | IO[bytes]) -> Iterator[bytes]:
    if hasattr(source, "chunks"):
        yield from source.chunks(CHUNK)
    else:
        source.seek(0)
        yield from iter(lambda: source.read(CHUNK), b"")
        source.seek(0)


def _counted(chunks: Iterable[bytes], digest: "hashlib._Hash", most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise FileTooLarge(
                _("The file is larger than %(limit)s MB. Choose a smaller one, or split it.")
                % {"limit": most // 1_000_000}
            )
        digest.update(chunk)
        yield chunk


def _ask(address: tuple[str, int], chunks: Iterable[bytes]) -> bytes:
    """The scanner's answer without its closing NUL. Raises OSError."""
    with socket.create_connection(address, timeout=TIMEOUT) as connection:
        connection.sendall(b"zINSTREAM\0")
        for chunk in chunks:
            if chunk:
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while len(answer) < LONGEST_ANSWER and not answer.endswith(b"\0"):
            part = connection.recv(LONGEST_ANSWER)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0\n")
