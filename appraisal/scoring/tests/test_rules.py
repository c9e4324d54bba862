"""The options of each rule that no worked example of the policy touches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import Context, Missing, parse

D = Decimal
UP: dict[str, Any] = {"direction": "up"}
DOWN: dict[str, Any] = {"direction": "down"}
UNITS = {"reference": "90", "unit": "5", "points": "2", "basis": "hundred"}
EARNS = UP | UNITS | {"start": "60", "earns": True}
AROUND = {"baseline": "100", "tolerance": "20"}
STEPS = [{"bound": "5", "points": "100"}, {"bound": "8", "points": "50"}]


@pytest.mark.parametrize(
    ("key", "params", "value", "points"),
    [
        # linear
        ("linear", UP | {"target": "90"}, "45", "50"),
        ("linear", UP | {"target": "90"}, "-45", "0"),
        ("linear", UP | {"target": "90"}, "108", "100"),
        ("linear", UP | {"target": "90", "cap": "120"}, "99", "110"),
        ("linear", UP | {"target": "90", "cap": "120"}, "135", "120"),
        ("linear", DOWN | {"target": "60", "cap": "120"}, "0", "120"),
        ("linear", DOWN | {"target": "60", "cap": "120"}, "-5", "120"),
        ("linear", UP | {"target": "0", "zero_at": "-100"}, "-50", "50"),
        ("linear", UP | {"target": "0", "zero_at": "-100"}, "30", "100"),
        ("linear", UP | {"target": "0", "zero_at": "-100"}, "-100", "0"),
        ("linear", DOWN | {"target": "0", "zero_at": "4"}, "1", "75"),
        ("linear", DOWN | {"target": "60", "zero_at": "120"}, "130", "0"),
        ("linear", UP | {"target": "90", "zero_at": "60"}, "75", "50"),
        # per_unit
        ("per_unit", EARNS, "95", "62"),
        ("per_unit", EARNS, "90", "60"),
        ("per_unit", EARNS, "88", "59.2"),
        ("per_unit", EARNS | {"steps": "complete"}, "99.9", "62"),
        ("per_unit", EARNS | {"steps": "started"}, "90.1", "62"),
        ("per_unit", EARNS | {"steps": "started"}, "85", "58"),
        ("per_unit", EARNS | {"steps": "complete"}, "80", "56"),
        ("per_unit", EARNS | {"earns": False}, "95", "60"),
        ("per_unit", EARNS | {"cap": "61"}, "95", "61"),
        ("per_unit", EARNS | {"floor": "59.5"}, "0", "59.5"),
        ("per_unit", EARNS | {"cap": "120", "points": "60"}, "95", "120"),
        ("per_unit", DOWN | UNITS, "95", "98"),
        ("per_unit", DOWN | UNITS, "85", "100"),
        # tiers
        ("tiers", DOWN | {"tiers": STEPS, "otherwise": "0"}, "5", "100"),
        ("tiers", DOWN | {"tiers": STEPS, "otherwise": "0"}, "5.0001", "50"),
        ("tiers", DOWN | {"tiers": STEPS, "otherwise": "0"}, "8", "50"),
        ("tiers", DOWN | {"tiers": STEPS, "otherwise": "0"}, "8.0001", "0"),
        # threshold
        ("threshold", UP | {"target": "85"}, "85", "100"),
        ("threshold", UP | {"target": "85"}, "84.9999", "0"),
        ("threshold", DOWN | {"target": "0.03"}, "0.03", "100"),
        ("threshold", DOWN | {"target": "0.03", "otherwise": "40"}, "0.0301", "40"),
        # tolerance
        ("tolerance", UP | AROUND, "80", "100"),
        ("tolerance", UP | AROUND, "60", "75"),
        ("tolerance", UP | AROUND, "0", "0"),
        ("tolerance", UP | AROUND, "-1", "0"),
        ("tolerance", UP | AROUND | {"better": "90"}, "120", "100"),
        ("tolerance", UP | AROUND | {"better": "90"}, "120.0001", "90"),
        ("tolerance", UP | AROUND | {"zero_at": "0.5"}, "65", "50"),
        ("tolerance", UP | AROUND | {"inside": "80"}, "100", "80"),
        ("tolerance", UP | AROUND | {"inside": "80"}, "40", "40"),
        ("tolerance", DOWN | AROUND | {"better": "90"}, "80", "100"),
        ("tolerance", DOWN | AROUND | {"better": "90"}, "79.9999", "90"),
        ("tolerance", DOWN | AROUND | {"zero_at": "1.6"}, "140", "50"),
        ("tolerance", DOWN | AROUND | {"tolerance": "0"}, "150", "50"),
    ],
)
def test_an_option_does_what_the_table_says(
    key: str, params: dict[str, Any], value: str, points: str
) -> None:
    assert parse(key, params).points(D(value)) == D(points)


@pytest.mark.parametrize(
    ("params", "value", "previous", "points"),
    [
        (UP | {"target": "10"}, "105", "100", "80"),
        (UP | {"target": "10"}, "0", "0", "60"),
        (UP | {"target": "10"}, "3", "0", "100"),
        (UP | {"target": "10"}, "-3", "0", "0"),
        (DOWN | {"target": "10"}, "-3", "0", "100"),
        (DOWN | {"target": "10", "base": "0"}, "95", "100", "50"),
        (DOWN | {"target": "10", "base": "80"}, "1", "1", "80"),
        (DOWN | {"target": "10", "good_enough": "2"}, "2", "1", "100"),
        (DOWN | {"target": "10", "good_enough": "2"}, "2", None, "100"),
        (DOWN | {"target": "10", "good_enough": "2"}, "2.2", "2.2", "60"),
        (UP | {"target": "10", "good_enough": "95"}, "95", "99", "100"),
    ],
)
def test_change_starts_from_its_base(
    params: dict[str, Any], value: str, previous: str | None, points: str
) -> None:
    context = Context(previous=None if previous is None else D(previous))

    assert parse("change", params).points(D(value), context) == D(points)


@pytest.mark.parametrize(
    ("params", "value", "points"),
    [
        (DOWN, "4", "100"),
        (DOWN, "5", "100"),
        (DOWN, "5.1", "0"),
        (DOWN | {"start": "60", "floor": "20"}, "5.1", "20"),
        (DOWN | {"start": "60"}, "4", "60"),
        (DOWN | {"start": "60", "earns": True, "cap": "90"}, "4", "90"),
        (DOWN | {"start": "60", "earns": True, "steps": "complete"}, "4.5", "60"),
    ],
)
def test_an_item_without_weight_falls_at_the_first_unit(
    params: dict[str, Any], value: str, points: str
) -> None:
    rule = parse("per_unit", {"reference": "5", "unit": "1", "points": "1"} | params)

    assert rule.points(D(value), Context(nominal_weight=D(0))) == D(points)


def test_a_reference_may_be_the_agents_previous_value() -> None:
    rule = parse("per_unit", DOWN | UNITS | {"reference": "previous"})

    assert rule.needs == ("previous",)
    assert rule.points(D("95"), Context(previous=D("90"))) == D("98")
    assert rule.missing(D("95")) is Missing.NO_PREVIOUS


@pytest.mark.parametrize("source", ["department_mean", "company_mean", "last_year_mean"])
def test_a_baseline_may_be_a_mean_that_the_caller_looks_up(source: str) -> None:
    rule = parse("tolerance", DOWN | {"baseline": source, "tolerance": "20"})

    assert rule.needs == (source,)
    assert rule.points(D("5400"), Context(baseline=D("4300"))) == D("93.02")
    assert rule.missing(D("5400")) is Missing.NO_BASELINE
    assert rule.missing(D("5400"), Context(baseline=D("-1"))) is Missing.NEGATIVE_BASELINE


@pytest.mark.parametrize(
    ("params", "value", "points"),
    [(DOWN, "0", "100"), (DOWN, "1", "0"), (UP, "0", "100"), (UP, "1", "90"), (UP, "-1", "0")],
)
def test_a_mean_of_nought_leaves_nought_itself_inside(
    params: dict[str, Any], value: str, points: str
) -> None:
    around = {"baseline": "department_mean", "tolerance": "20", "better": "90"}

    assert parse("tolerance", params | around).points(D(value), Context(baseline=D(0))) == D(
        points
    )


@pytest.mark.parametrize(
    ("previous", "reason"), [(None, Missing.NO_PREVIOUS), ("-1", Missing.NEGATIVE_PREVIOUS)]
)
def test_change_without_a_usable_earlier_value_is_missing_data(
    previous: str | None, reason: Missing
) -> None:
    rule = parse("change", UP | {"target": "10"})
    context = Context(previous=None if previous is None else D(previous))

    assert rule.missing(D(1), context) is reason
    with pytest.raises(ValueError, match=reason):
        rule.points(D(1), context)


def test_change_can_look_at_last_year() -> None:
    rule = parse("change", UP | {"target": "10", "against": "last_year"})

    assert rule.needs == ("last_year",)


@pytest.mark.parametrize(
    ("key", "params", "line"),
    [
        ("linear", UP | {"target": "90"}, "90"),
        ("per_unit", UP | UNITS, "90"),
        ("per_unit", UP | UNITS | {"target": "85"}, "85"),
        ("per_unit", UP | UNITS | {"reference": "previous"}, "2"),
        ("tiers", DOWN | {"tiers": STEPS, "otherwise": "0"}, "5"),
        ("threshold", DOWN | {"target": "3"}, "3"),
        ("tolerance", DOWN | AROUND, "100"),
        ("tolerance", DOWN | AROUND | {"baseline": "company_mean"}, "7"),
        ("change", DOWN | {"target": "10"}, "1.8"),
        ("change", UP | {"target": "10"}, "2.2"),
    ],
)
def test_each_rule_says_where_its_target_is(key: str, params: dict[str, Any], line: str) -> None:
    context = Context(previous=D(2), baseline=D(7))

    assert parse(key, params).target_line(context) == D(line)


@pytest.mark.parametrize("previous", [None, D(-2)])
def test_change_has_no_target_line_without_an_earlier_value(previous: Decimal | None) -> None:
    rule = parse("change", DOWN | {"target": "10"})

    assert rule.target_line(Context(previous=previous)) is None


def test_half_a_cent_rounds_up() -> None:
    rule = parse("linear", UP | {"target": "100"})

    assert str(rule.points(D("0.125"))) == "0.13"
    assert str(rule.points(D("0.1249"))) == "0.12"


def test_a_tie_behind_a_share_that_does_not_end_is_still_a_tie() -> None:
    # 40 + 60 * (0.0001 / 3) * 100 / 8 is exactly 40.025, though 0.0001 / 3 never ends.
    rule = parse("change", UP | {"target": "8", "base": "40"})

    assert rule.points(D("3.0001"), Context(previous=D(3))) == D("40.03")


def test_the_largest_numbers_keep_all_their_digits() -> None:
    # 12.50499999999999 points, not 12.505.
    rule = parse("linear", UP | {"target": "1000000000000"})

    assert rule.points(D("125049999999.9999")) == D("12.50")


def test_most_rules_need_nothing_looked_up() -> None:
    keyed = [("linear", {"target": "9"}), ("threshold", {"target": "9"}), ("per_unit", UNITS)]

    assert [parse(key, UP | params).needs for key, params in keyed] == [(), (), ()]


@pytest.mark.parametrize(
    ("key", "params"),
    [
        ("per_unit", UNITS | {"reference": "previous"}),
        ("tolerance", AROUND | {"baseline": "company_mean"}),
        ("change", {"target": "10"}),
    ],
)
def test_a_rule_is_never_applied_without_what_it_needs(key: str, params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{key} has no"):
        parse(key, UP | params).unlimited(D(1), Context())
