"""Items and cards for the tests of scoring."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from appraisal.scoring import ItemInput, Rule, parse

LINEAR: dict[str, Any] = {"direction": "up", "target": "100"}


def make_rule(key: str = "linear", **params: Any) -> Rule:
    return parse(key, params or LINEAR)


def make_item(value: str | None = "80", **fields: Any) -> ItemInput:
    """An item whose points are its value, of weight 100, with a large sample."""
    defaults: dict[str, Any] = {
        "key": f"item{fields.get('position', 1)}",
        "position": 1,
        "rule": make_rule(),
        "weight": Decimal("100.00"),
        "sample": 50,
    }
    number = None if value is None else Decimal(value)
    return ItemInput(**(defaults | {"value": number} | fields))


def make_items(*values: str | None, **fields: Any) -> list[ItemInput]:
    """Items of equal weight, one for each value."""
    weight = Decimal("10.00")
    return [
        make_item(value, position=place, **({"weight": weight} | fields))
        for place, value in enumerate(values, start=1)
    ]


def make_complaints_card(csat: str | None = "91.2") -> list[ItemInput]:
    """The card worked out in 3-scoring.md, template `complaints`, weights scaled to 100."""
    rows: list[tuple[str, str | None, str, str, dict[str, Any]]] = [
        ("frt_mean", "72.5", "18.18", "linear", {"direction": "down", "target": "60"}),
        (
            "aht_full",
            "5400",
            "13.64",
            "tolerance",
            {"direction": "down", "baseline": "4300", "tolerance": "20"},
        ),
        (
            "fcr",
            "82.3529",
            "22.73",
            "per_unit",
            {"direction": "up", "reference": "90", "unit": "5", "points": "2", "target": "85"},
        ),
        ("complaint_csat", csat, "18.18", "linear", {"direction": "up", "target": "90"}),
        ("escalation", "6.4", "9.09", "linear", {"direction": "down", "target": "5"}),
        ("complaint_rate", "1.84", "9.09", "change", {"direction": "down", "target": "10"}),
        (
            "repeat_complaint",
            "3.2",
            "9.09",
            "per_unit",
            {
                "direction": "down",
                "reference": "5",
                "unit": "1",
                "points": "1",
                "basis": "weight",
                "start": "60",
                "earns": True,
            },
        ),
    ]
    return [
        make_item(
            value,
            key=key,
            position=position,
            weight=Decimal(weight),
            rule=parse(rule, params),
            previous=Decimal("1.96") if rule == "change" else None,
        )
        for position, (key, value, weight, rule, params) in enumerate(rows, start=1)
    ]
