"""What happens around every request: its id and access line, headers, domain errors."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from kpi_portal.core import errors_pages
from kpi_portal.core.errors import DomainError
from kpi_portal.core.logs import request_id

Handler = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("kpi_portal.access")

_GOOD_ID = re.compile(r"[A-Za-z0-9-]{8,36}")
_OF_PAGES = ("GET", "HEAD", "POST", "OPTIONS")
_QUIET = ("healthz", "readyz")

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
        "encrypted-media", "fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone",
        "midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock",
        "sync-xhr", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip


class RequestIdMiddleware:
    """Gives each request an id (X-Request-ID in and out) and writes its one access line.

    The line names the route, never the path: paths can carry names and numbers of people.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        identity = given if _GOOD_ID.fullmatch(given) else str(uuid.uuid4())
        started = time.perf_counter()
        with request_id(identity):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = identity
            match = request.resolver_match
            if not _is_quiet(request, response):
                log.info(
                    "request",
                    method=request.method,
                    route=match.view_name if match else "",
                    status=response.status_code,
                    ms=round((time.perf_counter() - started) * 1000),
                    user=_user_id(request),
                )
        return response


def _is_quiet(request: HttpRequest, response: HttpResponse) -> bool:
    """Health checks and static files that were found are not worth a line."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name in _QUIET
    return request.path.startswith(settings.STATIC_URL) and response.status_code < 400


def _user_id(request: HttpRequest) -> int | None:
    """The account's id if the request has looked it up; asking costs no query."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None


class SecurityHeadersMiddleware:
    """Headers that Django and the CSP middleware do not set."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Authorization" in request.headers or _user_id(request) or _signed_in(request):
            headers["Cache-Control"] = "no-store"
        match = request.resolver_match
        if match is not None and match.view_name == "account_logout" and request.method == "POST":
            headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _signed_in(request: HttpRequest) -> bool:
    """Whether the session holds an account; requests that never opened theirs are not asked."""
    session = getattr(request, "session", None)
    return session is not None and session.accessed and "_auth_user_id" in session


class PageMethodsMiddleware:
    """Pages are read and posted to; every other method belongs to the API."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in _OF_PAGES or request.path.startswith("/api/"):
            return self.get_response(request)
        return HttpResponseNotAllowed(_OF_PAGES)


class DomainErrorMiddleware:
    """A DomainError raised while a page is made becomes an answer with its status."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        log.info("refused", code=error.code, status=error.status)
        return errors_pages.domain_error(request, error)
