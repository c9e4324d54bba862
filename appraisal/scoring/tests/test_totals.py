"""From the lines to the final: the order of adjustments, coefficient, extras and limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import (
    ENGINE_VERSION,
    CardSettings,
    MissingPolicy,
    Status,
    appraise,
)
from appraisal.scoring.tests.factories import make_item, make_rule

D = Decimal


def settings(**numbers: str) -> CardSettings:
    fields: dict[str, Any] = {name: D(number) for name, number in numbers.items()}
    return CardSettings(**fields)


@pytest.mark.parametrize(
    ("numbers", "final"),
    [
        ({}, "80.00"),
        ({"coefficient": "1.05"}, "84.00"),
        ({"coefficient": "0.9", "extra": "5"}, "77.00"),
        ({"coefficient": "1.05", "extra": "5", "deduction": "2.5"}, "86.50"),
        ({"coefficient": "1.05", "extra": "5", "total_adjustment": "-1.25"}, "87.75"),
        ({"coefficient": "1.3"}, "100.00"),
        ({"coefficient": "1.3", "maximum": "120"}, "104.00"),
        ({"coefficient": "1.3", "total_adjustment": "-10"}, "94.00"),
        ({"deduction": "90"}, "0.00"),
        ({"total_adjustment": "-90"}, "0.00"),
        ({"cap_total": "60"}, "60.00"),
        ({"cap_total": "90"}, "80.00"),
        ({"cap_total": "60", "extra": "30"}, "60.00"),
        ({"cap_total": "60", "total_adjustment": "5"}, "60.00"),
        ({"coefficient": "1.0001"}, "80.01"),
        ({"coefficient": "0"}, "0.00"),
    ],
)
def test_the_final_follows_from_the_subtotal_in_the_order_of_the_policy(
    numbers: dict[str, str], final: str
) -> None:
    card = appraise([make_item("80")], settings(**numbers))

    assert (str(card.subtotal), str(card.final)) == ("80.00", final)


def test_the_total_is_rounded_once_after_everything_is_added() -> None:
    # 33.35 * 0.95 = 31.6825; rounded before 0.00 is added or after, half up once.
    card = appraise([make_item("33.35")], settings(coefficient="0.95", extra="0.01"))

    assert str(card.final) == "31.69"


@pytest.mark.parametrize(
    ("amount", "points", "effect"),
    [
        ("5.5", "85.50", "5.50"),
        ("-10", "70.00", "-10.00"),
        ("30", "100.00", "20.00"),
        ("-90", "0.00", "-80.00"),
    ],
)
def test_a_line_adjustment_changes_the_points_before_the_contribution(
    amount: str, points: str, effect: str
) -> None:
    adjusted = make_item("80", position=1, weight=D(50), adjustment=D(amount))
    card = appraise([adjusted, make_item("60", position=2, weight=D(50))])

    line = card.lines[0]
    assert (str(line.rule_points), str(line.points)) == ("80.00", points)
    assert str(line.adjustment) == effect
    assert line.contribution == D(points) / 2
    assert card.subtotal == D(points) / 2 + 30


def test_a_line_adjustment_may_use_a_higher_cap() -> None:
    rule = make_rule(direction="up", target="100", cap="120")

    card = appraise([make_item("95", rule=rule, adjustment=D(20))])

    assert card.lines[0].points == D(115)
    assert card.final == D(100)


def test_points_given_by_a_policy_can_be_adjusted() -> None:
    item = make_item(None, missing_policy=MissingPolicy.ZERO, adjustment=D(15))

    assert appraise([item]).lines[0].points == D(15)


def test_an_amount_cannot_move_a_line_without_points() -> None:
    card = appraise([make_item(None, adjustment=D(15)), make_item("70", position=2)])

    assert (card.lines[0].points, card.lines[0].adjustment) == (None, D(0))
    assert card.subtotal == D(70)


@pytest.mark.parametrize(
    ("value", "figure", "points", "effect"),
    [
        ("80", "90", "90.00", "10.00"),
        ("80", "120", "100.00", "20.00"),
        (None, "75", "75.00", "75"),
    ],
)
def test_a_decided_figure_stands_whatever_was_measured(
    value: str | None, figure: str, points: str, effect: str
) -> None:
    card = appraise([make_item(value, adjusted_to=D(figure))])

    line = card.lines[0]
    assert (str(line.points), line.adjustment, line.weight) == (points, D(effect), D(100))
    assert (line.missing, card.status) == (None, Status.SCORED)


def test_a_line_is_adjusted_by_an_amount_or_to_a_figure_but_not_both() -> None:
    with pytest.raises(ValueError, match="adjusted by"):
        make_item(adjustment=D(1), adjusted_to=D(80))


@pytest.mark.parametrize("value", ["80", None])
def test_a_veto_zeroes_a_line_whatever_was_measured_or_adjusted(value: str | None) -> None:
    zeroed = make_item(value, position=1, weight=D(50), adjustment=D(10), is_zeroed=True)

    card = appraise([zeroed, make_item("60", position=2, weight=D(50))])

    assert (card.lines[0].points, card.lines[0].weight) == (D(0), D(50))
    assert (card.lines[0].missing, card.lines[0].adjustment) == (None, D(0))
    assert card.final == D(30)


@pytest.mark.parametrize(
    ("value", "cap_band", "band"),
    [("95", None, "excellent"), ("95", "meets", "meets"), ("60", "meets", "to_improve")],
)
def test_a_veto_can_limit_the_band(value: str, cap_band: str | None, band: str) -> None:
    card = appraise([make_item(value)], CardSettings(cap_band=cap_band))

    assert card.band is not None
    assert (card.band.key, card.final) == (band, D(value))


def test_cap_total_comes_before_the_band() -> None:
    card = appraise([make_item("95")], settings(cap_total="69.99"))

    assert card.band is not None
    assert card.band.key == "to_improve"


def test_the_card_says_how_far_the_next_band_is() -> None:
    card = appraise([make_item("89.99")])

    assert card.band is not None
    assert card.next_band is not None
    assert (card.band.key, card.next_band.band.key) == ("meets", "excellent")
    assert card.next_band.distance == D("0.01")


def test_the_card_repeats_what_it_was_computed_with() -> None:
    given = settings(coefficient="1.05", extra="1", deduction="2", total_adjustment="-3")

    card = appraise([make_item(sample=17)], given)

    assert (card.coefficient, card.extra, card.deduction) == (D("1.05"), D(1), D(2))
    assert (card.total_adjustment, card.engine_version) == (D(-3), ENGINE_VERSION)
    line = card.lines[0]
    assert (line.key, line.position, line.value) == ("item1", 1, D(80))
    assert (line.sample, line.nominal_weight, line.target) == (17, D(100), D(100))
    assert ENGINE_VERSION == "1"


@pytest.mark.parametrize(
    "fields",
    [
        {"value": "0.00001"},
        {"value": "NaN"},
        {"baseline": D("1.23456")},
        {"previous": D("Infinity")},
        {"weight": D("-1")},
        {"weight": D("33.333")},
        {"department_mean": D("1.005")},
        {"adjustment": D("0.001")},
        {"adjusted_to": D("0.001")},
    ],
)
def test_an_item_with_an_unprintable_number_is_a_programmers_error(fields: Any) -> None:
    with pytest.raises(ValueError, match=r"number|negative"):
        make_item(**fields)


@pytest.mark.parametrize(
    "numbers",
    [
        {"coefficient": "-0.1"},
        {"extra": "-1"},
        {"deduction": "-1"},
        {"maximum": "-1"},
        {"cap_total": "-1"},
        {"maximum": "100.001"},
        {"extra": "0.001"},
        {"coefficient": "1.00001"},
        {"insufficient_above": "NaN"},
    ],
)
def test_settings_out_of_range_are_a_programmers_error(numbers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"number|negative"):
        settings(**numbers)


def test_an_unknown_band_cannot_be_a_limit() -> None:
    with pytest.raises(KeyError):
        CardSettings(cap_band="superb")


@pytest.mark.parametrize("clash", [{"position": 1, "key": "b"}, {"position": 2, "key": "item1"}])
def test_two_items_cannot_share_a_place_or_key(clash: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="share"):
        appraise([make_item(), make_item(**clash)])
