"""Fields of a scoring rule: which there are, how they are stored, where a problem belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.schemes.forms.rows import Row, text
from appraisal.schemes.words import CHOICES, field_label
from appraisal.scoring import RULES, Field, Kind, required_fields
from appraisal.scoring.arithmetic import plain

NUMBER = "number"
TIER_ROWS = 8


Named = Mapping[str, Sequence[tuple[str, str]]]
"""Fields whose values are parts of the scheme itself, with what there is to choose."""


def rule_form_fields(rule: str, row: Row, named: Named) -> dict[str, forms.Field]:
    """The form fields of a rule, by name; the direction belongs to the metric and is no field.

    `named` offers the scheme's items and bands where a rule names one.
    """
    found: dict[str, forms.Field] = {}
    for field in RULES[rule].FIELDS:
        if field.name == "direction":
            continue
        label = field_label(rule, field.name)
        if field.name in named and rule == "veto":
            found[f"rule-{field.name}"] = _one_of(label, named[field.name], row, field.name)
            continue
        match field.kind:
            case Kind.CHOICE:
                found[f"rule-{field.name}"] = _choice(field, label, rule)
            case Kind.NUMBER_OR_CHOICE:
                found[f"from-{field.name}"] = _source(field, label)
                found[f"rule-{field.name}"] = _number(_("fixed value"), rule, field)
            case Kind.FLAG:
                found[f"rule-{field.name}"] = forms.BooleanField(label=label, required=False)
            case Kind.TIERS:
                found |= _tiers(row)
            case _:
                found[f"rule-{field.name}"] = _number(label, rule, field)
    return found


def rule_row(rule: str, params: Mapping[str, Any]) -> Row:
    """Stored params as the texts of those fields."""
    row: Row = {}
    for field in RULES[rule].FIELDS if rule in RULES else ():
        raw = params.get(field.name)
        match field.kind:
            case Kind.FLAG:
                row[f"rule-{field.name}"] = ["on"] if raw else []
            case Kind.TIERS:
                for place, tier in enumerate(raw or ()):
                    row[f"tier-{place}-bound"] = [str(tier.get("bound") or "")]
                    row[f"tier-{place}-points"] = [str(tier.get("points") or "")]
            case Kind.NUMBER_OR_CHOICE:
                chosen = isinstance(raw, str) and raw.isidentifier()
                row[f"from-{field.name}"] = [str(raw) if chosen else NUMBER]
                row[f"rule-{field.name}"] = ["" if chosen or raw is None else str(raw)]
            case _:
                row[f"rule-{field.name}"] = ["" if raw is None else str(raw)]
    return row


def rule_params(rule: str, row: Row, direction: str) -> dict[str, Any]:
    """What the texts of a row store: optional blanks are left out, needed ones stay ""."""
    params: dict[str, Any] = {"direction": direction}
    for field in RULES[rule].FIELDS if rule in RULES else ():
        if field.name == "direction":
            continue
        match field.kind:
            case Kind.FLAG:
                if row.get(f"rule-{field.name}"):
                    params[field.name] = True
            case Kind.TIERS:
                params[field.name] = _tier_params(row)
            case Kind.NUMBER_OR_CHOICE:
                source = text(row, f"from-{field.name}", NUMBER)
                number = text(row, f"rule-{field.name}")
                params[field.name] = number if source == NUMBER else source
            case _:
                params[field.name] = text(row, f"rule-{field.name}")
    needed = _needed(rule)
    return {name: value for name, value in params.items() if value != "" or name in needed}


def problem_field(rule: str, where: str, row: Row) -> str:
    """The form field that a problem of the rule engine is about; "rule" if none is."""
    parts = where.split(".")
    if parts[0] == "tiers" and len(parts) == 3:
        return f"tier-{_filled_tiers(row)[int(parts[1])]}-{parts[2]}"
    if parts[0] == "tiers":
        return "tier-0-bound"
    names = {field.name for field in RULES[rule].FIELDS} if rule in RULES else set()
    return f"rule-{parts[0]}" if parts[0] in names - {"direction"} else "rule"


def _needed(rule: str) -> frozenset[str]:
    return frozenset(required_fields(RULES[rule])) if rule in RULES else frozenset()


def _number(label: Any, rule: str, field: Field) -> forms.CharField:
    default = _default(rule, field)
    attrs = {"inputmode": "decimal", "autocomplete": "off", "size": "8"}
    if default:
        attrs["placeholder"] = default
    return forms.CharField(
        label=label, required=False, max_length=30, widget=forms.TextInput(attrs)
    )


def _choice(field: Field, label: Any, rule: str) -> forms.ChoiceField:
    choices = [(each.value, CHOICES[each.value]) for each in field.choices or ()]
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _one_of(
    label: Any, choices: Sequence[tuple[str, str]], row: Row, name: str
) -> forms.ChoiceField:
    """A choice among parts of the scheme; what is chosen and gone stays to be seen."""
    chosen = text(row, f"rule-{name}")
    listed = [("", "—"), *choices]
    if chosen and chosen not in dict(listed):
        listed.append((chosen, chosen))
    return forms.ChoiceField(label=label, choices=listed, required=False)


def _source(field: Field, label: Any) -> forms.ChoiceField:
    choices = [(NUMBER, _("a fixed value"))]
    choices += [(each.value, CHOICES[each.value]) for each in field.choices or ()]
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _tiers(row: Row) -> dict[str, forms.Field]:
    """A pair of fields for each filled tier and one more, at least three."""
    filled = [
        int(name.split("-")[1]) for name in row if name.startswith("tier-") and text(row, name)
    ]
    count = min(max([2, *(place + 1 for place in filled)]) + 1, TIER_ROWS)
    found: dict[str, forms.Field] = {}
    for place in range(count):
        attrs = {"inputmode": "decimal", "autocomplete": "off", "size": "8"}
        for name, label in (("bound", _("bound")), ("points", _("points"))):
            found[f"tier-{place}-{name}"] = forms.CharField(
                label=label, required=False, max_length=30, widget=forms.TextInput(dict(attrs))
            )
    return found


def _filled_tiers(row: Row) -> list[int]:
    return [
        place
        for place in range(TIER_ROWS)
        if text(row, f"tier-{place}-bound") or text(row, f"tier-{place}-points")
    ]


def _tier_params(row: Row) -> list[dict[str, str]]:
    return [
        {"bound": text(row, f"tier-{place}-bound"), "points": text(row, f"tier-{place}-points")}
        for place in _filled_tiers(row)
    ]


def _default(rule: str, field: Field) -> str:
    """What counts where the field is left blank, as a hint; "" where nothing is meant."""
    default = RULES[rule].__dataclass_fields__[field.stored_as].default  # type: ignore[attr-defined]
    return plain(default) if isinstance(default, Decimal) else ""
