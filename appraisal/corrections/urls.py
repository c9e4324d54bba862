"""Addresses of corrections: adjustments and exclusions."""

from django.urls import path

from appraisal import addresses
from appraisal.corrections.views import adjustments, exclusions, listing

addresses.register()

urlpatterns = [
    path("", listing.corrections, name="corrections"),
    path("adjust/<period:code>/<number:number>/", adjustments.adjust, name="adjust"),
    path("adjustments/<int:pk>/", adjustments.adjustment, name="adjustment"),
    path(
        "adjustments/<int:pk>/withdraw/",
        adjustments.withdraw_adjustment,
        name="withdraw_adjustment",
    ),
    path("exclude/span/", exclusions.exclude_span, name="exclude_span"),
    path(
        "exclude/tickets/<int:pk>/", exclusions.exclude, {"kind": "ticket"}, name="exclude_ticket"
    ),
    path(
        "exclude/answers/<int:pk>/", exclusions.exclude, {"kind": "answer"}, name="exclude_answer"
    ),
    path("exclusions/<int:pk>/", exclusions.exclusion, name="exclusion"),
    path(
        "exclusions/<int:pk>/withdraw/", exclusions.withdraw_exclusion, name="withdraw_exclusion"
    ),
]
