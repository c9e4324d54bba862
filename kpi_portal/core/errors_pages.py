"""The portal's own error pages. They need no database, no session and no context processor."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kpi_portal.core.errors import DomainError
from kpi_portal.core.logs import current_request_id


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment; a boosted link or a history restore gets a page."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Boosted") != "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def _answer(
    request: HttpRequest, status: int, code: str, title: str, message: str, page: str = "page"
) -> HttpResponse:
    if _is_api(request):
        body = {"code": code, "message": message or title, "fields": {}}
        return JsonResponse(body, status=status)
    context = {
        "status": status,
        "code": code,
        "title": title,
        "message": message,
        "request_id": current_request_id(),
        "language": get_language() or "zh-hans",
    }
    template = "errors/fragment.html" if _is_htmx(request) else f"errors/{page}.html"
    response = HttpResponse(render_to_string(template, context), status=status)
    response.headers["Vary"] = "HX-Request"
    return response


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page (or htmx fragment) of a DomainError, with its status."""
    title = _("This is not possible right now")
    if error.status == 403:
        title = _("You may not do this")
    elif error.status == 409:
        title = _("Something has changed in the meantime")
    return _answer(request, error.status, error.code, title, str(error.message), "domain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 where the request was too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return too_large(request)
    return _answer(
        request, 400, "bad_request", _("The request could not be understood"),
        _("Go back, load the page again and repeat the step."),
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        request, 403, "not_allowed", _("You may not do this"),
        _("Your roles do not include this. Ask HR if you think they should."),
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token does not match (often: signed in again in another tab)."""
    return _answer(
        request, 403, "csrf", _("This form has expired"),
        _("Go back, load the page again and send the form once more. Nothing was saved."),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        request, 404, "not_found", _("This page does not exist"),
        _("It may have been moved, or it is not visible to you."),
    )  # fmt: skip


def too_large(request: HttpRequest) -> HttpResponse:
    return _answer(
        request, 413, "too_large", _("The upload is too large"),
        _("Choose a smaller file, or split it in two."),
    )  # fmt: skip


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = _answer(
        request, 429, "too_many", _("Too many attempts"), _("Wait a minute, then try again.")
    )
    response.headers["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database could not be reached."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _answer(
        request, 500, "error", _("Something went wrong"),
        _("It was recorded. If it happens again, give this number to your administrator."),
    )  # fmt: skip


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _answer(
        request, 503, "unavailable", _("The portal is busy"),
        _("Try again in a moment. Nothing that was confirmed is lost."),
    )  # fmt: skip
    response.headers["Retry-After"] = "30"
    return response
