"""API tokens: they act as their user, limited to reading or importing."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework import exceptions

from kpi_portal.people.accounts import may_sign_in
from kpi_portal.people.models import ApiToken, User


class ScopedTokenAuthentication(TokenAuthentication):  # type: ignore[misc]
    """A knox token; `request.auth.scope` says what it may do (core.api.DenyByDefault asks)."""

    def validate_user(self, auth_token: ApiToken) -> tuple[User, ApiToken]:
        """The owner, unless disabled or gone. Raises AuthenticationFailed."""
        user = User.objects.select_related("employee").get(pk=auth_token.user_id)
        if not may_sign_in(user):
            raise exceptions.AuthenticationFailed(_("This account is disabled."))
        return user, auth_token


class ScopedTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description names the token: `Authorization: Token …`."""

    target_class = ScopedTokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization"}
