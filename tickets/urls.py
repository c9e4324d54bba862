"""Addresses of tickets and imports: /tickets/7/, /imports/12/."""

from django.urls import path

from tickets.service_hours import views as hours
from tickets.views import imports, tickets

app_name = "tickets"

urlpatterns = [
    path("tickets/", tickets.index, name="tickets"),
    path("tickets/<int:pk>/", tickets.detail, name="ticket"),
    path("service-hours/", hours.hours, name="hours"),
    path("service-hours/<int:pk>/remove/", hours.remove, name="hours-remove"),
    path("imports/", imports.index, name="imports"),
    path("imports/<int:pk>/", imports.detail, name="import"),
    path("imports/<int:pk>/plan/", imports.plan, name="import-plan"),
    path("imports/<int:pk>/check/", imports.check, name="import-check"),
    path("imports/<int:pk>/start/", imports.start, name="import-start"),
    path("imports/<int:pk>/rejected/", imports.rejected, name="import-rejected"),
]
