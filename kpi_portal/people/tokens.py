"""API tokens: they act as their user, limited to reading or importing."""

from django.utils.translation import gettext as _
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
