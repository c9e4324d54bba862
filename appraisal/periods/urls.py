"""Addresses of the period console."""

from django.urls import path

from appraisal import addresses
from appraisal.periods.views import acts, coefficients, console

addresses.register()

PERIOD = "<period:code>/"

urlpatterns = [
    path("", console.periods, name="periods"),
    path(PERIOD, console.period, name="period"),
    path(f"{PERIOD}run/", acts.run, name="period_run"),
    path(f"{PERIOD}submit/", acts.submit, name="period_submit"),
    path(f"{PERIOD}approve/", acts.approve, name="period_approve"),
    path(f"{PERIOD}send-back/", acts.send_back, name="period_send_back"),
    path(f"{PERIOD}publish/", acts.publish, name="period_publish"),
    path(f"{PERIOD}close/", acts.close, name="period_close"),
    path(f"{PERIOD}coefficients/", coefficients.set_one, name="period_coefficients"),
    path(
        f"{PERIOD}coefficients/<int:pk>/approve/",
        coefficients.approve_one,
        name="period_coefficient_approve",
    ),
]
