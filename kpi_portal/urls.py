"""Every address of the portal. Each app names its own; here stands where they begin."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from kpi_portal.core import health
from kpi_portal.people import admin_site

handler400 = "kpi_portal.core.errors_pages.bad_request"
handler403 = "kpi_portal.core.errors_pages.forbidden"
handler404 = "kpi_portal.core.errors_pages.not_found"
handler429 = "kpi_portal.core.errors_pages.too_many"
handler500 = "kpi_portal.core.errors_pages.server_error"

APPS = [
    ("", "kpi_portal.home.urls"),
    ("people/", "kpi_portal.people.urls"),
    ("audit/", "kpi_portal.audit.urls"),
    ("jobs/", "kpi_portal.jobs.urls"),
    ("", "tickets.urls"),
    ("surveys/", "surveys.urls"),
    ("", "appraisal.urls"),
    ("appeals/", "appeals.urls"),
    ("api/v1/", "kpi_portal.api"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("kpi_portal.people.sign_in_urls")),
    path(settings.ADMIN_PATH, admin_site.site.urls),
    *(path(prefix, include(module)) for prefix, module in APPS),
]
