"""What must hold, step by step: `script/lint`, `script/test`, `script/messages`, `bench`."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import packages
from packages import PYTHON, ROOT
from say import say, stop

MODULES = ["kpi_portal", "tickets", "surveys", "appraisal", "appeals", "bench"]

# A production that exists nowhere: `check --deploy` looks at the settings it gets.
PRODUCTION = {
    "KPI_PROFILE": "production",
    "SECRET_KEY": "made-up-" + "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUV",
    "ALLOWED_HOSTS": "kpi.example.com",
    "DATABASE_URL": "postgresql://user:password@127.0.0.1:5432/kpi",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}

COUNTS = re.compile(r"(\d+) (passed|failed|skipped|errors?)\b")


@dataclass
class Tally:
    """What passed, failed and was skipped over all steps and lanes."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    rows: list[str] = field(default_factory=list)

    def step(self, name: str, ok: bool, seconds: float) -> None:
        self.passed += ok
        self.failed += not ok
        self.rows.append(f"{'ok    ' if ok else 'FAILED'}  {name}  ({seconds:.0f} s)")

    def lane(self, name: str, output: str, code: int, seconds: float) -> None:
        counts = dict.fromkeys(("passed", "failed", "skipped"), 0)
        for number, word in COUNTS.findall(_last_line(output)):
            counts["failed" if word.startswith("error") else word] += int(number)
        if code and not counts["failed"]:
            counts["failed"] = 1  # the run itself broke
        self.passed += counts["passed"]
        self.failed += counts["failed"]
        self.skipped += counts["skipped"]
        text = ", ".join(f"{number} {word}" for word, number in counts.items())
        self.rows.append(
            f"{'ok    ' if not code else 'FAILED'}  {name}: {text}  ({seconds:.0f} s)"
        )


def _last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if COUNTS.search(line) and " in " in line]
    return lines[-1] if lines else ""


def lint(words: list[str]) -> int:
    packages.ready(dev=True)
    tally = Tally()
    _lint(tally)
    return _close(tally)


def test(words: list[str]) -> int:
    packages.ready(dev=True)
    unknown = [word for word in words if word != "--long"]
    if unknown:
        stop(f"script/test takes --long only, not {' '.join(unknown)}")
    tally = Tally()
    _lint(tally)
    _step(tally, "translations complete", [PYTHON, ROOT / "script" / "translations.py", "--check"])
    # Icons are part of pages; without a network the pages are tested without them.
    subprocess.run([PYTHON, ROOT / "manage.py", "assets"], cwd=ROOT, stdin=subprocess.DEVNULL)
    lanes(tally, words)
    return _close(tally)


def lanes(tally: Tally, words: list[str]) -> None:
    coverage = ["--cov", "--cov-report="]
    spread = ["-n", "2", "--dist", "loadgroup"]
    _lane(tally, "tests on SQLite", ["-m", "not browser", *spread, *coverage, *words])
    if reason := _no_postgres():
        strict = os.environ.get("KPI_TEST_STRICT") == "1"
        tally.skipped += not strict
        tally.failed += strict
        tally.rows.append(f"{'FAILED' if strict else 'skip  '}  tests on PostgreSQL: {reason}")
    else:
        options = ["-m", "not browser", "--database", "postgresql", *spread]
        _lane(tally, "tests on PostgreSQL", [*options, *words])
    _lane(tally, "tests in the browser", ["-m", "browser", *words])
    done = subprocess.run(
        [PYTHON, "-m", "coverage", "report", "--format=total"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode == 0:
        tally.rows.append(f"        coverage of the run on SQLite: {done.stdout.strip()} %")


def messages(words: list[str]) -> int:
    packages.ready(dev=True)
    return subprocess.run([PYTHON, ROOT / "script" / "translations.py", *words]).returncode


def bench(words: list[str]) -> int:
    packages.ready(dev=True)
    return subprocess.run([PYTHON, "-m", "bench", *words], cwd=ROOT).returncode


def _lint(tally: Tally) -> None:
    """The order of the house rules: cheap first."""
    ruff = ROOT / ".venv" / "bin" / "ruff"
    manage = [PYTHON, ROOT / "manage.py"]
    _step(tally, "ruff check", [ruff, "check", "."])
    _step(tally, "ruff format", [ruff, "format", "--check", "."])
    _step(tally, "import contracts", [ROOT / ".venv" / "bin" / "lint-imports", "--no-cache"])
    _step(tally, "types", [PYTHON, "-m", "mypy"])
    own = _scratch()
    _step(tally, "no missing migration", [*manage, "makemigrations", "--check", "--dry-run"], own)
    deploy = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    _step(tally, "check --deploy", deploy, {**own, **PRODUCTION})


def _scratch() -> dict[str, str]:
    """A data folder of its own, so that a check neither finds nor makes state in var/."""
    folder = ROOT / "var" / "checks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {"KPI_DATA_DIR": str(folder)}


def _step(
    tally: Tally, name: str, command: list[str | Path], extra: dict[str, str] | None = None
) -> None:
    started = time.monotonic()
    kept = {key: value for key, value in os.environ.items() if not _is_setting(key)}
    done = subprocess.run(
        command, cwd=ROOT, env={**kept, **(extra or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    ok = done.returncode == 0
    tally.step(name, ok, time.monotonic() - started)
    say(tally.rows[-1])
    if not ok:
        say("\n".join("    " + line for line in done.stdout.splitlines()[-60:]))


def _is_setting(name: str) -> bool:
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "AUDIT_KEY", "EMAIL_URL")
    return name in names or (
        name.startswith("KPI_") and not name.startswith(("KPI_TEST_", "KPI_SAMPLE"))
    )


def _lane(tally: Tally, name: str, words: list[str]) -> None:
    say(f"\n{name} …")
    started = time.monotonic()
    command = [PYTHON, "-m", "pytest", "-q", "-ra", "--durations=8", "--durations-min=2", *words]
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append(line)
                sys.stdout.write(line)
                sys.stdout.flush()
        except KeyboardInterrupt:
            process.terminate()
            raise
        code = process.wait()
    tally.lane(name, "".join(lines), code, time.monotonic() - started)


def _no_postgres() -> str:
    """Why there is no PostgreSQL for tests; empty when there is one."""
    if os.environ.get("TEST_DATABASE_URL"):
        return ""
    probe = "from kpi_portal.testing import postgres as p; p.binaries(); p._as_user()"
    done = subprocess.run([PYTHON, "-c", probe], cwd=ROOT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1].partition(": ")[2]


def _close(tally: Tally) -> int:
    say("\n" + "\n".join(tally.rows))
    say(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0
