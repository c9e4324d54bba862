"""Stored params become a rule, or a list of what is wrong with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import (
    PROBLEM_CODES,
    RULES,
    Direction,
    Linear,
    PerUnit,
    Problem,
    RuleError,
    Tier,
    Tiers,
    parse,
    required_fields,
)

UP: dict[str, Any] = {"direction": "up"}
DOWN: dict[str, Any] = {"direction": "down"}
LINEAR = UP | {"target": "90"}
UNITS = UP | {"reference": "90", "unit": "5", "points": "2"}
AROUND = UP | {"baseline": "100", "tolerance": "20"}
CHANGE = UP | {"target": "10"}


def tiers(*rows: tuple[str, str], otherwise: str = "0", **params: str) -> dict[str, Any]:
    table = [{"bound": bound, "points": points} for bound, points in rows]
    return UP | {"tiers": table, "otherwise": otherwise} | params


@pytest.mark.parametrize(
    ("key", "params", "code", "field"),
    [
        ("nonsense", {}, "unknown_rule", "rule"),
        ("linear", [], "not_an_object", "params"),
        ("linear", LINEAR | {"tagret": "1"}, "unknown_field", "tagret"),
        ("linear", UP, "blank", "target"),
        ("linear", UP | {"target": ""}, "blank", "target"),
        ("linear", UP | {"target": None}, "blank", "target"),
        ("linear", {"target": "90"}, "blank", "direction"),
        ("linear", LINEAR | {"direction": "sideways"}, "bad_choice", "direction"),
        ("linear", LINEAR | {"direction": ["up"]}, "bad_choice", "direction"),
        ("linear", LINEAR | {"target": 90}, "bad_number", "target"),
        ("linear", LINEAR | {"target": 90.5}, "bad_number", "target"),
        ("linear", LINEAR | {"target": True}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "9e1"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "NaN"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "Infinity"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "1_0"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": " 90"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "90\n"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "+90"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "90,5"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "\uff19\uff10"}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "9" * 14}, "bad_number", "target"),
        ("linear", LINEAR | {"target": "9" * 13}, "too_precise", "target"),
        ("linear", LINEAR | {"target": "0.00001"}, "too_precise", "target"),
        ("linear", LINEAR | {"cap": "100.001"}, "too_precise", "cap"),
        ("linear", LINEAR | {"cap": "0.99"}, "too_small", "cap"),
        ("linear", LINEAR | {"cap": "200.01"}, "too_large", "cap"),
        ("linear", UP | {"target": "0"}, "zero_at_required", "zero_at"),
        ("linear", DOWN | {"target": "-1"}, "zero_at_required", "zero_at"),
        ("linear", LINEAR | {"zero_at": "90"}, "zero_at_not_below", "zero_at"),
        ("linear", DOWN | {"target": "90", "zero_at": "90"}, "zero_at_not_above", "zero_at"),
        ("per_unit", UNITS | {"unit": "0"}, "too_small_or_equal", "unit"),
        ("per_unit", UNITS | {"points": "-2"}, "too_small_or_equal", "points"),
        ("per_unit", UNITS | {"reference": "last"}, "bad_choice", "reference"),
        ("per_unit", UNITS | {"reference": "9x"}, "bad_number", "reference"),
        ("per_unit", UNITS | {"basis": "total"}, "bad_choice", "basis"),
        ("per_unit", UNITS | {"steps": "half"}, "bad_choice", "steps"),
        ("per_unit", UNITS | {"earns": "true"}, "not_a_flag", "earns"),
        ("per_unit", UNITS | {"start": "-1"}, "too_small", "start"),
        ("per_unit", UNITS | {"start": "110"}, "start_outside", "start"),
        ("per_unit", UNITS | {"start": "10", "floor": "20"}, "start_outside", "start"),
        ("tiers", UP | {"tiers": "95", "otherwise": "0"}, "not_a_list", "tiers"),
        ("tiers", UP | {"tiers": ["95"], "otherwise": "0"}, "not_an_object", "tiers.0"),
        ("tiers", tiers(), "tiers_empty", "tiers"),
        ("tiers", tiers(("95", "100"), otherwise=""), "blank", "otherwise"),
        ("tiers", tiers(("95", "")), "blank", "tiers.0.points"),
        ("tiers", tiers(("95", "100"), ("x", "1")), "bad_number", "tiers.1.bound"),
        ("tiers", tiers(("95", "100.5")), "too_large", "tiers.0.points"),
        ("tiers", tiers(("95", "100"), ("95", "90")), "tiers_not_falling", "tiers.1.bound"),
        (
            "tiers",
            tiers(("5", "100"), ("4", "90"), direction="down"),
            "tiers_not_rising",
            "tiers.1.bound",
        ),
        ("tiers", tiers(("95", "90"), ("90", "90")), "tiers_not_falling", "tiers.1.points"),
        ("tiers", tiers(("95", "90"), otherwise="90"), "tiers_not_falling", "otherwise"),
        ("threshold", UP | {"target": "1", "otherwise": "101"}, "too_large", "otherwise"),
        ("tolerance", AROUND | {"baseline": "0"}, "too_small_or_equal", "baseline"),
        ("tolerance", AROUND | {"baseline": "team"}, "bad_choice", "baseline"),
        ("tolerance", AROUND | {"tolerance": "100"}, "too_large", "tolerance"),
        ("tolerance", AROUND | {"zero_at": "0.8"}, "zero_at_not_below", "zero_at"),
        ("tolerance", AROUND | DOWN | {"zero_at": "1.2"}, "zero_at_not_above", "zero_at"),
        ("tolerance", AROUND | {"zero_at": "-0.1"}, "too_small", "zero_at"),
        ("change", CHANGE | {"target": "0"}, "too_small_or_equal", "target"),
        ("change", CHANGE | {"base": "100"}, "too_large", "base"),
        ("change", CHANGE | {"against": "quarter"}, "bad_choice", "against"),
    ],
)
def test_bad_params_are_refused_with_code_and_field(
    key: str, params: Any, code: str, field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        parse(key, params)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert code in PROBLEM_CODES
    assert f"{field}: {code}" in str(refused.value)


def test_an_error_names_the_numbers_that_matter() -> None:
    with pytest.raises(RuleError) as refused:
        parse("linear", LINEAR | {"cap": "300"})

    assert refused.value.params == {"value": "300", "high": "200"}


def test_all_that_is_wrong_comes_out_in_one_go() -> None:
    with pytest.raises(RuleError) as refused:
        parse("per_unit", {"reference": "x y", "unit": "-1", "colour": "red"})

    found = [(problem.code, problem.field) for problem in refused.value.problems]
    assert found == [
        ("unknown_field", "colour"),
        ("blank", "direction"),
        ("bad_number", "reference"),
        ("too_small_or_equal", "unit"),
        ("blank", "points"),
    ]


def test_an_unknown_column_in_a_tier_is_refused() -> None:
    row = {"bound": "95", "points": "100", "label": "good"}

    with pytest.raises(RuleError) as refused:
        parse("tiers", UP | {"tiers": [row], "otherwise": "0"})

    assert refused.value.field == "tiers.0.label"


def test_params_become_the_fields_of_a_rule() -> None:
    rule = parse("per_unit", UNITS | {"floor": "10", "earns": False, "cap": None, "target": ""})

    assert rule == PerUnit(
        direction=Direction.UP,
        reference=Decimal(90),
        unit=Decimal(5),
        points_per_unit=Decimal(2),
        floor=Decimal(10),
    )


def test_tiers_become_rows() -> None:
    rule = parse("tiers", tiers(("95", "100"), ("-90.5", "80"), otherwise="60"))

    rows = (Tier(Decimal(95), Decimal(100)), Tier(Decimal("-90.5"), Decimal(80)))
    assert rule == Tiers(direction=Direction.UP, tiers=rows, otherwise=Decimal(60))


def test_a_rule_made_by_hand_is_checked_like_a_parsed_one() -> None:
    with pytest.raises(RuleError) as refused:
        Linear(direction=Direction.UP, target=Decimal("NaN"))

    assert refused.value.code == "bad_number"
    with pytest.raises(RuleError):
        Linear(direction=Direction.UP, target=Decimal(0))


@pytest.mark.parametrize(("key", "rule_type"), RULES.items())
def test_a_rule_stands_under_its_own_key_and_lists_its_fields(key: str, rule_type: Any) -> None:
    stored = {field.stored_as for field in rule_type.FIELDS}

    assert rule_type.key == key
    assert stored == set(rule_type.__dataclass_fields__)
    assert "direction" in required_fields(rule_type)


def test_required_fields_are_those_without_a_default() -> None:
    assert required_fields(PerUnit) == ("direction", "reference", "unit", "points")


def test_only_relative_rules_refuse_a_signed_metric() -> None:
    relative = {key for key, rule_type in RULES.items() if rule_type.is_relative}

    assert relative == {"tolerance", "change"}


def test_a_problem_with_the_wrong_params_is_a_programmers_error() -> None:
    with pytest.raises(ValueError, match="needs"):
        Problem("blank", {"value": "1"}, "target")
