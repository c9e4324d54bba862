"""Metric values as text in the reader's language: exact digits, with their unit."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appraisal.scoring.arithmetic import plain

MINUTE, HOUR = 60, 3600
UNITS = ("s", "percent", "points", "count")
"""The unit codes of the metrics: seconds, 0 to 100 of a hundred, 0 to 100 points, a number."""


def value_text(value: Decimal | str, unit: str) -> str:
    """`72.5 seconds`, `82.3529 %`, `91.2 points`, `12`: what was stored, nothing rounded.

    From two minutes on, seconds are followed by hours and minutes, so that both the
    arithmetic and the reader are served.
    """
    number = Decimal(value)
    digits = plain(number)
    if unit == "s":
        text = _("%(count)s seconds") % {"count": digits}
        return f"{text}{_long(number)}" if number >= 2 * MINUTE else text
    if unit == "percent":
        return f"{digits} %"
    if unit == "points":
        return _("%(count)s points") % {"count": digits}
    return digits


def step_text(step: Decimal | str, unit: str) -> str:
    """A difference between two values: percentage points rather than percent."""
    if unit == "percent":
        return _("%(count)s percentage points") % {"count": plain(Decimal(step))}
    return value_text(step, unit)


def unit_label(unit: str) -> str:
    """The unit on its own, for the head of a column or the end of a field."""
    labels = {
        "s": pgettext("unit", "seconds"),
        "percent": "%",
        "points": pgettext("unit", "points"),
        "count": pgettext("unit", "items"),
    }
    return labels.get(unit, "")


def _long(seconds: Decimal) -> str:
    """` (1 h 30 min)`; what is less than a second is left to the exact digits."""
    whole = int(seconds)
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = []
    if hours:
        parts.append(_("%(count)s h") % {"count": hours})
    if minutes:
        parts.append(_("%(count)s min") % {"count": minutes})
    if left:
        parts.append(_("%(count)s s") % {"count": left})
    return _(" (%(duration)s)") % {"duration": " ".join(parts)}
