"""Files: whole or not at all, told by content, never run."""

import hashlib
import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import RequestFactory

from kpi_portal.people import files, sniffing
from kpi_portal.people.models import StoredFile, User

NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def workbook(*extra: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *extra):
            archive.writestr(name, "<x/>")
    return data.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (100).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0"
HUGE_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100 + b"\xff\xd9"

CASES = [
    ("a.pdf", b"%PDF-1.7\nhello", sniffing.PDF),
    ("a.png", PNG, sniffing.PNG),
    ("a.jpg", JPEG, sniffing.JPEG),
    ("a.JPEG", JPEG, sniffing.JPEG),
    ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", sniffing.WEBP),
    ("a.xlsx", workbook(), sniffing.XLSX),
    ("a.csv", "工单,客服\n1,张敏\n".encode("gb18030"), sniffing.CSV),
    ("a.txt", "记录".encode("utf-16"), sniffing.TXT),
    ("a.eml", b"From: a@b.c\r\nTo: d@e.f\r\nSubject: x\r\n\r\nhello", sniffing.EML),
    ("a.mp3", b"ID3\x04" + b"\0" * 20, sniffing.MP3),
    ("a.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 20, sniffing.MP4),
    ("a.png", b"<html><script>alert(1)</script>", sniffing.UNKNOWN),
    ("a.txt", b"<html><script>alert(1)</script>", sniffing.UNKNOWN),
    ("a.svg", b"<svg onload='x'/>", sniffing.UNKNOWN),
    ("a.csv", b"\xef\xbb\xbf <!doctype html>", sniffing.UNKNOWN),
    ("a.jpg", JPEG[:50], sniffing.UNKNOWN),
    ("a.png", HUGE_PNG, sniffing.UNKNOWN),
    ("a.png", PNG + b"<svg ", sniffing.UNKNOWN),
    ("a.pdf", b"%PDF-1.7\n/OpenAction /JavaScript", sniffing.UNKNOWN),
    ("a.pdf", PNG, sniffing.UNKNOWN),
    ("a.exe", b"%PDF-1.7", sniffing.UNKNOWN),
    ("a.xlsx", workbook("xl/vbaProject.bin"), sniffing.UNKNOWN),
    ("a.xlsx", workbook("../../etc/passwd"), sniffing.UNKNOWN),
    ("a.xlsx", b"PK\x03\x04broken", sniffing.UNKNOWN),
    ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, sniffing.UNKNOWN),
    ("a.csv", b"a\0b", sniffing.UNKNOWN),
    ("a.eml", b"hello", sniffing.UNKNOWN),
    ("a.exe", b"MZ\x90\0", sniffing.UNKNOWN),
    ("a.gif", b"GIF89a", sniffing.UNKNOWN),
]


@pytest.mark.parametrize(("name", "data", "expected"), CASES)
def test_a_file_is_what_its_content_says(
    name: str, data: bytes, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)

    assert sniffing.content_type(path, name) == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("报表（1）.csv", "报表（1）.csv"),
        ("..\\..\\x.csv", "x.csv"),
        ("/etc/passwd", "passwd"),
        ("a.csv\0.exe", "a.csv.exe"),
        ("\u202egnp.exe", "gnp.exe"),
        ("   ", "file"),
        ("..", "file"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        (";rm -rf.csv", ";rm -rf.csv"),
    ],
)
def test_a_name_is_only_a_name(name: str, shown: str) -> None:
    assert sniffing.clean_name(name) == shown


def keep(data: bytes, name: str = "a.pdf", **fields: Any) -> StoredFile:
    fields = {"purpose": "test", "by": None, "at": NOW, "max_bytes": 1000, **fields}
    return files.store(SimpleUploadedFile(name, data), name=name, **fields)


def left() -> list[str]:
    """What lies in the folder of files."""
    root = Path(django_settings.MEDIA_ROOT)
    return [path.name for path in root.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_stored_file_comes_back_byte_by_byte(agent: User) -> None:
    data = b"%PDF-1.7\n" + os.urandom(500)

    stored = keep(data, by=agent, types=sniffing.EVIDENCE)

    assert (stored.size, stored.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (stored.content_type, stored.name) == (sniffing.PDF, "a.pdf")
    assert files.open_file(stored).read() == data
    assert files.path_of(stored.pk).stat().st_mode & 0o077 == 0
    assert left() == [stored.pk.hex]


@pytest.mark.django_db
def test_a_path_and_an_open_file_can_be_stored(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(b"a,b\n")

    for source in (path, io.BytesIO(b"a,b\n")):
        stored = files.store(source, name="b.csv", purpose="test", by=None, at=NOW, max_bytes=100)
        assert stored.size == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"%PDF-" + b"x" * 1000, files.FileTooLarge),
        (b"", files.FileEmpty),
        (b"<html>", files.FileTypeNotAllowed),
    ],
)
def test_a_refused_file_leaves_nothing(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        keep(data, types=sniffing.EVIDENCE)

    assert left() == []
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_full_disk_leaves_nothing(monkeypatch: Any) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(files.DiskFull):
        keep(b"%PDF-1.7")

    assert left() == []


@pytest.mark.django_db
def test_a_failing_database_leaves_nothing(monkeypatch: Any) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(files, "record", fails)

    with pytest.raises(RuntimeError):
        keep(b"%PDF-1.7")

    assert left() == []


@pytest.mark.django_db
def test_a_download_is_never_displayed_or_kept() -> None:
    stored = keep(b"%PDF-1.7", name='报"表.pdf')

    response = files.download_response(stored, RequestFactory().get("/"))

    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=utf-8''" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "no-store"
    assert b"".join(response) == b"%PDF-1.7"


@pytest.mark.django_db
def test_a_removed_file_goes_after_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    stored = keep(b"%PDF-1.7")
    path = files.path_of(stored.pk)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        files.remove(stored, by=None)
        assert path.exists()

    assert not path.exists()
