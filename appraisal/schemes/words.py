"""Names of what schemes are made of: categories, rules, fields, choices, consequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kpi_portal.core.names import localized

CATEGORIES: Mapping[str, Any] = {
    "timeliness": pgettext_lazy("category", "Timeliness"),
    "quality": pgettext_lazy("category", "Quality"),
    "satisfaction": pgettext_lazy("category", "Satisfaction"),
    "business": pgettext_lazy("category", "Business impact"),
    "attitude": pgettext_lazy("category", "Attitude"),
    "workload": pgettext_lazy("category", "Workload"),
    "efficiency": pgettext_lazy("category", "Efficiency"),
    "expertise": pgettext_lazy("category", "Expertise"),
    "problem_solving": pgettext_lazy("category", "Problem solving"),
    "effect": pgettext_lazy("category", "Effect"),
    "loyalty": pgettext_lazy("category", "Satisfaction and loyalty"),
    "customer": pgettext_lazy("category", "Customer"),
    "appraisal": pgettext_lazy("category", "Overall appraisal"),
}

RULE_NAMES: Mapping[str, Any] = {
    "linear": _("Proportional to the target"),
    "per_unit": _("Points per unit"),
    "tiers": _("Tiers"),
    "threshold": _("Met or not"),
    "tolerance": _("Range around a baseline"),
    "change": _("Change on an earlier period"),
    "rank": _("Rank among colleagues"),
    "veto": _("Veto"),
    "extra": _("Extra points"),
    "deduction": _("Deduction"),
}

RULE_FIELDS: Mapping[str, Any] = {
    "direction": _("better is"),
    "target": _("target"),
    "zero_at": _("0 points at"),
    "cap": _("most points"),
    "reference": _("reference value"),
    "unit": _("each"),
    "points": _("points for each"),
    "basis": _("these points are"),
    "steps": _("parts of a unit"),
    "earns": _("better values earn points, too"),
    "start": _("points at the reference"),
    "floor": _("fewest points"),
    "tiers": _("tiers"),
    "otherwise": _("otherwise"),
    "baseline": _("baseline"),
    "tolerance": _("tolerance, ± %"),
    "inside": _("points inside"),
    "better": _("points on the better side"),
    "base": _("points without change"),
    "against": _("compared with"),
    "good_enough": _("full marks from, whatever the change"),
    "limit": _("limit"),
    "at_limit": _("holds at the limit, too"),
    "consequence": _("consequence"),
    "item": _("no. of the item that scores 0"),
    "band": _("best band then possible"),
    "per": _("points of the total for each"),
    "from": _("counts from"),
}
SPECIAL_FIELDS: Mapping[tuple[str, str], Any] = {
    ("change", "target"): _("improvement for 100 points, %"),
    ("per_unit", "target"): _("target line (only printed)"),
    ("tolerance", "zero_at"): _("0 points at this multiple of the baseline"),
    ("veto", "cap"): _("most points of the total"),
    ("extra", "cap"): _("most points of the total"),
    ("deduction", "cap"): _("most points of the total"),
}

CHOICES: Mapping[str, Any] = {
    "up": _("higher"),
    "down": _("lower"),
    "weight": _("points of this item's weight"),
    "hundred": _("points of 100"),
    "linear": _("in proportion"),
    "complete": _("do not count"),
    "started": _("count as a whole"),
    "previous": _("the person's previous period"),
    "last_year": _("the same period last year"),
    "department_mean": _("department's mean"),
    "company_mean": _("company's mean"),
    "last_year_mean": _("department's mean of last year"),
    "zero_item": _("another item scores 0"),
    "cap_total": _("the total is limited"),
    "cap_band": _("the band is limited"),
}

CONSEQUENCES: Mapping[str, Any] = {
    "": pgettext_lazy("consequence", "none"),
    "promotion_priority": _("first in line for promotion"),
    "improvement_plan": _("improvement plan and training"),
}

SETTINGS: Mapping[str, Any] = {
    "maximum": _("Maximum of the total"),
    "coefficient_mode": _("Department coefficient"),
    "coefficient_table": _("Coefficient table"),
    "rollup": _("Quarter and year"),
    "blend_share": _("Share of the recomputed result, %"),
    "parts": _("Parts"),
    "newcomer_months": _("Only for newcomers of at most so many months"),
    "missing_limit": _("Limit of missing weight, %"),
    "min_days": _("Fewest working days"),
    "note": _("Note"),
}


def category_label(category: str) -> str:
    """A category's name; a company's own words stay as they are."""
    return str(CATEGORIES.get(category, category))


def field_label(rule: str, name: str) -> Any:
    """The name of a field of a rule."""
    return SPECIAL_FIELDS.get((rule, name), RULE_FIELDS[name])


def named(names: Mapping[str, str] | str, fallback: str = "") -> str:
    """One of `{language: name}` for the reader; a plain text stands for all languages."""
    if isinstance(names, str):
        return names or fallback
    found = localized(names.get("zh-hans", ""), names.get("zh-hant", ""), names.get("en", ""))
    return found or fallback


def band_names(bands: Any) -> dict[str, str]:
    """The name of each band in the reader's language, by key."""
    return {band["key"]: named(band.get("name") or {}, band["key"]) for band in bands}
