"""Addresses of the indicator library: /indicators/frt_mean/."""

from django.urls import path

from appraisal.indicators import views

urlpatterns = [
    path("", views.indicator_list, name="indicators"),
    path("new/", views.indicator_new, name="indicator_new"),
    path("check/", views.indicator_check, name="indicator_check"),
    path("<slug:code>/", views.indicator, name="indicator"),
    path("<slug:code>/edit/", views.indicator_edit, name="indicator_edit"),
]
