"""Each rule says in keys and numbers what it is and how a value became its points."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import (
    Context,
    Part,
    parse,
)

D = Decimal
UP: dict[str, Any] = {"direction": "up"}
DOWN: dict[str, Any] = {"direction": "down"}
UNITS = {"reference": "90", "unit": "5", "points": "2"}
EARNS = UP | UNITS | {"start": "60", "earns": True, "steps": "started"}
AROUND = {"baseline": "100", "tolerance": "20"}
STEPS = [{"bound": "5", "points": "100"}, {"bound": "8", "points": "50"}]
TIERS = {"tiers": STEPS, "otherwise": "0"}
CHANGE = {"target": "10"}
NPS = UP | {"target": "0", "zero_at": "-100"}
GIVEN = Context(nominal_weight=D(25), baseline=D(100), previous=D(90))


def words(parts: tuple[Part, ...]) -> list[str]:
    return [each.key for each in parts]


@pytest.mark.parametrize(
    ("key", "params", "value", "expected"),
    [
        ("linear", UP | {"target": "90"}, "45", "rule.linear.up result.linear.up"),
        (
            "linear",
            UP | {"target": "90"},
            "95",
            "rule.linear.up result.linear.up result.at_cap",
        ),
        (
            "linear",
            UP | {"target": "90"},
            "-5",
            "rule.linear.up result.linear.up result.at_floor",
        ),
        ("linear", DOWN | {"target": "90"}, "0", "rule.linear.down result.linear.nothing"),
        ("linear", DOWN | {"target": "9"}, "10", "rule.linear.down result.linear.down"),
        ("linear", NPS, "-10", "rule.linear.zero_at result.linear.zero_at"),
        (
            "per_unit",
            UP | UNITS,
            "88",
            "rule.per_unit.up rule.per_unit.of_weight result.per_unit.worse",
        ),
        (
            "per_unit",
            DOWN | UNITS | {"basis": "hundred"},
            "88",
            "rule.per_unit.down result.per_unit.start",
        ),
        (
            "per_unit",
            EARNS | {"basis": "hundred"},
            "91",
            "rule.per_unit.up rule.per_unit.earns rule.per_unit.started result.per_unit.better",
        ),
        (
            "per_unit",
            UP | UNITS | {"basis": "hundred", "steps": "complete"},
            "88",
            "rule.per_unit.up rule.per_unit.complete result.per_unit.start",
        ),
        (
            "tiers",
            UP | TIERS | {"tiers": STEPS[:1]},
            "5",
            "rule.tiers.up rule.tiers.otherwise result.tiers.up",
        ),
        (
            "tiers",
            DOWN | TIERS,
            "5",
            "rule.tiers.down rule.tiers.down rule.tiers.otherwise result.tiers.down",
        ),
        (
            "tiers",
            DOWN | TIERS,
            "9",
            "rule.tiers.down rule.tiers.down rule.tiers.otherwise result.tiers.otherwise",
        ),
        ("threshold", UP | {"target": "5"}, "5", "rule.threshold.up result.threshold.met"),
        ("threshold", DOWN | {"target": "5"}, "6", "rule.threshold.down result.threshold.missed"),
        (
            "tolerance",
            DOWN | AROUND,
            "110",
            "rule.tolerance.down rule.tolerance.number rule.tolerance.baseline_is"
            " result.tolerance.inside",
        ),
        (
            "tolerance",
            UP | AROUND | {"baseline": "department_mean"},
            "130",
            "rule.tolerance.up rule.tolerance.department_mean rule.tolerance.baseline_is"
            " result.tolerance.better",
        ),
        (
            "tolerance",
            DOWN | AROUND,
            "150",
            "rule.tolerance.down rule.tolerance.number rule.tolerance.baseline_is"
            " result.tolerance.worse",
        ),
        (
            "tolerance",
            DOWN | AROUND,
            "200",
            "rule.tolerance.down rule.tolerance.number rule.tolerance.baseline_is"
            " result.tolerance.zero",
        ),
        (
            "change",
            DOWN | CHANGE,
            "85",
            "rule.change.down rule.change.previous result.change.better",
        ),
        (
            "change",
            UP | CHANGE | {"against": "last_year"},
            "89",
            "rule.change.up rule.change.last_year result.change.worse",
        ),
        ("change", UP | CHANGE, "90", "rule.change.up rule.change.previous result.change.same"),
        (
            "change",
            UP | CHANGE | {"good_enough": "80"},
            "85",
            "rule.change.up rule.change.previous rule.change.good_enough_up"
            " result.change.good_enough",
        ),
    ],
)
def test_a_rule_says_in_words_what_it_did(
    key: str, params: dict[str, Any], value: str, expected: str
) -> None:
    rule = parse(key, params)

    parts = rule.describe(D(value), rule.points(D(value), GIVEN), GIVEN)

    assert words(parts) == expected.split()


def test_a_result_carries_the_numbers_to_check_it_by_hand() -> None:
    rule = parse("per_unit", UP | UNITS)
    value = D("82.3529")
    context = Context(nominal_weight=D("22.73"))

    parts = rule.describe(value, rule.points(value, context), context)

    assert [dict(each.params) for each in parts] == [
        {
            "reference": "90",
            "unit": "5",
            "cost": "8.7989",
            "start": "100",
            "floor": "0",
            "cap": "100",
        },
        {"points": "2", "nominal_weight": "22.73", "cost": "8.7989"},
        {
            "value": "82.3529",
            "reference": "90",
            "units": "1.5294",
            "cost": "8.7989",
            "start": "100",
            "points": "86.54",
        },
    ]


def test_the_edges_of_a_tolerance_are_named() -> None:
    rule = parse("tolerance", DOWN | {"baseline": "4300", "tolerance": "20"})

    parts = rule.describe(D(5400), D("93.02"))

    assert dict(parts[2].params) == {"baseline": "4300", "lower": "3440", "upper": "5160"}
    assert dict(parts[3].params) == {
        "value": "5400",
        "edge": "5160",
        "zero_at": "8600",
        "inside": "100",
        "points": "93.02",
    }


def test_a_change_is_named_in_percent() -> None:
    parts = parse("change", DOWN | CHANGE).describe(
        D("1.84"), D("84.49"), Context(previous=D("1.96"))
    )

    numbers = {"value": "1.84", "previous": "1.96", "percent": "6.1224", "points": "84.49"}
    assert dict(parts[-1].params) == numbers


@pytest.mark.parametrize(("value", "key"), [("89.9", "better"), ("90.1", "worse")])
def test_a_small_change_is_named_by_its_side(value: str, key: str) -> None:
    rule, context = parse("change", DOWN | CHANGE), Context(previous=D(90))

    parts = rule.describe(D(value), rule.points(D(value), context), context)

    assert parts[-1].key == f"result.change.{key}"


def test_a_change_from_nought_has_words_of_its_own() -> None:
    parts = parse("change", DOWN | CHANGE).describe(D(1), D(0), Context(previous=D(0)))

    assert parts[-1] == Part("result.change.from_zero", {"value": "1", "points": "0.00"})


def test_an_item_without_weight_has_words_of_its_own() -> None:
    context = Context(nominal_weight=D(0))

    parts = parse("per_unit", UP | UNITS).describe(D(80), D(0), context)

    assert words(parts)[-1] == "result.per_unit.no_weight"


@pytest.mark.parametrize(
    ("key", "params", "expected"),
    [
        ("linear", UP | {"target": "90"}, "target.at_least"),
        ("linear", DOWN | {"target": "90"}, "target.at_most"),
        ("per_unit", UP | UNITS, "target.at_least"),
        ("per_unit", DOWN | UNITS, "target.at_most"),
        ("per_unit", UP | UNITS | {"reference": "previous"}, "target.previous"),
        ("tiers", DOWN | TIERS, "target.at_most"),
        ("tiers", UP | TIERS | {"tiers": STEPS[:1]}, "target.at_least"),
        ("threshold", UP | {"target": "5"}, "target.at_least"),
        ("threshold", DOWN | {"target": "5"}, "target.at_most"),
        ("tolerance", DOWN | AROUND, "target.around"),
        ("tolerance", DOWN | AROUND | {"baseline": "company_mean"}, "target.around_company_mean"),
        ("change", UP | CHANGE, "target.rise"),
        ("change", DOWN | CHANGE, "target.fall"),
    ],
)
def test_each_rule_prints_its_target(key: str, params: dict[str, Any], expected: str) -> None:
    assert parse(key, params).target_words().key == expected


def test_a_rule_explains_itself_before_anything_is_looked_up() -> None:
    unknown = parse("tolerance", UP | AROUND | {"baseline": "last_year_mean"})
    previous = parse("per_unit", DOWN | UNITS | {"reference": "previous"})

    assert words(unknown.in_words()) == ["rule.tolerance.up", "rule.tolerance.last_year_mean"]
    assert words(previous.describe(None, None))[0] == "rule.per_unit.down_previous"
    assert words(unknown.describe(D(5), D(100)))[-1] == "rule.tolerance.last_year_mean"
