"""Django's admin for reference data: behind the portal's own sign-in, for administrators."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kpi_portal.people.models import User
from kpi_portal.people.permissions import can_use_admin


class PortalAdminSite(AdminSite):
    """Departments, positions, employees, calendar, company, indicators; nothing that is judged."""

    site_header = _("Reference data")
    site_title = "KPI Portal"
    index_title = _("Reference data")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and can_use_admin(request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The portal's sign-in; who is signed in and may not is told so."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


site = PortalAdminSite(name="admin")
