"""P1, P2: all indicators of a month and of a year, against SQL written by hand."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.size import Size

ROOT = Path(__file__).resolve().parents[1]
GOALS = {"postgresql": 1.5, "sqlite": 2.0}
STRETCH = 1.2


def measure(size: Size) -> int:
    """Prints a line per goal; gives how many were missed."""
    missed = 0
    for vendor in size.databases:
        goal = GOALS[vendor]
        results = _in_own_process(vendor, size)
        for name, result in results.items():
            ok = result["ratio"] <= goal
            missed += not ok
            print(_line(name, vendor, goal, result, ok), flush=True)
    return missed


def _line(name: str, vendor: str, goal: float, result: dict[str, float], ok: bool) -> str:
    ratio = result["ratio"]
    verdict = "MISSED" if not ok else "ok, stretch" if ratio <= STRETCH else "ok"
    judged = "processor, for the machine is noisy" if result["noisy"] else "wall"
    return (
        f"compute {name} {vendor} {ratio:.2f} (goal {goal}) {verdict} "
        f"[judged by {judged}; wall {result['wall_ratio']:.2f}, processor "
        f"{result['cpu_ratio']:.2f}; product {result['product_ms']:.0f} ms, by hand "
        f"{result['limit_ms']:.0f} ms; {result['statements']} statements; "
        f"{result['measurements']} figures equal]"
    )


def _in_own_process(vendor: str, size: Size) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as folder:
        environment = {**os.environ, "KPI_DATA_DIR": folder, "KPI_PROFILE": "embedded"}
        environment |= {
            "KPI_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "kpi_portal.settings",
        }
        environment.pop("DATABASE_URL", None)
        if vendor == "postgresql":
            address = _postgresql()
            if address is None:
                return {}
            environment["DATABASE_URL"] = address
        done = subprocess.run(
            [sys.executable, "-m", "bench.rounds", json.dumps(asdict(size))],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        found: dict[str, dict[str, float]] = json.loads(done.stdout)
        return found


def _postgresql() -> str | None:
    from kpi_portal.testing import postgres

    try:
        return postgres.url()
    except postgres.Unavailable as reason:
        print(f"compute postgresql skipped: {reason}", flush=True)
        return None
