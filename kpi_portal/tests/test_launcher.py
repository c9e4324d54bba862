"""`script/start` as somebody who just wants a portal: it comes up, refuses a second, goes away."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from kpi_portal.testing.services import until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data: Path = tmp_path_factory.mktemp("portal")
    if (ROOT / "var" / "vendor").is_dir():
        (data / "vendor").symlink_to(ROOT / "var" / "vendor")
    return data


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.Popen(
        [ROOT / "script" / "start", "--no-demo", "--port", str(port)],
        env={**inherited, "KPI_DATA_DIR": str(folder), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def portal(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    if not (ROOT / ".venv" / ".installed-main").exists():
        pytest.skip("skipped, because .venv was not made by script/…")
    process = start(folder, port)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C stops" in line:
            break
    else:
        pytest.fail("the portal did not start:\n" + "".join(lines))
    yield process
    process.kill()
    process.wait()


def get(port: int, path: str) -> int:
    try:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        server.request("GET", path)
        return server.getresponse().status
    except OSError:
        return 0


def members(folder: Path) -> list[int]:
    """Processes whose environment names the data folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"KPI_DATA_DIR={folder}\0".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def refusal(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    assert "Traceback" not in output
    return output


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc")


@needs_proc
@pytest.mark.xdist_group("launcher")
@pytest.mark.embedded
class TestOnePortal:
    def test_it_answers_and_a_worker_reports(
        self, portal: subprocess.Popen[str], port: int
    ) -> None:
        assert get(port, "/healthz") == 200
        until(lambda: get(port, "/readyz") == 200, seconds=60, what="the portal is ready")

    def test_the_first_administrator_is_for_the_owner_only(
        self, portal: subprocess.Popen[str], folder: Path
    ) -> None:
        assert (folder / "first-admin.txt").stat().st_mode & 0o777 == 0o600
        assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600

    def test_a_second_one_on_the_same_folder_is_refused(
        self, portal: subprocess.Popen[str], folder: Path, port: int
    ) -> None:
        assert "already runs" in refusal(start(folder, port + 1))

    def test_a_port_in_use_is_refused_before_anything_is_made(
        self, portal: subprocess.Popen[str], port: int, tmp_path: Path
    ) -> None:
        assert f"Port {port} is in use" in refusal(start(tmp_path, port))
        assert not (tmp_path / "portal.sqlite3").exists()

    def test_a_killed_worker_comes_back(self, portal: subprocess.Popen[str], folder: Path) -> None:
        def worker() -> set[int]:
            return {
                pid
                for pid in members(folder)
                if b"--concurrency" in (Path("/proc") / str(pid) / "cmdline").read_bytes()
            }

        before = until(worker, what="there is a worker")
        os.kill(min(before), signal.SIGKILL)

        until(lambda: worker() and not worker() & before, seconds=40, what="another one runs")

    def test_ctrl_c_leaves_no_process_behind(
        self, portal: subprocess.Popen[str], folder: Path, port: int
    ) -> None:
        assert members(folder)

        portal.send_signal(signal.SIGINT)

        assert portal.wait(timeout=60) == 0
        time.sleep(0.5)
        assert members(folder) == []
        assert get(port, "/healthz") == 0


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://a@b/c", "DATABASE_URL names"),
        ("DATABASE_URL", "postgresql://a:secret@127.0.0.1:1/c", "DATABASE_URL: the database"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:1/0", "REDIS_URL: no Redis answers"),
        ("KPI_PROFILE", "prod", "KPI_PROFILE is 'prod'"),
        ("KPI_TLS", "perhaps", "KPI_TLS"),
        ("SECRET_KEY", "short", "SECRET_KEY is shorter"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_shown(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    if connection.vendor != "sqlite":
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    output = refusal(start(tmp_path, free, **{name: value}))

    assert sentence in output
    assert "secret@" not in output
