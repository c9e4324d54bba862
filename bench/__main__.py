"""`script/bench [--database sqlite|postgresql] [NAME …]`: runs benchmarks that print ratios.

A benchmark is a module of this folder with `run()`. It finds an empty, migrated database of its
own, fills it, measures, and prints what it found; it judges nothing.
"""

import argparse
import importlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES) or "none yet")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(NAMES))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    folder = Path(tempfile.mkdtemp(prefix="kpi-bench-"))
    try:
        _prepare(chosen.database, folder)
        for name in chosen.names or NAMES:
            started = time.monotonic()
            print(f"\n{name} on {chosen.database}", flush=True)
            importlib.import_module(f"bench.{name}").run()
            print(f"  ({time.monotonic() - started:.0f} s in all)", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _prepare(database: str, folder: Path) -> None:
    """Settings and tables; durable writes as in production."""
    os.environ["KPI_DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kpi_portal.settings"
    os.environ["KPI_LOG_LEVEL"] = "WARNING"
    os.environ.pop("DATABASE_URL", None)
    if database == "postgresql":
        from kpi_portal.testing import postgres

        os.environ["DATABASE_URL"] = postgres.url()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
