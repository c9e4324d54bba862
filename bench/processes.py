"""A database of its own and a process of its own for what is measured."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.size import Size

ROOT = Path(__file__).resolve().parents[1]


def in_own_process(module: str, vendor: str, size: Size) -> dict[str, dict[str, float]]:
    """What `python -m module SIZE` prints as JSON; nothing where the database is not to be had."""
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as folder:
        environment = {**os.environ, "KPI_DATA_DIR": folder, "KPI_PROFILE": "embedded"}
        environment |= {
            "KPI_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "kpi_portal.settings",
        }
        environment.pop("DATABASE_URL", None)
        if vendor == "postgresql":
            address = _postgresql(module)
            if address is None:
                return {}
            environment["DATABASE_URL"] = address
        done = subprocess.run(
            [sys.executable, "-m", module, json.dumps(asdict(size))],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        found: dict[str, dict[str, float]] = json.loads(done.stdout)
        return found


def _postgresql(module: str) -> str | None:
    from kpi_portal.testing import postgres

    try:
        return postgres.url()
    except postgres.Unavailable as reason:
        print(f"{module} on postgresql skipped: {reason}", flush=True)
        return None
