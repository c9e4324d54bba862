"""The reader's language and the person behind a request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]

TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def preferred_language(request: HttpRequest) -> str:
    """The cookie's language, else 繁體 for readers from Taiwan, Hong Kong, Macau, else 简体.

    English is shown by choice only, never because a browser says so.
    """
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    for part in request.headers.get("Accept-Language", "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith(TRADITIONAL):
            return "zh-hant"
        if tag.startswith("zh"):
            return "zh-hans"
    return "zh-hans"


class LanguageMiddleware:
    """Activates the language before anything is said; PersonMiddleware refines it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(preferred_language(request)):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response


class PersonMiddleware:
    """The account's own language wins over the cookie's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        return self.get_response(request)
