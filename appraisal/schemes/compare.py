"""Two versions item by item: what was added, removed or changed, for pages and the trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appraisal.models import Indicator, SchemeVersion
from appraisal.schemes.content import Content, ItemContent, Whom
from appraisal.schemes.describe import as_plain, describe, part_name, stored_indicators
from appraisal.schemes.guard import whom_label
from appraisal.schemes.words import SETTINGS, category_label, named
from kpi_portal.people.models import Department, Position

NONE = "—"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, in words. `change` is the signed difference of a weight."""

    label: str
    old: str
    new: str
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """One item of either version. `kind`: same, changed, added, removed."""

    name: str
    kind: str
    old_weight: Decimal | None
    new_weight: Decimal | None
    differences: tuple[Difference, ...]

    @property
    def change(self) -> Decimal:
        """By how much the weight moved, in percentage points."""
        return (self.new_weight or Decimal("0.00")) - (self.old_weight or Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Items in the new order, removed ones last; settings, bands and coverage that differ."""

    items: tuple[ItemDifference, ...]
    settings: tuple[Difference, ...]

    @property
    def is_empty(self) -> bool:
        return not self.settings and all(item.kind == "same" for item in self.items)

    @property
    def changed(self) -> tuple[ItemDifference, ...]:
        return tuple(item for item in self.items if item.kind != "same")


def compare(old: Content, new: Content) -> Comparison:
    """What `new` changes on `old`, in the reader's language. Up to three queries."""
    indicators = stored_indicators([*old.items, *new.items])
    pairs = matched(old.items, new.items)
    items = tuple(_item_difference(one, other, indicators) for one, other in pairs)
    return Comparison(items, (*_settings(old, new), *_bands(old, new), *_coverage(old, new)))


Pair = tuple[ItemContent | None, ItemContent | None]


def matched(old: tuple[ItemContent, ...], new: tuple[ItemContent, ...]) -> list[Pair]:
    """Each item with its counterpart: same indicator and parameters, else same indicator."""
    left = list(old)
    partners: dict[int, ItemContent] = {}
    for alike in (_same_measure, _same_indicator):
        for place, item in enumerate(new):
            if place in partners:
                continue
            partner = next((each for each in left if alike(each, item)), None)
            if partner is not None:
                partners[place] = partner
                left.remove(partner)
    pairs: list[Pair] = [(partners.get(place), item) for place, item in enumerate(new)]
    return pairs + [(item, None) for item in left]


def _same_measure(one: ItemContent, other: ItemContent) -> bool:
    return one.indicator == other.indicator and dict(one.params) == dict(other.params)


def _same_indicator(one: ItemContent, other: ItemContent) -> bool:
    return one.indicator == other.indicator


def _item_difference(
    old: ItemContent | None, new: ItemContent | None, indicators: Mapping[str, Indicator]
) -> ItemDifference:
    either = new or old
    if either is None:
        raise ValueError("neither version has the item")
    indicator = indicators.get(either.indicator)
    name = indicator.label if indicator else either.indicator
    weights = (old.weight if old else None, new.weight if new else None)
    if old is None or new is None or indicator is None:
        kind = "added" if old is None else "removed" if new is None else "changed"
        return ItemDifference(name, kind, *weights, ())
    differences = tuple(_between(old, new, indicator))
    kind = "changed" if differences else "same"
    return ItemDifference(name, kind, *weights, differences)


def _between(old: ItemContent, new: ItemContent, indicator: Indicator) -> list[Difference]:
    found = []
    if old.weight != new.weight:
        found.append(
            Difference(_("Weight"), f"{old.weight} %", f"{new.weight} %", new.weight - old.weight)
        )
    before, after = describe(old, indicator), describe(new, indicator)
    if (old.rule, dict(old.rule_params)) != (new.rule, dict(new.rule_params)):
        one, other = _rule_text(old, before), _rule_text(new, after)
        found.append(Difference(_("Scoring rule"), one, other))
    rows = [
        (_("Category"), category_label(old.category), category_label(new.category)),
        (_("Part"), old.part or NONE, new.part or NONE),
        (_("Parameters"), _pairs(before.params), _pairs(after.params)),
        (_("Without data"), before.missing, after.missing),
        (_("Smallest sample"), str(old.min_sample), str(new.min_sample)),
    ]
    return found + [Difference(*row) for row in rows if row[1] != row[2]]


def _rule_text(item: ItemContent, words: Any) -> str:
    return f"{words.rule_name} · " + " ".join(words.rule or words.blanks)


def _pairs(params: tuple[tuple[str, str], ...]) -> str:
    return " · ".join(f"{label} {value}" for label, value in params) or NONE


def _settings(old: Content, new: Content) -> list[Difference]:
    before, after = settings_words(old), settings_words(new)
    return [
        Difference(str(SETTINGS[key]), before[key], after[key])
        for key in before
        if before[key] != after[key]
    ]


def settings_words(content: Content) -> dict[str, str]:
    """Each setting in words, by its key in SETTINGS, in the order in which people read them."""
    is_table = content.coefficient_mode == SchemeVersion.CoefficientMode.TABLE
    is_blend = content.rollup == SchemeVersion.Rollup.BLEND
    months = content.newcomer_months
    return {
        "maximum": str(content.maximum),
        "coefficient_mode": str(
            SchemeVersion.CoefficientMode(content.coefficient_mode).label,
        ),
        "coefficient_table": coefficient_text(content) if is_table else NONE,
        "rollup": str(SchemeVersion.Rollup(content.rollup).label),
        "blend_share": str(content.blend_share) if is_blend else NONE,
        "parts": parts_text(content),
        "newcomer_months": NONE if months is None else str(months),
        "missing_limit": str(content.missing_limit),
        "min_days": str(content.min_days),
        "note": content.note or NONE,
    }


def coefficient_text(content: Content) -> str:
    """`≥ 95 → 1.10 · …` for comparisons."""
    rows = [
        f"≥ {row['lower']} → {row.get('value')}"
        if row.get("lower")
        else _("otherwise → %(value)s") % {"value": row.get("value")}
        for row in content.coefficient_table
    ]
    return " · ".join(rows) or NONE


def parts_text(content: Content) -> str:
    """`Quantitative 70 % · …`; a blank share as […]."""
    rows = [f"{part_name(part)} {part.get('share') or '[ ]'} %" for part in content.parts]
    return " · ".join(rows) or NONE


def _bands(old: Content, new: Content) -> list[Difference]:
    if list(old.bands) == list(new.bands):
        return []
    return [Difference(_("Bands"), bands_text(old), bands_text(new))]


def bands_text(content: Content) -> str:
    """`Excellent ≥ 90 (× 1.15) · …` for comparisons."""
    parts = []
    for band in content.bands:
        text = named(band.get("name") or {}, band["key"])
        if band.get("lower") not in (None, ""):
            text = f"{text} ≥ {band['lower']}"
        if band.get("bonus_factor") not in (None, ""):
            text = f"{text} (× {band['bonus_factor']})"
        parts.append(text)
    return " · ".join(parts) or NONE


def _coverage(old: Content, new: Content) -> list[Difference]:
    if set(old.coverage) == set(new.coverage):
        return []
    names = _whom_names({*old.coverage, *new.coverage})
    one = " · ".join(names[whom] for whom in old.coverage) or NONE
    other = " · ".join(names[whom] for whom in new.coverage) or NONE
    return [Difference(_("Covers"), one, other)]


def _whom_names(whoms: set[Whom]) -> dict[Whom, str]:
    departments = Department.objects.in_bulk({department for department, _position in whoms})
    positions = Position.objects.in_bulk({pos for _department, pos in whoms if pos is not None})
    return {
        (department, position): whom_label(
            departments[department], positions[position] if position is not None else None
        )
        for department, position in whoms
    }


def audit_form(content: Content) -> dict[str, Any]:
    """The content as plain data for the audit trail's before and after."""
    return {
        "items": [as_plain(item) for item in content.items],
        "weights_total": str(content.total),
        "bands": [dict(band) for band in content.bands],
        "maximum": str(content.maximum),
        "coefficient_mode": content.coefficient_mode,
        "coefficient_table": [dict(row) for row in content.coefficient_table],
        "rollup": content.rollup,
        "blend_share": str(content.blend_share),
        "parts": [dict(part) for part in content.parts],
        "newcomer_months": content.newcomer_months,
        "missing_limit": str(content.missing_limit),
        "min_days": content.min_days,
        "note": content.note,
        "coverage": [list(whom) for whom in content.coverage],
    }
