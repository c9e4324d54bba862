"""Addresses of schemes: /schemes/complaints/v3/ and what can be done there."""

from django.urls import path

from appraisal.schemes.views import beginning, deciding, drafting, reading

VERSION = "<slug:key>/v<int:number>/"

urlpatterns = [
    path("", reading.scheme_list, name="schemes"),
    path("new/", beginning.scheme_new, name="scheme_new"),
    path("import/", beginning.scheme_import, name="scheme_import"),
    path("<slug:key>/", drafting.scheme_newest, name="scheme_newest"),
    path(VERSION, reading.scheme_version, name="scheme_version"),
    path(f"{VERSION}file/", reading.scheme_file, name="scheme_file"),
    path(f"{VERSION}compare/<int:other>/", reading.scheme_compare, name="scheme_compare"),
    path(f"{VERSION}edit/", drafting.scheme_edit, name="scheme_edit"),
    path(f"{VERSION}item/", drafting.scheme_item, name="scheme_item"),
    path(f"{VERSION}draft/", drafting.scheme_draft, name="scheme_draft"),
    path(f"{VERSION}discard/", drafting.scheme_discard, name="scheme_discard"),
    path(f"{VERSION}submit/", deciding.scheme_submit, name="scheme_submit"),
    path(f"{VERSION}withdraw/", deciding.scheme_withdraw, name="scheme_withdraw"),
    path(f"{VERSION}decide/", deciding.scheme_decide, name="scheme_decide"),
    path(f"{VERSION}confirm/", deciding.scheme_confirm, name="scheme_confirm"),
]
