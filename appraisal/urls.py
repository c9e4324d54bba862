"""Addresses of the appraisal: schemes, periods, scorecards."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "appraisal"

FEATURES = [
    ("schemes/", "appraisal.schemes.urls"),
    ("indicators/", "appraisal.indicators.urls"),
    ("periods/", "appraisal.periods.urls"),
    ("corrections/", "appraisal.corrections.urls"),
    ("", "appraisal.scorecards.urls"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in FEATURES
]
