"""Every line and card explains itself in keys and numbers, and every key is in use."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import appraisal.scoring
from appraisal.scoring import (
    KEYS,
    PARAMS,
    PROBLEM_CODES,
    CardSettings,
    Context,
    MissingPolicy,
    Part,
    appraise,
    explain_card,
    explain_line,
    parse,
)
from appraisal.scoring.tests.factories import make_complaints_card, make_item, make_rule

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


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "line.weight_kept line.contribution"),
        ({"weight": D(50)}, "line.weight_changed line.contribution"),
        ({"adjustment": D(5)}, "line.adjusted line.weight_kept line.contribution"),
        ({"adjusted_to": D(5)}, "line.adjusted_to line.weight_kept line.contribution"),
        ({"is_zeroed": True}, "line.zeroed line.weight_kept line.contribution"),
        ({"value": None}, "missing.no_value policy.redistribute"),
        ({"sample": 3}, "missing.small_sample policy.redistribute"),
        (
            {"value": None, "missing_policy": MissingPolicy.FULL},
            "missing.no_value policy.full line.weight_kept line.contribution",
        ),
        (
            {"value": None, "missing_policy": MissingPolicy.ZERO, "adjustment": D(5)},
            "missing.no_value policy.zero line.adjusted line.weight_kept line.contribution",
        ),
        (
            {"value": None, "missing_policy": MissingPolicy.DEPARTMENT_MEAN},
            "missing.no_value policy.department_mean_unknown",
        ),
        (
            {"value": None, "missing_policy": MissingPolicy.NOT_SCORED},
            "missing.no_value policy.not_scored",
        ),
        (
            {"value": None, "adjustment": D(5)},
            "missing.no_value policy.redistribute line.adjustment_without_points",
        ),
        (
            {"value": None, "adjusted_to": D(70)},
            "missing.no_value line.adjusted_to_without_data line.weight_kept line.contribution",
        ),
        (
            {"rule": make_rule("change", direction="up", target="10")},
            "rule.change.previous missing.no_previous policy.redistribute",
        ),
        (
            {"rule": make_rule("change", direction="up", target="10"), "previous": D(-1)},
            "rule.change.previous missing.negative_previous policy.redistribute",
        ),
    ],
)
def test_a_line_tells_its_story_to_the_end(fields: dict[str, Any], expected: str) -> None:
    item = make_item(**({"value": "80"} | fields))

    parts = explain_line(item, appraise([item]).lines[0])

    told = [key for key in words(parts) if not key.startswith(("rule.linear", "result."))]
    assert told[-len(expected.split()) :] == expected.split()


def test_the_given_points_are_those_before_an_adjustment() -> None:
    item = make_item(
        None,
        missing_policy=MissingPolicy.DEPARTMENT_MEAN,
        department_mean=D("70.5"),
        adjustment=D(5),
    )

    parts = {each.key: dict(each.params) for each in explain_line(item, appraise([item]).lines[0])}

    assert parts["policy.department_mean"] == {"points": "70.50"}
    adjusted = {"before": "70.50", "amount": "5.00", "points": "75.50"}
    assert parts["line.adjusted"] == adjusted


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [(None, "missing.no_baseline"), (D(-2), "missing.negative_baseline")],
)
def test_a_missing_baseline_is_named(baseline: Decimal | None, expected: str) -> None:
    rule = make_rule("tolerance", direction="up", baseline="company_mean", tolerance="20")
    item = make_item("80", rule=rule, baseline=baseline)

    assert expected in words(explain_line(item, appraise([item]).lines[0]))


@pytest.mark.parametrize(
    ("settings", "value", "expected"),
    [
        ({}, "95", "card.subtotal card.final card.band"),
        ({}, "89", "card.subtotal card.final card.band card.next_band"),
        (
            {"coefficient": D("1.1")},
            "95",
            "card.subtotal card.coefficient card.at_maximum card.final card.band",
        ),
        (
            {"extra": D(1), "deduction": D(2), "total_adjustment": D(1), "cap_total": D(94)},
            "95",
            "card.subtotal card.extra card.deduction card.adjusted card.total_capped"
            " card.final card.band",
        ),
        (
            {"deduction": D(99)},
            "95",
            "card.subtotal card.deduction card.at_zero card.final card.band card.next_band",
        ),
        ({"cap_band": "meets"}, "95", "card.subtotal card.final card.band_capped"),
        ({"cap_band": "meets"}, "80", "card.subtotal card.final card.band card.next_band"),
        ({"worked_days": 3, "min_days": 10}, "95", "card.not_assessed"),
        ({}, None, "card.insufficient"),
    ],
)
def test_a_card_tells_each_step_that_changed_something(
    settings: dict[str, Any], value: str | None, expected: str
) -> None:
    given = CardSettings(**settings)

    parts = explain_card(appraise([make_item(value)], given), given)

    assert words(parts) == expected.split()


def test_a_card_that_is_not_scored_says_so() -> None:
    card = appraise([make_item(None, missing_policy=MissingPolicy.NOT_SCORED)])

    assert words(explain_card(card, CardSettings())) == ["card.not_scored"]


def test_an_insufficient_card_tells_why_before_its_figures() -> None:
    items = [make_item("80", position=1, weight=D(30)), make_item(None, position=2, weight=D(70))]
    card = appraise(items)

    parts = explain_card(card, CardSettings())

    shares = {"missing_weight": "70.00", "insufficient_above": "50"}
    assert parts[0] == Part("card.insufficient", shares)
    assert words(parts) == ["card.insufficient", "card.subtotal", "card.final"]


def test_the_product_of_the_coefficient_is_shown_unrounded() -> None:
    given = CardSettings(coefficient=D("1.05"))

    parts = explain_card(appraise(make_complaints_card(), given), given)

    assert dict(parts[1].params) == {
        "subtotal": "87.62",
        "coefficient": "1.05",
        "product": "92.001",
    }


def test_a_part_is_stored_as_key_and_params() -> None:
    assert Part("policy.full", {"points": "100.00"}).as_json() == {
        "key": "policy.full",
        "params": {"points": "100.00"},
    }


@pytest.mark.parametrize(("key", "params"), [("rule.nonsense", {}), ("policy.full", {"p": "1"})])
def test_a_part_that_has_no_sentence_cannot_be_made(key: str, params: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=key):
        Part(key, params)


@lru_cache
def _texts_of_the_package() -> set[str]:
    """Every string in the package outside the two lists of keys, f-strings with holes as `*`."""
    found = set()
    for path in Path(appraisal.scoring.__path__[0]).rglob("*.py"):
        if path.name in ("explain.py", "errors.py") or "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                holes = (
                    each.value if isinstance(each, ast.Constant) else "*" for each in node.values
                )
                found.add("".join(str(each) for each in holes))
    return found


@pytest.mark.parametrize("key", [*KEYS, *PROBLEM_CODES])
def test_every_key_is_still_used(key: str) -> None:
    patterns = [re.escape(text).replace(r"\*", "[a-z_]+") for text in _texts_of_the_package()]

    assert any(re.fullmatch(pattern, key) for pattern in patterns if pattern != "[a-z_]+")


def test_every_key_is_listed_once_with_distinct_params() -> None:
    assert tuple(PARAMS) == KEYS
    assert all(len(set(names)) == len(names) for names in PARAMS.values())
