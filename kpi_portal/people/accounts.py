"""Signing in: with user name or employee number; nobody signs up; every act is in the trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from kpi_portal.audit.services import record
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date

QUIET_MESSAGES = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Accounts that are enabled and whose employee, if any, still works here.

    Asked on every request, so that who leaves or is disabled is out with the next one.
    """

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, User) and may_sign_in(user)

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("employee").filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None

    def _authenticate_by_username(self, username: str, password: str) -> Any:
        return super()._authenticate_by_username(account_name(username), password)


def may_sign_in(user: User) -> bool:
    """Enabled, and the last day at work is not over."""
    if not user.is_active:
        return False
    employee = user.employee
    if employee is None or employee.left_on is None:
        return True
    return employee.left_on >= local_date(timezone.now())


def account_name(text: str) -> str:
    """The user name that somebody means who types a user name or an employee number."""
    typed = text.strip()
    if User.objects.filter(username__iexact=typed).exists():
        return typed
    owner = User.objects.filter(employee__number__iexact=typed).first()
    return owner.username if owner else typed


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is closed; signing in and out and passwords are recorded."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None,
        *args: Any, **kwargs: Any,
    ) -> None:  # fmt: skip
        """Being signed in is plain to see; it needs no message."""
        if message_template not in QUIET_MESSAGES:
            super().add_message(request, level, message_template, *args, **kwargs)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Stop accounts that may not sign in although the password was right."""
        if not may_sign_in(user):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        with transaction.atomic():
            super().login(request, user)
            record("account.signed_in", user, actor=user)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        with transaction.atomic():
            if isinstance(user, User):
                record("account.signed_out", user, actor=user)
            super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        with transaction.atomic():
            super().set_password(user, password)
            record("account.password_changed", user, actor=user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Recorded for accounts that exist; what was typed is not kept."""
        name = account_name(str(credentials.get("username", "")))
        user = User.objects.filter(username__iexact=name).first()
        if user is not None:
            record("account.sign_in_failed", user, actor=None)
