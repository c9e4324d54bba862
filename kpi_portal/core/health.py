"""Whether the process lives (/healthz) and whether the portal can work (/readyz)."""

import shutil
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

log = structlog.get_logger(__name__)

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_SECONDS = 120
LEAST_FREE_DISK = 0.10

Check = Callable[[], str]  # what is wrong; empty when nothing is


def beat() -> None:
    """Says that a worker lives. Called by each worker every 30 s."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=None)


def _database() -> str:
    probe = uuid.uuid4().hex
    try:
        cache.set("readyz", probe, timeout=60)
        return "" if cache.get("readyz") else "the database takes no writes"
    except DatabaseError as error:
        return f"the database cannot be reached ({type(error).__name__})"


def _broker() -> str:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 1}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            return ""
    except Exception as error:  # each transport has errors of its own
        return f"the broker cannot be reached ({type(error).__name__})"


def _disk() -> str:
    usage = shutil.disk_usage(settings.DATA_DIR)
    free = usage.free / usage.total
    return "" if free >= LEAST_FREE_DISK else f"the disk is {1 - free:.0%} full"


def _worker() -> str:
    if not settings.WORKER_EXPECTED:
        return ""
    try:
        last = cache.get(HEARTBEAT_KEY)
    except DatabaseError:
        return "the heartbeat cannot be read"
    if last is None:
        return "no worker has reported yet"
    silent = time.time() - last
    return "" if silent <= HEARTBEAT_SECONDS else f"no worker has reported for {silent:.0f} s"


CHECKS: dict[str, Check] = {
    "database": _database,
    "broker": _broker,
    "disk": _disk,
    "worker": _worker,
}


def findings() -> dict[str, str]:
    """What each check found; an empty sentence means that all is well."""
    return {name: check() for name, check in CHECKS.items()}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when all checks pass, else 503. Details are for administrators and in the log."""
    found = findings()
    wrong = {name: sentence for name, sentence in found.items() if sentence}
    if wrong:
        log.warning("not ready", **wrong)
    body: dict[str, object] = {"status": "unavailable" if wrong else "ready"}
    if "database" not in wrong and _may_see_details(request):
        body["checks"] = {name: sentence or "ok" for name, sentence in found.items()}
    return JsonResponse(body, status=503 if wrong else 200)


def _may_see_details(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and user.has_role("admin", "auditor")
