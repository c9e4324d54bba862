"""The end of the chain kept outside the database, so that a cut tail or an old copy shows.

The file `audit.head` in the data folder holds the sequence and hash of the newest sealed event
and an HMAC over both. It only moves forward, and only along the chain that it already knows.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from kpi_portal.audit import chain
from kpi_portal.audit.models import Event


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest sealed event as the file knows it. `is_genuine` is False if forged or torn."""

    sequence: int
    hash: str
    is_genuine: bool = True


def path() -> Path:
    return Path(settings.DATA_DIR) / "audit.head"


def read() -> Anchor | None:
    """What the file says; None if there is no file."""
    try:
        text = path().read_text()
    except FileNotFoundError:
        return None
    try:
        data = json.loads(text)
        sequence, digest, seal = (
            int(data["sequence"]),
            str(data["hash"]),
            str(data["hmac"]),
        )
    except (ValueError, KeyError, TypeError):
        return Anchor(0, "", is_genuine=False)
    genuine = hmac.compare_digest(seal, chain.mac(f"{sequence}:{digest}"))
    return Anchor(sequence, digest, is_genuine=genuine)


def advance(sequence: int, digest: str, *, started_at: int) -> None:
    """Move the file to a newer end; `started_at` is the sequence that this sealing began after.

    Left alone: a file that is newer, forged, or names an event that the chain no longer holds
    (it is the evidence), and a missing file unless the chain has just begun.
    """
    with _locked():
        known = read()
        if known is None:
            if started_at == 0:
                write(sequence, digest)
            return
        if not known.is_genuine or known.sequence >= sequence:
            return
        if known.sequence == 0 or is_in_chain(known):
            write(sequence, digest)


def is_in_chain(known: Anchor) -> bool:
    """Whether the chain holds the event that the file names."""
    return Event.objects.filter(sequence=known.sequence, hash=known.hash).exists()


def write(sequence: int, digest: str) -> None:
    """Replace the file as a whole, durably."""
    body = {
        "sequence": sequence,
        "hash": digest,
        "hmac": chain.mac(f"{sequence}:{digest}"),
    }
    fresh = path().with_suffix(".head.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(body))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path())


@contextmanager
def _locked() -> Iterator[None]:
    """One writer at a time on this machine."""
    handle = os.open(path().with_suffix(".head.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
