"""Accounts: who may sign in, with which roles. Rights are read on every request."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import Employee, Role, RoleGrant, User
from kpi_portal.people.services import changes
from kpi_portal.people.services.notices import notify

FIELDS = frozenset({"username", "first_name", "last_name", "email", "employee", "language"})


class LastAdministrator(Conflict):
    code = "last_administrator"


@transaction.atomic
def add_account(
    *, username: str, password: str | None, by: User | None, at: datetime, reason: str = "",
    roles: tuple[str, ...] = (), **fields: Any,
) -> User:  # fmt: skip
    """A new account with `roles`; without a password nobody can sign in yet. Raises Invalid."""
    user = User(username=username, **{key: fields[key] for key in fields if key in FIELDS})
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    _check_user_name(user)
    changes.checked(user)
    user.save(force_insert=True)
    record(
        "account.added",
        user,
        actor=by,
        after={"username": username, "employee": fields.get("employee")},
        reason=reason,
    )
    for role in roles:
        grant_role(user, role, by=by, at=at, reason=reason)
    return user


def _check_user_name(user: User) -> None:
    """People sign in with their user name or employee number: these never collide."""
    named = Employee.objects.filter(number__iexact=user.username)
    if any(employee.pk != user.employee_id for employee in named):
        taken = _("This is somebody else's employee number. Choose another user name.")
        raise changes.Invalid(taken, fields={"username": taken})


@transaction.atomic
def change_account(user: User, *, by: User | None, reason: str = "", **fields: Any) -> User:
    """Change names, mail address, language or whose account it is. Raises Invalid."""
    changes.apply(user, "account.changed", fields, allowed=FIELDS, by=by, reason=reason)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, by: User | None) -> None:
    """Give an account a new password; it is signed out everywhere. Raises Invalid."""
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record("account.password_set", user, actor=by)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise changes.Invalid(sentence, fields={"password": sentence}) from error


@transaction.atomic
def end_sessions(user: User, *, by: User | None, reason: str = "") -> None:
    """Sign the account out everywhere with its next request."""
    _invalidate(user)
    record("account.sessions_ended", user, actor=by, reason=reason)


@transaction.atomic
def remove_second_factor(user: User, *, by: User | None, reason: str = "") -> None:
    """For somebody who lost the telephone: the password alone opens the account again."""
    if Authenticator.objects.filter(user=user).delete()[0]:
        record("account.second_factor_removed", user, actor=by, reason=reason)


def _invalidate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


@transaction.atomic
def disable_account(user: User, *, by: User | None, reason: str = "") -> User:
    """Nobody signs in with it any more; open sessions and tokens end with the next request.

    Safe to run again. Raises NotAllowed for one's own account, LastAdministrator.
    """
    if by is not None and by.pk == user.pk:
        raise NotAllowed(_("You cannot disable your own account."))
    _check_not_last_admin(user)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return user
    user.is_active = False
    _invalidate(user)
    _forget_roles(user)
    record("account.disabled", user, actor=by, reason=reason)
    return user


@transaction.atomic
def enable_account(user: User, *, by: User | None, reason: str = "") -> User:
    """The account works again, with the roles that it had. Safe to run again."""
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        _forget_roles(user)
        record("account.enabled", user, actor=by, reason=reason)
    return user


@transaction.atomic
def grant_role(
    user: User, role: str, *, by: User | None, at: datetime, reason: str = ""
) -> RoleGrant:
    """Give a role. Safe to run again. Raises NotAllowed for one's own account."""
    _check_not_own(user, by)
    grant, made = RoleGrant.objects.get_or_create(
        user=user, role=Role(role).value, defaults={"granted_at": at}
    )
    if made:
        _forget_roles(user)
        record("account.role_granted", user, actor=by, after={"role": role}, reason=reason)
        if by is not None:
            notify(
                [user], "people.role_granted", f"role:{grant.pk}", params={"role": role},
                url="", at=at,
            )  # fmt: skip
    return grant


@transaction.atomic
def revoke_role(user: User, role: str, *, by: User | None, at: datetime, reason: str = "") -> bool:
    """Take a role; the account is signed out with its next request. False if it had none.

    Raises NotAllowed for one's own account, LastAdministrator.
    """
    _check_not_own(user, by)
    if role == Role.ADMIN:
        _check_not_last_admin(user)
    grant = RoleGrant.objects.filter(user=user, role=role).first()
    if grant is None:
        return False
    key = f"role:{grant.pk}:revoked"
    grant.delete()
    _invalidate(user)
    _forget_roles(user)
    record("account.role_revoked", user, actor=by, before={"role": role}, reason=reason)
    notify([user], "people.role_revoked", key, params={"role": role}, url="", at=at)
    return True


def _check_not_own(user: User, by: User | None) -> None:
    if by is not None and by.pk == user.pk:
        raise NotAllowed(_("You cannot change your own roles. Ask another administrator."))


def _check_not_last_admin(user: User) -> None:
    """Somebody must be left who can give roles. The row locks make two such acts queue."""
    grants = RoleGrant.objects.select_for_update().filter(role=Role.ADMIN, user__is_active=True)
    holders = set(grants.values_list("user_id", flat=True))
    if holders == {user.pk}:
        raise LastAdministrator(_("This is the last administrator. Make somebody else one first."))


def _forget_roles(user: User) -> None:
    """`roles` is read once per object."""
    user.__dict__.pop("roles", None)
