"""A backup holds everything, and a restore brings all of it back or touches nothing."""

import fcntl
import gzip
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kpi_portal.core import dumps, health
from kpi_portal.people.models import Department
from kpi_portal.people.tests.factories import make_department, make_user
from kpi_portal.testing import guards

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def tools() -> None:
    if connection.vendor == "postgresql":
        try:
            dumps._tool("pg_dump")
        except dumps.Failed as error:
            pytest.skip(f"skipped, because {error}")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own, with one uploaded file and the keys."""
    settings.DATA_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = settings.DATA_DIR / "files"
    (settings.DATA_DIR / "tmp").mkdir(parents=True)
    (settings.MEDIA_ROOT / "2026").mkdir(parents=True)
    (settings.MEDIA_ROOT / "2026" / "证据.pdf").write_bytes(b"evidence")
    (settings.DATA_DIR / "audit.key").write_text("the key")
    return Path(settings.DATA_DIR)


def test_a_restore_brings_back_rows_files_keys_and_guards(folder: Path, tmp_path: Path) -> None:
    make_user(username="wang")
    make_department("before", name="备份前")
    guarded = guards.triggers(connection)
    call_command("backup", tmp_path / "kpi.tar.gz")
    Department.objects.all().delete()
    (folder / "files" / "2026" / "证据.pdf").write_bytes(b"changed")
    (folder / "audit.key").write_text("another key")

    call_command("restore", tmp_path / "kpi.tar.gz", "--force")

    assert Department.objects.get().code == "before"
    assert (folder / "files" / "2026" / "证据.pdf").read_bytes() == b"evidence"
    assert (folder / "audit.key").read_text() == "the key"
    assert guards.triggers(connection).keys() == guarded.keys()
    aside = next(folder.glob("before-restore-*"))
    assert (aside / "audit.key").read_text() == "another key"


def test_the_backup_is_for_its_owner_only_and_leaves_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    call_command("backup", tmp_path / "kpi.tar.gz")

    assert stat.S_IMODE((tmp_path / "kpi.tar.gz").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["kpi.tar.gz"]
    assert list((folder / "tmp").iterdir()) == []


def test_a_running_portal_is_not_restored_into(folder: Path, tmp_path: Path) -> None:
    call_command("backup", tmp_path / "kpi.tar.gz")

    with (folder / "portal.lock").open("a+") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="a portal runs") as refused:
            call_command("restore", tmp_path / "kpi.tar.gz", "--force")

    assert refused.value.returncode == 2


def test_in_production_a_living_worker_stops_it(
    folder: Path, tmp_path: Path, settings: Any
) -> None:
    call_command("backup", tmp_path / "kpi.tar.gz")
    settings.PRODUCTION = True
    health.beat()

    with pytest.raises(CommandError, match="a worker has just reported"):
        call_command("restore", tmp_path / "kpi.tar.gz", "--force")


def test_a_target_with_accounts_asks_for_force(folder: Path, tmp_path: Path) -> None:
    make_user(username="wang")
    call_command("backup", tmp_path / "kpi.tar.gz")
    make_department("after")

    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", tmp_path / "kpi.tar.gz")

    assert Department.objects.filter(code="after").exists()


@pytest.mark.parametrize("damage", ["cut", "flipped", "not one", "absent"])
def test_a_damaged_backup_changes_nothing(folder: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "kpi.tar.gz"
    call_command("backup", file)
    make_department("after")
    data = file.read_bytes()
    if damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        content = bytearray(gzip.decompress(data))
        content[content.index(b"evidence")] ^= 1
        file.write_bytes(gzip.compress(content))
    elif damage == "not one":
        file.write_bytes(b"hello")
    else:
        file.unlink()

    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", file, "--force")

    assert Department.objects.get().code == "after"
    assert (folder / "files" / "2026" / "证据.pdf").read_bytes() == b"evidence"
