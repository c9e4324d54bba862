"""What views share: pages and their fragments, the person, where to go next."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from kpi_portal.people.models import User


def person(request: HttpRequest) -> "User":
    """The account behind a request; for views that are `@login_required`."""
    return cast("User", request.user)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; a boosted link or a history restore wants the page."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Boosted") != "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or only its partial `fragment` where htmx asks for a part.

    Both come from the same view, template and context. With a fragment, messages waiting for
    the reader travel along in `HX-Trigger` and appear as toasts. A form with errors is answered
    with status 422.
    """
    part = fragment is not None and wants_fragment(request)
    name = f"{template}#{fragment}" if part else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    if part:
        _add_toasts(request, response)
    return response


def _add_toasts(request: HttpRequest, response: HttpResponse) -> None:
    toasts = [
        {"level": message.level_tag, "text": str(message.message)}
        for message in messages.get_messages(request)
    ]
    if toasts:
        response.headers["HX-Trigger"] = json.dumps({"portal:toasts": toasts})


def go_to(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Sends the reader to a URL name, address or object after a POST (303).

    htmx follows with a whole new page rather than swapping it into the old one.
    """
    url = resolve_url(to, *args, **kwargs)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in the form's or query's `next` if it lies in this portal, else `default`."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return url
    return resolve_url(default)
