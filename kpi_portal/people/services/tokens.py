"""API tokens: made by their owner, shown once, stored hashed."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import ApiToken, User
from kpi_portal.people.permissions import can_create_token
from kpi_portal.people.services import changes

LONGEST = timedelta(days=366)


@transaction.atomic
def create_token(
    user: User, *, scope: str, label: str, valid_for: timedelta = LONGEST
) -> tuple[ApiToken, str]:
    """A token of `user` and its text, which nobody can read again.

    Raises NotAllowed for a scope that is not the user's, and Invalid for a label that is taken.
    """
    if not can_create_token(user, scope):
        raise NotAllowed(_("Only administrators may create tokens that import."))
    if ApiToken.objects.filter(user=user, label=label).exists():
        taken = _("You have a token of this name already.")
        raise changes.Invalid(taken, fields={"label": taken})
    token, text = ApiToken.objects.create(
        user=user, expiry=min(valid_for, LONGEST), scope=scope, label=label
    )
    record(
        "token.created",
        _name(token),
        actor=user,
        after={"scope": scope, "label": label},
    )
    return token, text


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, reason: str = "") -> None:
    """The token stops working at once."""
    record(
        "token.revoked",
        _name(token),
        actor=by,
        before={"scope": token.scope, "label": token.label, "owner": token.user_id},
        reason=reason,
    )
    token.delete()


def _name(token: ApiToken) -> tuple[str, str]:
    """The trail names a token by its first characters, never by its digest."""
    return "people.apitoken", token.token_key
