"""API tokens: they act as their user, limited to reading or importing."""

from knox.auth import TokenAuthentication


class ScopedTokenAuthentication(TokenAuthentication):  # type: ignore[misc]
    """A knox token; `request.auth.scope` says what it may do (core.api.DenyByDefault asks)."""
