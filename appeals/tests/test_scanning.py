"""The virus scanner on evidence: off by default, and closed whenever it does not say clean."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as portal

from appeals.models import Evidence
from appeals.services import evidence
from appeals.tests.factories import NOW, Case, make_world
from kpi_portal.environment import host_and_port
from kpi_portal.people.files import FileTooLarge
from kpi_portal.people.models import StoredFile
from kpi_portal.people.scanning import NotClean, ScannerSilent

pytestmark = pytest.mark.django_db


@contextmanager
def daemon(answer: bytes) -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """A clamd that reads one stream and says `answer`; what it was sent."""
    seen: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _address = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            body = b""
            while size := int.from_bytes(stream.read(4), "big"):
                body += stream.read(size)
            seen.append(body)
            connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname(), seen
    finally:
        thread.join(5)
        server.close()


def hand_in(case: Case, body: bytes = b"work log") -> Evidence:
    return evidence.add(case.appeal, BytesIO(body), name="a.txt", note="", by=case.agent, at=NOW)


def nothing_kept() -> bool:
    return not Evidence.objects.exists() and not StoredFile.objects.exists()


def test_without_a_scanner_files_are_kept() -> None:
    assert portal.CLAMAV_ADDRESS is None
    assert hand_in(make_world()).pk


def test_what_is_clean_is_kept_whole(settings: Any) -> None:
    case = make_world()
    with daemon(b"stream: OK\0") as (settings.CLAMAV_ADDRESS, seen):
        row = hand_in(case, b"x" * 200_000)

    assert seen == [b"x" * 200_000] and row.file.size == 200_000


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"stream: Eicar-Signature FOUND\0", NotClean),
        (b"INSTREAM size limit exceeded. ERROR\0", ScannerSilent),
        (b"", ScannerSilent),
        (b"stream: OK but not really\0", ScannerSilent),
    ],
)
def test_anything_but_clean_keeps_nothing(settings: Any, answer: bytes, error: Any) -> None:
    case = make_world()
    with daemon(answer) as (settings.CLAMAV_ADDRESS, _seen), pytest.raises(error):
        hand_in(case)

    assert nothing_kept()


def test_a_scanner_that_is_off_closes_the_door(settings: Any) -> None:
    case = make_world()
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.CLAMAV_ADDRESS = free.getsockname()

    with pytest.raises(ScannerSilent):
        hand_in(case)
    assert nothing_kept()


def test_too_large_is_said_before_anything_is_kept(settings: Any) -> None:
    case = make_world()
    with daemon(b"stream: OK\0") as (settings.CLAMAV_ADDRESS, _seen), pytest.raises(FileTooLarge):
        hand_in(case, b"x" * (evidence.MOST_BYTES + 1))
    assert nothing_kept()


@pytest.mark.parametrize("value", ["clamav", "clamav:", ":3310", "clamav:x", "clamav:70000"])
def test_a_wrong_address_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("KPI_CLAMAV", value)
    with pytest.raises(Exception, match=r"KPI_CLAMAV"):
        host_and_port("KPI_CLAMAV")


def test_an_address_is_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_CLAMAV", "[::1]:3310")
    assert host_and_port("KPI_CLAMAV") == ("::1", 3310)
