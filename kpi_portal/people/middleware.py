"""The reader's language and the person behind a request."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from kpi_portal.people.models import User
from kpi_portal.people.permissions import needs_mfa

Handler = Callable[[HttpRequest], HttpResponse]

OPEN_WITHOUT_MFA = ("account_", "mfa_", "home:language", "home:theme", "healthz", "readyz")
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
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response


class PersonMiddleware:
    """The account's own language wins over the cookie's; who needs a second factor sets it up."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Nothing else opens before the second factor that the account's roles need."""
        user = request.user
        if not settings.MFA_REQUIRED or not isinstance(user, User) or not needs_mfa(user):
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name.startswith(OPEN_WITHOUT_MFA) or is_mfa_enabled(user):
            return None
        return redirect("mfa_activate_totp")
