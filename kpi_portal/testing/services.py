"""A private Redis and a real worker for the tests that need them."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kombu.pools
import pytest

ROOT = Path(__file__).resolve().parents[2]


def _redis_binary() -> str | None:
    for binary in (shutil.which("redis-server"), str(Path(sys.prefix) / "bin" / "redis-server")):
        if binary and os.access(binary, os.X_OK):
            return binary
    return None


class RedisServer:
    """A redis-server on a socket of its own, with the durability of the launcher's."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.binary = binary
        self.folder = folder
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [self.binary, "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm",
             "700", "--dir", str(self.folder), "--appendonly", "yes", "--save", ""],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        import redis

        client = redis.Redis(unix_socket_path=str(self.socket))
        until(lambda: _answers(client), seconds=15, what="Redis answers")

    def kill(self) -> None:
        """Ends it as a power cut would."""
        if self.process:
            self.process.kill()
            self.process.wait()


def _answers(client: Any) -> bool:
    import redis

    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def until(condition: Callable[[], Any], *, seconds: float = 20, what: str = "it happens") -> Any:
    """The first true value of `condition`; fails when there is none within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    pytest.fail(f"waited {seconds} s in vain until {what}")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    binary = _redis_binary()
    if binary is None:
        pytest.skip("skipped, because there is no redis-server (Debian: redis-server)")
    folder = Path(tempfile.mkdtemp(prefix="kpi-redis-", dir="/tmp"))
    server = RedisServer(binary, folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_broker(redis_server: RedisServer, settings: Any) -> Iterator[RedisServer]:
    """This process sends its messages through the private Redis."""
    import redis

    from kpi_portal.celery import app

    redis.Redis(unix_socket_path=str(redis_server.socket)).flushall()
    url = redis_server.url.replace("unix://", "redis+socket://", 1)
    options = {
        "visibility_timeout": 14400,
        "unacked_restore_interval": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
    }
    before = (app.conf.broker_url, app.conf.broker_transport_options)
    settings.CELERY_BROKER_URL = url
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = options
    _use(app, url, options)
    yield redis_server
    _use(app, *before)


def _use(app: Any, url: str, options: dict[str, Any]) -> None:
    kombu.pools.reset()  # also forgets them: a closed pool would be found again by its address
    app.amqp._producer_pool = None
    app._pool = None
    app.conf.update(broker_url=url, broker_transport_options=options)
    app.conf.broker_read_url = app.conf.broker_write_url = url


class Worker:
    """A Celery worker in a process of its own, on the test database."""

    def __init__(self, broker: RedisServer, folder: Path) -> None:
        self.broker = broker
        self.log = folder / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "kpi_portal", "worker", "--concurrency",
                 "2", "--without-gossip", "--without-mingle", "--hostname", "test@%h"],
                cwd=ROOT, env=_worker_environment(self.broker), stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        until(self._is_ready, seconds=60, what="the worker is ready")

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            pytest.fail(f"the worker ended:\n{self.log.read_text(errors='replace')[-3000:]}")
        return " ready." in self.log.read_text(errors="replace")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """SIGKILL to the worker and its children."""
        if self.process:
            try:
                os.killpg(self.process.pid, 9)
            except ProcessLookupError:
                pass
            self.process.wait()


def _worker_environment(broker: RedisServer) -> dict[str, str]:
    from django.db import connection

    config = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{config['NAME']}"
    else:
        base, _, query = os.environ["DATABASE_URL"].partition("?")
        url = f"{base.rpartition('/')[0]}/{config['NAME']}" + (f"?{query}" if query else "")
    return {**os.environ, "DATABASE_URL": url, "REDIS_URL": broker.url}


@pytest.fixture
def worker(transactional_db: None, redis_broker: RedisServer, tmp_path: Path) -> Iterator[Worker]:
    """A real worker behind a real Redis; rows made by the test are committed and seen by it."""
    process = Worker(redis_broker, tmp_path)
    process.start()
    yield process
    process.stop()
