"""What the frame around every page needs; looked up only when the page asks for it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from kpi_portal.home import navigation
from kpi_portal.home.help import topic_at
from kpi_portal.people import queries as people
from kpi_portal.people.idle import limit_s

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


class Frame:
    """Navigation, notices, language and theme of the reader of one page."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        user = getattr(request, "user", None)
        self._user = user if user is not None and user.is_authenticated else None

    @cached_property
    def theme(self) -> str:
        """`auto`, `light` or `dark`: the account's, else the cookie's."""
        chosen = self._user.theme if self._user else self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "auto"

    @cached_property
    def navigation(self) -> list[tuple[Any, list[navigation.Place]]]:
        return navigation.places(self._user, self._request.path) if self._user else []

    @cached_property
    def unread(self) -> int:
        """How many notices wait to be read."""
        return people.unread_count(self._user) if self._user else 0

    @cached_property
    def company(self) -> str:
        """The company's name in the reader's language."""
        return people.company().label

    @cached_property
    def idle_seconds(self) -> int:
        """How long nothing may be done before signing out; 0: for ever."""
        return limit_s(self._user)

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Code and own name of each language."""
        return OWN_NAMES

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def help_url(self) -> str:
        """The help of this page's area, else the list of topics."""
        topic = topic_at(self._request.path)
        return reverse("home:help_topic", args=[topic.key]) if topic else reverse("home:help")

    @property
    def path(self) -> str:
        """This page with its query, to come back to."""
        return self._request.get_full_path()


OWN_NAMES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame` in every template."""
    return {"frame": Frame(request)}
