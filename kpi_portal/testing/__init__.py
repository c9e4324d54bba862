"""The pytest plug-in of the project: databases, the cast, Redis, a worker, a browser.

Loaded by pytest.ini (`-p kpi_portal.testing`). Options: `--database sqlite|postgresql`, `--long`.
With KPI_TEST_STRICT=1 a skipped test fails, unless it is marked `real_exports`.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from kpi_portal.testing import cast, guards, postgres

pytest_plugins = [
    "kpi_portal.testing.services",
    "kpi_portal.testing.browser",
]

ROOT = Path(__file__).resolve().parents[2]
OWN_VARIABLES = ("KPI_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "AUDIT_KEY")
KEPT_VARIABLES = ("KPI_TEST_", "KPI_SAMPLE_DIR")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("portal")
    group.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default=os.environ.get("KPI_TEST_DATABASE", "sqlite"),
        help="the database of this run",
    )
    group.addoption("--long", action="store_true", help="also the tests marked long")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Sets the environment before pytest-django reads the settings."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _set_environment(early_config.known_args_namespace.database)
    _adapt_settings()
    return (yield)


def _set_environment(database: str) -> None:
    for name in list(os.environ):
        if name.startswith(OWN_VARIABLES) and not name.startswith(KEPT_VARIABLES):
            del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="kpi-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["KPI_DATA_DIR"] = str(folder)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop
    if (ROOT / "var" / "vendor").is_dir():
        (folder / "vendor").symlink_to(ROOT / "var" / "vendor")
    if database == "postgresql":
        os.environ["DATABASE_URL"] = postgres.url()


def _adapt_settings() -> None:
    """What differs from production under test; everything else is the same settings module."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpi_portal.settings")
    from django.conf import settings

    from kpi_portal.core import messages

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    # Tests that count files must not see those of the process beside them.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    settings.MEDIA_ROOT = settings.DATA_DIR / f"files{worker}"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    config: dict[str, Any] = settings.DATABASES["default"]
    if config["ENGINE"].endswith("sqlite3"):
        config["TEST"] = {"NAME": str(settings.DATA_DIR / "test.sqlite3")}
        options = config["OPTIONS"]
        options["init_command"] = options["init_command"].replace(
            "synchronous=FULL", "synchronous=OFF"
        )
    else:
        config["TEST"] = {"NAME": f"test_kpi_{os.getpid()}"}
        config["CONN_MAX_AGE"] = 0
    messages.compile_all([Path(path) for path in settings.LOCALE_PATHS])


def pytest_configure(config: pytest.Config) -> None:
    # The same examples each time; the long run looks for new ones.
    hypothesis.settings.register_profile(
        "short", max_examples=100, deadline=None, derandomize=True, print_blob=True
    )
    hypothesis.settings.register_profile("long", max_examples=1000, deadline=None)
    hypothesis.settings.load_profile("long" if config.option.long else "short")
    guards.lift_around_flush()
    # Registered last: its `admin_user` takes the place of pytest-django's.
    config.pluginmanager.register(cast, "kpi_portal.testing.cast")


def pytest_report_header(config: pytest.Config) -> str:
    return f"portal: {config.option.database}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what belongs to the other database or to the long run.

    What touches no database runs beside SQLite only: a second time would show nothing new.
    """
    on_postgres = config.option.database == "postgresql"
    unwanted = {"embedded" if on_postgres else "postgres"}
    if not config.option.long:
        unwanted.add("long")
    left_out = [
        item
        for item in items
        if any(item.get_closest_marker(name) for name in unwanted)
        or (on_postgres and not _touches_a_database(item))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _touches_a_database(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(name) for name in ("django_db", "postgres", "redis")):
        return True
    fixtures = set(getattr(item, "fixturenames", ()))
    return not fixtures.isdisjoint({"db", "transactional_db", "live_server"})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    strict = os.environ.get("KPI_TEST_STRICT") == "1"
    excused = hasattr(report, "wasxfail") or item.get_closest_marker("real_exports") is not None
    if strict and report.skipped and not excused:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {reason}"
    return report


@pytest.fixture
def sample_dir() -> Path:
    """The folder of the sample exports (KPI_SAMPLE_DIR, default ../shared/data)."""
    folder = Path(os.environ.get("KPI_SAMPLE_DIR") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"skipped, because the sample exports are not at {folder}")
    return folder
