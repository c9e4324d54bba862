"""Words of the appraisal for templates: categories, states of scheme versions, weights."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appraisal.models import SchemeVersion
from appraisal.schemes import words

register = template.Library()

LEVELS = {"draft": "", "submitted": "running", "rejected": "problem", "active": "good"}


@register.filter
def category_label(category: str) -> str:
    """A category's name in the reader's language."""
    return words.category_label(category)


@register.filter
def band_label(bands: object, key: str) -> str:
    """The name of the band of that key."""
    return words.band_names(bands).get(key, key)


@register.simple_tag
def version_state(version: SchemeVersion, today: date) -> str:
    """The state in words, with what the calendar adds: in force, coming, ended."""
    if version.state == SchemeVersion.State.ACTIVE and version.effective_from:
        if version.effective_from > today:
            return _("in force from %(day)s") % {"day": version.effective_from.isoformat()}
        if version.effective_to is not None and version.effective_to <= today:
            return pgettext("scheme", "retired")
        return pgettext("scheme", "in force")
    return str(version.get_state_display())


@register.simple_tag
def version_level(version: SchemeVersion, today: date) -> str:
    """The level of its chip."""
    if version.state == SchemeVersion.State.ACTIVE and not version.is_in_force(today):
        return "running" if (version.effective_from or today) > today else ""
    return LEVELS.get(version.state, "")


@register.filter
def weight(value: Decimal | None) -> str:
    """`18.18 %` with two decimals; a dash for none."""
    return "—" if value is None else f"{value:.2f} %"
