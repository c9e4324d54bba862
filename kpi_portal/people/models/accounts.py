"""Accounts, roles, API tokens."""

from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


class Role(models.TextChoices):
    """What somebody may do beyond being themselves. A person can have several."""

    AGENT = "agent", _("agent")
    SUPERVISOR = "supervisor", _("supervisor")
    INSPECTOR = "inspector", _("QA inspector")
    HR = "hr", _("HR")
    HR_LEAD = "hr_lead", _("HR lead")
    COMMITTEE = "committee", _("appraisal committee")
    CHAIR = "chair", _("committee chair")
    ADMIN = "admin", _("administrator")
    AUDITOR = "auditor", _("auditor")


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """An account. Rights come from roles and, for supervisors and heads, from assignments."""

    employee = models.OneToOneField(
        "people.Employee", models.PROTECT, null=True, blank=True, related_name="user"
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True
    )
    theme = models.CharField(
        _("theme"),
        max_length=5,
        choices=[
            ("auto", _("like the system")),
            ("light", _("light")),
            ("dark", _("dark")),
        ],
        default="auto",
    )
    # Counting up ends all sessions of the account.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["username"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.display_name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held now; read once per request. HR leads are HR, chairs are committee."""
        held = set(self.role_grants.values_list("role", flat=True)) if self.is_active else set()
        if Role.HR_LEAD in held:
            held.add(Role.HR)
        if Role.CHAIR in held:
            held.add(Role.COMMITTEE)
        return frozenset(held)

    def has_role(self, *roles: str) -> bool:
        """Whether one of `roles` is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def display_name(self) -> str:
        """The employee's name, else the account's full name, else the user name."""
        if self.employee_id and self.employee:
            return self.employee.name
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session is good for one password and one epoch."""
        return salted_hmac(
            "kpi_portal.people.models.accounts.User.get_session_auth_hash",
            f"{self.session_epoch}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class RoleGrant(models.Model):
    """A role that an account holds, and since when."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    granted_at = models.DateTimeField(_("granted at"))

    class Meta:
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="people_rolegrant_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class ApiToken(AbstractAuthToken):  # type: ignore[misc]
    """A hashed API token that acts as its user, limited to reading or importing."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        IMPORT = "import", _("import")

    scope = models.CharField(_("scope"), max_length=6, choices=Scope, default=Scope.READ)
    label = models.CharField(_("label"), max_length=100, blank=True)
