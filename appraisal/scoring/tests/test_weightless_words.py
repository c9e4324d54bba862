"""What vetoes, extra points and deductions say of themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import (
    ItemInput,
    Part,
    appraise,
    explain_line,
    parse,
)
from appraisal.scoring.tests.factories import make_item

D = Decimal
UP: dict[str, Any] = {"direction": "up"}
DOWN: dict[str, Any] = {"direction": "down"}
VETO = DOWN | {"limit": "3", "consequence": "cap_total", "cap": "60"}
EXTRA = UP | {"per": "2", "cap": "5", "from": "10"}
TAKEN = DOWN | {"per": "2", "cap": "5"}


def light(value: str | None, key: str, params: dict[str, Any], **fields: Any) -> ItemInput:
    defaults: dict[str, Any] = {"position": 2, "weight": D(0)}
    return make_item(value, rule=parse(key, params), **(defaults | fields))


@pytest.mark.parametrize(
    ("key", "params", "expected"),
    [
        (
            "veto",
            VETO,
            [
                Part("rule.veto.above", {"limit": "3"}),
                Part("rule.veto.cap_total", {"cap": "60"}),
                Part("result.veto.holds", {"value": "11.5"}),
            ],
        ),
        (
            "veto",
            UP | {"limit": "3", "at_limit": True, "consequence": "zero_item", "item": "4"},
            [
                Part("rule.veto.at_most", {"limit": "3"}),
                Part("rule.veto.zero_item", {"item": "4"}),
                Part("result.veto.not", {"value": "11.5"}),
            ],
        ),
        (
            "veto",
            UP | {"limit": "3", "consequence": "cap_band", "band": "meets"},
            [
                Part("rule.veto.below", {"limit": "3"}),
                Part("rule.veto.cap_band", {"band": "meets"}),
                Part("result.veto.not", {"value": "11.5"}),
            ],
        ),
        (
            "veto",
            VETO | {"at_limit": True},
            [
                Part("rule.veto.at_least", {"limit": "3"}),
                Part("rule.veto.cap_total", {"cap": "60"}),
                Part("result.veto.holds", {"value": "11.5"}),
            ],
        ),
        (
            "extra",
            EXTRA,
            [
                Part("rule.extra.up", {"unit": "1", "reference": "10", "points": "2", "cap": "5"}),
                Part(
                    "result.extra",
                    {
                        "value": "11.5",
                        "reference": "10",
                        "units": "1.5",
                        "per": "2",
                        "points": "3.00",
                    },
                ),
            ],
        ),
        (
            "deduction",
            TAKEN | {"steps": "started"},
            [
                Part(
                    "rule.deduction.down",
                    {"unit": "1", "reference": "0", "points": "2", "cap": "5"},
                ),
                Part("rule.per_unit.started", {}),
                Part(
                    "result.deduction",
                    {
                        "value": "11.5",
                        "reference": "0",
                        "units": "12",
                        "per": "2",
                        "points": "5.00",
                    },
                ),
                Part("result.deduction.at_cap", {"cap": "5"}),
            ],
        ),
        (
            "extra",
            EXTRA | DOWN | {"steps": "complete"},
            [
                Part(
                    "rule.extra.down",
                    {"unit": "1", "reference": "10", "points": "2", "cap": "5"},
                ),
                Part("rule.per_unit.complete", {}),
                Part("result.extra.nothing", {"value": "11.5", "reference": "10"}),
            ],
        ),
    ],
)
def test_each_says_what_it_did(key: str, params: dict[str, Any], expected: list[Part]) -> None:
    item = light("11.5", key, params)

    card = appraise([make_item("80", position=4), item])

    assert list(explain_line(item, card.lines[0])) == expected


@pytest.mark.parametrize(
    ("key", "params", "expected"),
    [
        ("veto", VETO, Part("target.at_most", {"target": "3"})),
        ("veto", VETO | UP, Part("target.at_least", {"target": "3"})),
        ("veto", VETO | {"at_limit": True}, Part("target.below", {"target": "3"})),
        ("veto", VETO | UP | {"at_limit": True}, Part("target.above", {"target": "3"})),
        ("extra", EXTRA, Part("target.above", {"target": "10"})),
        ("extra", EXTRA | DOWN, Part("target.below", {"target": "10"})),
        ("deduction", TAKEN, Part("target.at_most", {"target": "0"})),
        ("deduction", TAKEN | UP, Part("target.at_least", {"target": "0"})),
    ],
)
def test_each_prints_what_is_asked_for(key: str, params: dict[str, Any], expected: Part) -> None:
    rule = parse(key, params)

    assert rule.target_words() == expected
    assert f"{rule.target_line():.0f}" == expected.params["target"]
