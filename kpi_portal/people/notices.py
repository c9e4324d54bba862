"""The sentence of each kind of notice. They carry a link and names, never a score.

Placeholders are filled from `Notice.params`. Each app's kinds start with its name.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kpi_portal.people.models import Notice, Role

SENTENCES: dict[str, Any] = {
    "people.role_granted": _("You have been given the role “%(role)s”."),
    "people.role_revoked": _("The role “%(role)s” has been taken from you."),
    "people.second_person_decided": _("Your request to a second person has been decided."),
    "jobs.failed": _("“%(job)s” failed."),
    "appraisal.published": _("Your scorecard %(period)s has been published."),
    "appraisal.revised": _("Your scorecard %(period)s has a new revision."),
    "appraisal.department_published": _(
        "The scorecard of %(department)s for %(period)s has been published."
    ),
    "appraisal.adjustment_decided": _(
        "Your proposal for %(employee)s, %(period)s, has been decided."
    ),
    "appraisal.exclusion_decided": _("The proposal to leave out a record has been decided."),
    "appraisal.scheme_submitted": _(
        "The scheme “%(scheme)s” v%(number)s waits for your decision."
    ),
    "appraisal.scheme_approved": _("The scheme “%(scheme)s” v%(number)s was approved."),
    "appraisal.scheme_rejected": _("The scheme “%(scheme)s” v%(number)s was sent back."),
    "appraisal.scheme_active": _(
        "The scheme “%(scheme)s” v%(number)s applies to you. Please read it."
    ),
}


class _Lenient(dict[str, Any]):
    """Parameters of an old notice may lack what a newer sentence names."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentence(notice: Notice) -> str:
    """The notice in the reader's language; a kind that is gone is named by its key."""
    template = SENTENCES.get(notice.kind)
    if template is None:
        return notice.kind
    return str(template) % _Lenient(_localized(notice.params))


def _localized(params: Mapping[str, Any]) -> dict[str, Any]:
    """Roles are stored by key and shown by name."""
    shown = dict(params)
    if shown.get("role") in Role.values:
        shown["role"] = Role(shown["role"]).label
    return shown
