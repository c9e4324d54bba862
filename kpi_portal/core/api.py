"""What all API views share: deny by default, pages, errors as code, message and fields."""

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from kpi_portal.core.errors import DomainError

if TYPE_CHECKING:
    from kpi_portal.people.models import User

SAFE = ("GET", "HEAD", "OPTIONS")


class DenyByDefault(BasePermission):
    """Nobody, unless the view says `may(user)`; a token only within its scope.

    A `read` token may read, an `import` token only what the view marks `import_scope = True`.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        scope = getattr(request.auth, "scope", None)
        imports = getattr(view, "import_scope", False)
        if scope is not None and (scope == "import") != imports:
            return False
        if scope == "read" and request.method not in SAFE:
            return False
        may = getattr(view, "may", None)
        return may is not None and bool(may(request.user))


def api_user(request: Request) -> "User":
    """The account behind a request that DenyByDefault has let through."""
    return cast("User", request.user)


class Pages(PageNumberPagination):
    """`?page=` and `?page_size=` up to 100."""

    page_size_query_param = "page_size"
    max_page_size = 100


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Domain errors as {"code", "message", "fields"} with their status; the rest as DRF does."""
    if isinstance(error, DomainError):
        body = {
            "code": error.code,
            "message": str(error.message),
            "fields": {field: str(text) for field, text in error.fields.items()},
        }
        return Response(body, status=error.status)
    # Imported here: the module loads the settings, which name this one.
    from rest_framework.views import exception_handler as drf_exception_handler

    response = drf_exception_handler(error, context)
    if response is not None:
        found = response.data if isinstance(response.data, dict) else {"": response.data}
        detail = found.pop("detail", "")
        response.data = {
            "code": getattr(detail, "code", "invalid"),
            "message": str(detail or _("Please correct the following")),
            "fields": {field: _sentence(texts) for field, texts in found.items()},
        }
    return response


def _sentence(texts: Any) -> Any:
    """The sentences on one field as one, as in domain errors; nested fields stay nested."""
    return " ".join(map(str, texts)) if isinstance(texts, list) else texts
