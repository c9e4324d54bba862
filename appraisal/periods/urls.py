"""Addresses of the period console."""

from django.urls import path

from appraisal import addresses
from appraisal.periods.views import acts, coefficients, console, reopenings, runs

addresses.register()

PERIOD = "<period:code>/"
REOPENING = f"{PERIOD}reopening/<int:pk>/"

urlpatterns = [
    path("", console.periods, name="periods"),
    path(PERIOD, console.period, name="period"),
    path(f"{PERIOD}run/", acts.run, name="period_run"),
    path(f"{PERIOD}submit/", acts.submit, name="period_submit"),
    path(f"{PERIOD}approve/", acts.approve, name="period_approve"),
    path(f"{PERIOD}send-back/", acts.send_back, name="period_send_back"),
    path(f"{PERIOD}publish/", acts.publish, name="period_publish"),
    path(f"{PERIOD}close/", acts.close, name="period_close"),
    path(f"{PERIOD}runs/", runs.runs, name="period_runs"),
    path(f"{PERIOD}reopening/", reopenings.request_one, name="period_reopen"),
    path(f"{REOPENING}agree/", reopenings.agree, name="period_reopen_agree"),
    path(f"{REOPENING}approve/", reopenings.approve, name="period_reopen_approve"),
    path(f"{REOPENING}refuse/", reopenings.refuse, name="period_reopen_refuse"),
    path(f"{REOPENING}withdraw/", reopenings.withdraw, name="period_reopen_withdraw"),
    path(f"{PERIOD}coefficients/", coefficients.set_one, name="period_coefficients"),
    path(
        f"{PERIOD}coefficients/<int:pk>/approve/",
        coefficients.approve_one,
        name="period_coefficient_approve",
    ),
]
