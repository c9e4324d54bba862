"""Signs out who has left: after so many minutes without an act, half of it for roles with power.

Questions that a page asks by itself (polling fragments) are no act. Source: 9-promises.md,
section 6, session life.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kpi_portal.people.models import Role, User

SEEN = "seen"
NOTED_EVERY_S = 60
HALF_TIME = (Role.HR, Role.ADMIN)

Handler = Callable[[HttpRequest], HttpResponse]


def limit_s(user: object) -> int:
    """Seconds without an act after which `user` is signed out; 0: never."""
    if not isinstance(user, User) or not settings.IDLE_MINUTES:
        return 0
    seconds = int(settings.IDLE_MINUTES) * 60
    return seconds // 2 if user.has_role(*HALF_TIME) else seconds


class IdleMiddleware:
    """After the session, the account and the messages are known."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = limit_s(request.user) if settings.IDLE_MINUTES else 0
        if limit:
            self._look(request, limit, int(time.time()))
        return self.get_response(request)

    def _look(self, request: HttpRequest, limit: int, now: int) -> None:
        seen = request.session.get(SEEN)
        if seen is not None and now - seen > limit:
            logout(request)
            messages.info(
                request,
                _("You were signed out because nothing was done for %(minutes)s minutes.")
                % {"minutes": limit // 60},
            )
        elif not _asks_by_itself(request) and (seen is None or now - seen >= NOTED_EVERY_S):
            request.session[SEEN] = now


def _asks_by_itself(request: HttpRequest) -> bool:
    """A fragment that htmx fetches without a link or form having been used."""
    is_fragment = request.headers.get("HX-Request") == "true"
    return is_fragment and request.method == "GET" and "HX-Boosted" not in request.headers
