"""The parameters that metrics take, and the errors of those who ask wrongly."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from appraisal.metrics.base import Param
from kpi_portal.core.errors import DomainError

WHOLE = re.compile(r"[0-9]{1,9}")
CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")
WEIGHT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")
POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")


class BadMetric(DomainError):
    """A metric, parameter or value that does not exist."""

    code = "bad_metric"


def whole(name: str, low: int, high: int) -> Callable[[str], str]:
    """Reads whole numbers of `[low, high]`."""

    def read(text: str) -> str:
        if not WHOLE.fullmatch(text) or not low <= int(text) <= high:
            raise BadMetric(
                _("%(name)s=%(value)s: write a whole number from %(low)s to %(high)s.")
                % {"name": name, "value": text, "low": low, "high": high}
            )
        return str(int(text))

    return read


def points(name: str) -> Callable[[str], str]:
    """Reads points of 100, at most two decimals."""

    def read(text: str) -> str:
        if not POINTS.fullmatch(text) or Decimal(text) > 100:
            raise BadMetric(
                _("%(name)s=%(value)s: write a number from 0 to 100 with at most two decimals.")
                % {"name": name, "value": text}
            )
        return f"{Decimal(text).normalize():f}"

    return read


def one_of(name: str, choices: Mapping[str, Any]) -> Callable[[str], str]:
    """Reads one of a few words."""

    def read(text: str) -> str:
        if text not in choices:
            raise BadMetric(
                _("%(name)s=%(value)s: choose one of %(choices)s.")
                % {"name": name, "value": text, "choices": ", ".join(choices)}
            )
        return text

    return read


def code_of(name: str) -> Callable[[str], str]:
    """Reads the code of an item: letters, digits, `_` and `-`."""

    def read(text: str) -> str:
        if not CODE.fullmatch(text):
            raise BadMetric(
                _("%(name)s=%(value)s: write a code of letters, digits, _ and -.")
                % {"name": name, "value": text}
            )
        return text

    return read


def dimensions(text: str) -> str:
    """Reads dimensions and their weights: `attitude:40,efficiency:30`, or names alone, alike."""
    weights: dict[str, Decimal] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, mark, weight = (each.strip() for each in part.partition(":"))
        if not name or name in weights or (mark and not WEIGHT.fullmatch(weight)):
            raise BadMetric(
                _("dimension=%(value)s: write names, or name:weight, joined by commas.")
                % {"value": text}
            )
        weights[name] = Decimal(weight) if mark else Decimal(1)
    if not sum(weights.values()):
        raise BadMetric(_("dimension=%(value)s: no dimension has a weight.") % {"value": text})
    alike = len(set(weights.values())) == 1
    return ",".join(
        name if alike else f"{name}:{weights[name].normalize():f}" for name in sorted(weights)
    )


def weights_of(text: str) -> dict[str, Decimal]:
    """The weights of dimensions, from their canonical text."""
    parts = (part.partition(":") for part in text.split(","))
    return {name: Decimal(weight or 1) for name, _mark, weight in parts}


CLOCKS = {
    "calendar": pgettext_lazy("clock", "all hours"),
    "working": pgettext_lazy("clock", "service hours"),
}
UNTILS = {
    "resolved": pgettext_lazy("until", "first resolution"),
    "solution": pgettext_lazy("until", "clear solution given"),
    "last": pgettext_lazy("until", "latest resolution"),
}
SECOND = pgettext_lazy("unit", "s")
DAY = pgettext_lazy("unit", "days")

CLOCK = Param(
    name="clock",
    label=gettext_lazy("hours counted"),
    read=one_of("clock", CLOCKS),
    default="calendar",
    choices=CLOCKS,
)
WITHIN = Param(
    name="threshold",
    label=gettext_lazy("target time"),
    read=whole("threshold", 0, 366 * 86_400),
    unit=SECOND,
)
TOP = Param(
    name="threshold",
    label=gettext_lazy("satisfied from"),
    read=points("threshold"),
    default="80",
    unit=pgettext_lazy("unit", "points"),
)
UNTIL = Param(
    name="until",
    label=gettext_lazy("measured until"),
    read=one_of("until", UNTILS),
    default="resolved",
    choices=UNTILS,
)
GRACE = Param(
    name="grace",
    label=gettext_lazy("grace"),
    read=whole("grace", 0, 7 * 86_400),
    default="0",
    unit=SECOND,
)
DIMENSION = Param(
    name="dimension",
    label=gettext_lazy("dimensions and weights"),
    read=dimensions,
    default="attitude,efficiency,expertise,outcome",
)


def window(default: int, label: Any) -> Param:
    """Days that are watched after an instant."""
    return Param(
        name="window", label=label, read=whole("window", 1, 366), default=str(default), unit=DAY
    )


WINDOW = window(30, gettext_lazy("repeat window"))
