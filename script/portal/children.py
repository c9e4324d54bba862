"""Child processes: their logs, their restarts, their end. One thread, no child left behind."""

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from say import say, stop, tail

GRACE_SECONDS = 15
QUICK_SECONDS = 30
QUICK_DEATHS = 5
LOG_BYTES = 10_000_000
LOG_FILES = 3
LOUD = ("warning", "error", "critical")
SHOWN_PER_MINUTE = 12

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Runs in the child: the kernel ends it when this program is killed outright."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Log:
    """A log file with a bounded size: NAME.log, NAME.log.1, …"""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self._size = path.stat().st_size

    def write(self, data: bytes) -> None:
        try:
            if self._size > LOG_BYTES:
                self._turn()
            self._file.write(data)
        except OSError:  # a full disk must not stop the portal
            return
        self._size += len(data)

    def _turn(self) -> None:
        self._file.close()
        for number in range(LOG_FILES - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = (
                self.path.with_name(f"{self.path.name}.{number - 1}") if number > 1 else self.path
            )
            if newer.exists():
                newer.replace(older)
        self._file = self.path.open("ab", buffering=0)
        self._size = 0


class Child:
    """One process in a group of its own, its output going to a log."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], log: Log
    ) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.last: deque[str] = deque(maxlen=40)
        self.deaths = 0
        self.again_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self._part = b""

    def start(self) -> None:
        self.started = time.monotonic()
        self.again_at = 0.0
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # safe: this program has one thread
        )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.alive() and self.process:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """Ends whatever is left of the group, with or without its leader."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def take(self, data: bytes) -> list[str]:
        """Writes output to the log; gives the complete lines in it."""
        self.log.write(data)
        *lines, self._part = (self._part + data).split(b"\n")
        if len(self._part) > 65_536:
            self._part = b""
        texts = [line.decode(errors="replace") for line in lines]
        self.last.extend(texts)
        return texts


class Children:
    """All of them. `turn` is the main loop's step."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._all: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._shown: deque[float] = deque()

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> Child:
        child = Child(name, command, environment, Log(self._folder / f"{name}.log"))
        self._all.append(child)
        self._begin(child)
        return child

    def forget(self, child: Child) -> None:
        self._drain(child)
        child.kill_group()
        if child.process:
            child.process.wait()
        self._all.remove(child)

    def turn(self, seconds: float) -> None:
        """Waits up to `seconds` for output and passes it on."""
        for key, _events in self._selector.select(seconds):
            self._read(key.data)

    def watch(self) -> None:
        """Restarts what has died, later each time; gives up when it keeps dying at once."""
        now = time.monotonic()
        for child in self._all:
            if child.alive():
                if child.deaths and now - child.started > QUICK_SECONDS * 2:
                    child.deaths = 0
            elif child.again_at == 0.0:
                self._mourn(child, now)
            elif now >= child.again_at:
                self._begin(child)

    def stop(self) -> None:
        """Ends all, the last started first. A second signal cuts the grace short."""
        for child in reversed(self._all):
            if child.name != "redis":
                child.signal(signal.SIGTERM)
        self._await([child for child in self._all if child.name != "redis"])
        for child in self._all:
            child.signal(signal.SIGTERM)
        self._await(self._all)

    def kill(self) -> None:
        for child in self._all:
            child.kill_group()
            if child.process:
                child.process.wait()

    def _begin(self, child: Child) -> None:
        child.start()
        assert child.process is not None
        assert child.process.stdout is not None
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _mourn(self, child: Child, now: float) -> None:
        self._drain(child)
        child.kill_group()  # workers of a dead leader
        quick = now - child.started < QUICK_SECONDS
        child.deaths = child.deaths + 1 if quick else 1
        code = child.process.returncode if child.process else 0
        how = f"signal {-code}" if code < 0 else f"code {code}"
        if child.deaths >= QUICK_DEATHS:
            stop(
                f"{child.name} ended {child.deaths} times in a row ({how}). Its last lines, from "
                f"{child.log.path}:\n{tail(child.last)}",
                1,
            )
        delay = 2 ** (child.deaths - 1)
        child.again_at = now + delay
        say(f"  {child.name} ended ({how}); starting it again in {delay} s")

    def _await(self, children: list[Child]) -> None:
        end = time.monotonic() + GRACE_SECONDS
        while any(child.alive() for child in children) and time.monotonic() < end:
            self.turn(0.1)
        for child in children:
            if child.alive():
                say(f"  {child.name} does not stop by itself; ending it")
            child.kill_group()
            if child.process:
                child.process.wait()
            self._drain(child)

    def _read(self, child: Child) -> None:
        assert child.process is not None
        assert child.process.stdout is not None
        try:
            data = os.read(child.process.stdout.fileno(), 65_536)
        except BlockingIOError:
            return
        if not data:
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
            child.process.stdout = None
            return
        for line in child.take(data):
            self._show(child.name, line)

    def _drain(self, child: Child) -> None:
        """Reads what is left in the pipe without waiting for processes that hold it open."""
        process = child.process
        if process is None or process.stdout is None:
            return
        stream = process.stdout
        try:
            while data := os.read(stream.fileno(), 65_536):
                child.take(data)
        except BlockingIOError:
            pass
        self._selector.unregister(stream)
        stream.close()
        process.stdout = None

    def _show(self, name: str, line: str) -> None:
        """Warnings and errors go to the terminal in short; the rest only to the log."""
        if not line.startswith("{"):
            return
        try:
            entry = json.loads(line)
        except ValueError:
            return
        if not isinstance(entry, dict) or entry.get("level") not in LOUD:
            return
        now = time.monotonic()
        while self._shown and now - self._shown[0] > 60:
            self._shown.popleft()
        if len(self._shown) < SHOWN_PER_MINUTE:
            self._shown.append(now)
            text = str(entry.get("message", "")).splitlines() or [""]
            say(f"  {name}: {entry['level']}: {text[0][:200]}")
