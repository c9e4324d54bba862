"""The environment in .venv: made when missing, brought to the locks when they have changed."""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from say import say, stop, tail

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"main": ROOT / "requirements.txt", "dev": ROOT / "script" / "requirements-dev.txt"}

OFFLINE = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "Connection refused",
    "No matching distribution found",
    "Could not find a version",
    "Read timed out",
)


def ready(*, dev: bool = False) -> None:
    """Makes .venv hold exactly the locked packages. Safe to run again, and twice at once."""
    if _current(dev=dev):
        return
    VENV.mkdir(exist_ok=True)
    with _locked(VENV / ".lock"):
        if not _works():
            _make()
        for name in ("main", "dev") if dev else ("main",):
            if not _is_installed(name):
                _install(name)


def _current(*, dev: bool) -> bool:
    names = ("main", "dev") if dev else ("main",)
    return PYTHON.exists() and all(_is_installed(name) for name in names)


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _wanted(name: str) -> str:
    return hashlib.sha256(LOCKS[name].read_bytes()).hexdigest()


def _is_installed(name: str) -> bool:
    stamp = _stamp(name)
    return stamp.exists() and stamp.read_text() == _wanted(name)


def _works() -> bool:
    """Whether .venv has a Python that runs here and carries pip (folders get moved)."""
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0


def _make() -> None:
    say("Making the Python environment in .venv …")
    for stamp in VENV.glob(".installed-*"):
        stamp.unlink()
    base = getattr(sys, "_base_executable", sys.executable)
    done = subprocess.run([base, "-m", "venv", VENV], capture_output=True, text=True)
    if done.returncode:
        stop(
            "The Python environment could not be made. On Debian and Ubuntu the package "
            f"python3-venv is needed. {tail((done.stdout + done.stderr).splitlines(), 5)}"
        )


def _install(name: str) -> None:
    extra = " for tests" if name == "dev" else ""
    say(f"Installing the packages{extra} (once; a minute or two) …")
    started = time.monotonic()
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--no-warn-script-location", "-r", LOCKS[name]]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment())
    if done.returncode:
        output = (done.stdout + done.stderr).splitlines()
        if any(sign in line for line in output for sign in OFFLINE):
            stop(
                "The packages could not be fetched: the package index cannot be reached. The "
                "first start needs the network (or a mirror: PIP_INDEX_URL); later ones do not.\n"
                + tail(output, 4)
            )
        stop("The packages could not be installed:\n" + tail(output))
    _stamp(name).write_text(_wanted(name))
    say(f"  done in {time.monotonic() - started:.0f} s")


def _environment() -> dict[str, str]:
    """Ours, without settings that would make pip install elsewhere."""
    unwanted = ("PIP_TARGET", "PIP_USER", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH")
    return {key: value for key, value in os.environ.items() if key not in unwanted}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up in this folder …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
