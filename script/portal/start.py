"""`script/start`: sets up what is missing, runs web, worker, beat and Redis, stops them all."""

import argparse
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import broker
import packages
from children import Children
from packages import PYTHON, ROOT
from say import Stop, say, stop, tail

WORKERS, THREADS, CONCURRENCY = 2, 4, 2
SHOWN_ACCOUNTS = 9  # one of each role comes first in the list


class Interrupted(Exception):
    """Ctrl-C, SIGTERM, or the terminal was closed."""


class Signals:
    """The first signal stops in order, a further one ends everything at once."""

    def __init__(self) -> None:
        self.count = 0
        self.children: Children | None = None
        self.helper: subprocess.Popen[str] | None = None
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._arrived)

    def _arrived(self, number: int, _frame: object) -> None:
        self.count += 1
        if self.helper is not None and self.helper.poll() is None:
            os.killpg(self.helper.pid, signal.SIGKILL if self.count > 1 else signal.SIGTERM)
        if not self.stopping:
            raise Interrupted
        if self.count > 1 and self.children:
            self.children.kill()


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/start", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument(
        "--host", default="127.0.0.1", help="default: 127.0.0.1, this machine only"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="an empty company; asks for the first administrator"
    )
    found = parser.parse_args(words)
    if not 1 <= found.port <= 65_535:
        parser.error("--port must be between 1 and 65535")
    return found


def run(words: list[str]) -> int:
    chosen = arguments(words)
    started = time.monotonic()
    data = _data_folder()
    signals = Signals()
    try:
        with _lock(data):
            _port_is_free(chosen.host, chosen.port)
            packages.ready()
            _serve(chosen, data, signals, started)
    except Interrupted:
        say("Stopped before the portal was ready. The next start goes on from here.")
        return 130
    return 0


def _data_folder() -> Path:
    text = os.environ.get("KPI_DATA_DIR") or str(ROOT / "var")
    folder = Path(text).expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "log").mkdir(mode=0o700, exist_ok=True)
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        stop(
            f"The data folder {folder} cannot be written to ({error.strerror}). "
            "Change its owner, or name another one with KPI_DATA_DIR."
        )
    return folder.resolve()


def _lock(data: Path) -> IO[str]:
    """Held for as long as the portal runs; `restore` asks for it, too."""
    file = (data / "portal.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stop(
            f"A portal already runs on the data folder {data}. "
            "Stop it first, or name another folder with KPI_DATA_DIR."
        )
    except OSError as error:
        stop(f"The data folder {data} cannot be locked ({error.strerror}): use a local disk.")
    return file


def _port_is_free(host: str, port: int) -> None:
    try:
        family, kind, _proto, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        stop(f"--host {host}: there is no such address.")
    except PermissionError:
        stop(f"Port {port} needs more rights than you have: choose one above 1023 with --port.")
    except OSError as error:
        if error.errno == 99:
            stop(f"--host {host} is no address of this machine.")
        stop(f"Port {port} is in use on {host}. Stop what uses it, or choose another: --port 8001")


def _serve(chosen: argparse.Namespace, data: Path, signals: Signals, started: float) -> None:
    environment = _environment(data, chosen.host)
    if url := environment.get("REDIS_URL"):
        broker.check(url)
    accounts = _prepare(chosen, data, environment, signals)
    children = signals.children = Children(data / "log")
    redis = broker.Broker(data, environment)
    address_file = data / "run" / "broker.url"
    try:
        if not environment.get("REDIS_URL"):
            redis.start(children)
        if redis.url:
            environment["KPI_BROKER_URL"] = redis.url
            address_file.write_text(redis.url)
        _start_web(children, chosen, environment)
        _wait(children, chosen, environment)
        _start_background(children, chosen, environment)
        _welcome(chosen, data, accounts, started)
        while True:
            children.turn(1.0)
            children.watch()
    except Interrupted:
        say("\nStopping …")
    finally:
        signals.stopping = True
        children.stop()
        redis.close()
        address_file.unlink(missing_ok=True)
    say("Stopped.")


def _environment(data: Path, host: str) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["KPI_DATA_DIR"] = str(data)
    environment["DJANGO_SETTINGS_MODULE"] = "kpi_portal.settings"
    environment["PYTHONUNBUFFERED"] = "1"
    environment["KPI_WORKER_EXPECTED"] = "true"
    environment.pop("KPI_BROKER_URL", None)
    embedded = environment.get("KPI_PROFILE", "embedded") == "embedded"
    if embedded and "ALLOWED_HOSTS" not in environment:
        environment["ALLOWED_HOSTS"] = ",".join(_names(host))
    return environment


def _names(host: str) -> list[str]:
    """The Host headers to answer to: local ones, and those under which `host` can be reached."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in ("0.0.0.0", "::", ""):
        names += [socket.gethostname(), socket.getfqdn(), *_addresses()]
    elif host not in names:
        names.append(f"[{host}]" if ":" in host else host)
    return list(dict.fromkeys(names))


def _addresses() -> list[str]:
    """This machine's own IPv4 addresses, as far as it knows them."""
    found: list[str] = []
    try:
        found += [
            str(entry[4][0])
            for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        ]
    except OSError:
        pass
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # sends nothing; asks for the outgoing address
            found.append(probe.getsockname()[0])
    except OSError:
        pass
    return [address for address in dict.fromkeys(found) if not address.startswith("127.")]


def _prepare(
    chosen: argparse.Namespace, data: Path, environment: dict[str, str], signals: Signals
) -> str:
    """Assets, messages, tables, static files, first people. Gives the accounts to show."""
    seeding = data / "seeding"
    own = (
        not environment.get("DATABASE_URL")
        and environment.get("KPI_PROFILE", "embedded") == "embedded"
    )
    database = data / "portal.sqlite3"
    if own and seeding.exists():
        # A start was interrupted while it filled the database that it had made: begin anew.
        for path in data.glob("portal.sqlite3*"):
            path.unlink()
    fresh = own and not database.exists()
    if fresh and not chosen.no_demo:
        seeding.write_text("")
    elif fresh:
        seeding.unlink(missing_ok=True)
    found = _manage(["prepare"], environment, signals)
    if seeding.exists():
        say("Making the demo company (once; about a minute) …")
        _manage(["seed_demo"], environment, signals)
        seeding.unlink()
    elif found.get("accounts") == 0:
        _first_admin(environment, signals)
    for name in ("demo-accounts.txt", "first-admin.txt"):
        if (data / name).exists():
            return name
    return ""


def _first_admin(environment: dict[str, str], signals: Signals) -> None:
    """Asks on a terminal; else the command makes up a password and writes it down."""
    if not sys.stdin.isatty():
        _manage(["first_admin"], environment, signals)
        return
    say("The portal has no accounts yet. The first one is an administrator's.")
    done = subprocess.run([PYTHON, ROOT / "manage.py", "first_admin", "--ask"], env=environment)
    if done.returncode:
        stop("Without an administrator nobody could sign in.")


def _manage(words: list[str], environment: dict[str, str], signals: Signals) -> dict[str, Any]:
    """Runs a management command. Its lines are shown; a last line of JSON is its answer."""
    answer: dict[str, Any] = {}
    errors: list[str] = []
    with subprocess.Popen(
        [PYTHON, ROOT / "manage.py", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        signals.helper = process
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("{"):
                    answer = _json(line) or answer
                    errors.append(line)
                else:
                    errors.append(line)
                    if not line.startswith((" ", "Traceback")) and not _is_trace(errors):
                        say("  " + line.rstrip().removeprefix("CommandError: "))
            code = process.wait()
        finally:
            if process.poll() is None:
                process.wait(timeout=30)
            signals.helper = None
    if code == 2 and len(errors) >= 1 and not any("Traceback" in line for line in errors):
        stop(f"The portal cannot start (manage.py {words[0]}); the reason stands above.")
    if code:
        stop(f"manage.py {words[0]} failed:\n{tail(errors, 25)}", 1)
    return answer


def _is_trace(lines: list[str]) -> bool:
    return any("Traceback" in line for line in lines)


def _json(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "level" not in found else None


def _start_web(
    children: Children, chosen: argparse.Namespace, environment: dict[str, str]
) -> None:
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    children.start(
        "web",
        [str(PYTHON), "-m", "gunicorn", "--chdir", str(ROOT), "--config",
         "python:kpi_portal.gunicorn", "--bind", f"{host}:{chosen.port}",
         "--workers", str(WORKERS), "--threads", str(THREADS), "kpi_portal.wsgi:application"],
        environment,
    )  # fmt: skip


def _start_background(
    children: Children, chosen: argparse.Namespace, environment: dict[str, str]
) -> None:
    celery = [str(PYTHON), "-m", "celery", "--app", "kpi_portal", "--workdir", str(ROOT)]
    children.start(
        "worker",
        [*celery, "worker", "--concurrency", str(CONCURRENCY), "--without-gossip",
         "--without-mingle", "--hostname", f"portal-{chosen.port}@%h"],
        environment,
    )  # fmt: skip
    children.start("beat", [*celery, "beat", "--pidfile", ""], environment)


def _wait(children: Children, chosen: argparse.Namespace, environment: dict[str, str]) -> None:
    """Until the first page can be served."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(chosen.host, chosen.host)
    name = (
        environment.get("ALLOWED_HOSTS", host).split(",")[0].lstrip(".").replace("*", "localhost")
    )
    end = time.monotonic() + 90
    while time.monotonic() < end:
        children.turn(0.1)
        children.watch()
        try:
            connection = http.client.HTTPConnection(host, chosen.port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": name})
            status = connection.getresponse().status
            connection.close()
        except (OSError, http.client.HTTPException):
            continue
        if status == 200:
            return
        raise Stop(f"The portal answers with {status} to /healthz as {name}: see log/web.log.", 1)
    raise Stop("The portal did not answer within 90 s: see log/web.log.", 1)


def _welcome(chosen: argparse.Namespace, data: Path, accounts: str, started: float) -> None:
    hosts = [chosen.host]
    if chosen.host in ("0.0.0.0", "::", ""):
        hosts = ["127.0.0.1", *_addresses()]
    say(f"\nKPI Portal runs after {time.monotonic() - started:.0f} s.\n")
    for host in hosts:
        say(f"  http://{f'[{host}]' if ':' in host else host}:{chosen.port}/")
    if accounts:
        say(f"\n  Accounts (also in {data / accounts}):")
        lines = (data / accounts).read_text().splitlines()
        for line in lines[:SHOWN_ACCOUNTS]:
            say(f"    {line}")
        if len(lines) > SHOWN_ACCOUNTS:
            say(f"    … and {len(lines) - SHOWN_ACCOUNTS} more in that file")
    say(f"\n  Logs: {data / 'log'}\n  Ctrl-C stops.\n")
