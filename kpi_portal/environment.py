"""What the environment and the data folder say: profile, folders, keys, addresses of services.

Every variable read here or in `settings` stands in the README; a test compares. A wrong or
missing value stops the start with a sentence that names the variable.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()

PROFILES = ("embedded", "production")


def profile() -> str:
    """`embedded` (default: one machine, no services) or `production`."""
    value = env.str("KPI_PROFILE", "embedded")
    if value not in PROFILES:
        raise ImproperlyConfigured(
            f"KPI_PROFILE is {value!r}. It must be one of: {', '.join(PROFILES)}."
        )
    return value


def data_dir() -> Path:
    """The folder of all state; made with mode 0700 if it is not there."""
    folder = Path(env.str("KPI_DATA_DIR", str(BASE_DIR / "var"))).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"KPI_DATA_DIR is {folder}, which cannot be made: {error.strerror}."
        ) from error
    return folder


def assets_dir() -> Path:
    """Where collected static files and fetched styles lie; the data folder unless an image has
    them built in."""
    return Path(env.str("KPI_ASSETS_DIR", str(data_dir()))).expanduser().resolve()


def required(name: str) -> str:
    """The value of a variable that production cannot do without."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. KPI_PROFILE=production needs it.")
    return value


def host_and_port(name: str) -> tuple[str, int] | None:
    """`host:port` of a service; None if the variable is not set."""
    value = env.str(name, "").strip()
    if not value:
        return None
    host, colon, port = value.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be host:port.")
    return host.strip("[]"), int(port)


def kept_secret(path: Path) -> str:
    """The secret in `path`; generated once, readable by the owner only.

    Two processes that start at once agree: the first to create the file wins.
    """
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)  # all of it or nothing; made with mode 0600
    return path.read_text().strip()


def secret_key(folder: Path, *, production: bool) -> str:
    """Django's SECRET_KEY: from the environment, else (embedded) kept in the data folder."""
    value = required("SECRET_KEY") if production else env.str("SECRET_KEY", "")
    if not value:
        return kept_secret(folder / "secret.key")
    if len(value) < 50:
        raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters.")
    return value


def allowed_hosts(*, production: bool) -> list[str]:
    """The names under which the portal answers; embedded: only this machine's unless set."""
    if production:
        required("ALLOWED_HOSTS")
    return list(env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"]))


def database(folder: Path, *, production: bool) -> dict[str, object]:
    """Django's DATABASES["default"] from DATABASE_URL, else SQLite in the data folder.

    SQLite runs in WAL mode with immediate transactions (a deferred one fails with "database is
    locked" when two writers meet) and synchronous FULL (the last commit survives a power cut).
    """
    if production:
        required("DATABASE_URL")
    default = f"sqlite:///{folder / 'portal.sqlite3'}"
    try:
        config: dict[str, object] = dict(env.dj_db_url("DATABASE_URL", default))
    except Exception as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Use sqlite:////absolute/path or "
            "postgresql://user:password@host:port/name."
        ) from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        if not Path(str(config["NAME"])).is_absolute():
            raise ImproperlyConfigured(
                "DATABASE_URL names a relative file. Use sqlite:////absolute/path."
            )
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;"
                "PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;PRAGMA cache_size=-64000;"
                "PRAGMA journal_size_limit=67108864;"
            ),
        }
    elif config["ENGINE"] == "django.db.backends.postgresql":
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        # Compiling the wide statements of a run costs more than it saves: measured, a year of
        # all metrics took 2.5 times the processor time. `?options=` in the address says otherwise.
        given = config.get("OPTIONS")
        options = dict(given) if isinstance(given, dict) else {}
        config["OPTIONS"] = {"options": "-c jit=off"} | options
    else:
        raise ImproperlyConfigured(
            f"DATABASE_URL names {config['ENGINE']}. KPI Portal runs on SQLite and PostgreSQL."
        )
    return config


def broker(folder: Path, *, production: bool) -> tuple[str, dict[str, object]]:
    """Celery's broker address and transport options.

    REDIS_URL; without it what the launcher found (KPI_BROKER_URL, set by `script/start` for the
    Redis that it runs itself); else files in the data folder.
    """
    url = required("REDIS_URL") if production else env.str("REDIS_URL", "")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
    url = url or env.str("KPI_BROKER_URL", "")
    if url:
        # kombu names a socket redis+socket://; redis-py says unix://.
        celery_url = url.replace("unix://", "redis+socket://", 1)
        return celery_url, {
            "visibility_timeout": 14400,
            "unacked_restore_interval": 1,
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
        }
    queue = folder / "broker"
    for name in ("queue", "processed", "control"):
        (queue / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    return "filesystem://", {
        "data_folder_in": str(queue / "queue"),
        "data_folder_out": str(queue / "queue"),
        "processed_folder": str(queue / "processed"),
        "control_folder": str(queue / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
