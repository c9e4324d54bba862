"""Addresses of surveys: /surveys/."""

from django.urls import path

from surveys import views

app_name = "surveys"

urlpatterns = [
    path("", views.index, name="index"),
    path("tickets/<int:ticket_id>/", views.of_ticket, name="of-ticket"),
]
