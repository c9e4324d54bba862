"""Addresses of surveys: /surveys/."""

from django.urls import path

from surveys import views
from surveys.recorded import views as recorded

app_name = "surveys"

urlpatterns = [
    path("", views.index, name="index"),
    path("tickets/<int:ticket_id>/", views.of_ticket, name="of-ticket"),
    path("recorded/", recorded.index, name="recorded"),
    path("recorded/<int:pk>/", recorded.change, name="recorded-change"),
]
