"""Every worked example of 3-scoring.md, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import CardSettings, Context, appraise, parse
from appraisal.scoring.tests.factories import make_complaints_card

LINEAR = ("linear", {"direction": "down", "target": "60"})
PER_UNIT: dict[str, Any] = {"direction": "up", "reference": "90", "unit": "5", "points": "2"}
COMPLETE = ("per_unit", PER_UNIT | {"steps": "complete"})
STARTED = ("per_unit", PER_UNIT | {"steps": "started"})
HUNDRED = ("per_unit", PER_UNIT | {"basis": "hundred"})
TOLERANCE = ("tolerance", {"direction": "down", "baseline": "4300", "tolerance": "20"})
CHANGE = ("change", {"direction": "down", "target": "10", "base": "60"})
TIERS = (
    "tiers",
    {
        "direction": "up",
        "tiers": [
            {"bound": "95", "points": "100"},
            {"bound": "90", "points": "90"},
            {"bound": "85", "points": "80"},
        ],
        "otherwise": "60",
    },
)
REPEAT_COMPLAINT = (
    "per_unit",
    {
        "direction": "down",
        "reference": "5",
        "unit": "1",
        "points": "1",
        "start": "60",
        "earns": True,
    },
)


@pytest.mark.parametrize(
    ("rule", "value", "points"),
    [
        (LINEAR, "45", "100"),
        (LINEAR, "60", "100"),
        (LINEAR, "72.5", "82.76"),
        (LINEAR, "240", "25"),
        (LINEAR, "0", "100"),
        (("per_unit", PER_UNIT), "88", "96.80"),
        (("per_unit", PER_UNIT), "85", "92"),
        (("per_unit", PER_UNIT), "80", "84"),
        (("per_unit", PER_UNIT), "27.5", "0"),
        (("per_unit", PER_UNIT), "95", "100"),
        (COMPLETE, "88", "100"),
        (COMPLETE, "27.5", "4"),
        (STARTED, "88", "92"),
        (HUNDRED, "88", "99.20"),
        (HUNDRED, "27.5", "75"),
        (TOLERANCE, "3000", "100"),
        (TOLERANCE, "3440", "100"),
        (TOLERANCE, "5160", "100"),
        (TOLERANCE, "5400", "93.02"),
        (TOLERANCE, "8600", "0"),
        (TOLERANCE, "9000", "0"),
        (TIERS, "95", "100"),
        (TIERS, "94.99", "90"),
        (TIERS, "85", "80"),
        (TIERS, "10", "60"),
    ],
)
def test_a_rule_gives_the_points_of_the_table(
    rule: tuple[str, dict[str, Any]], value: str, points: str
) -> None:
    given = parse(*rule).points(Decimal(value), Context(nominal_weight=Decimal(25)))

    assert given == Decimal(points)


@pytest.mark.parametrize(
    ("value", "previous", "points"),
    [
        ("1.84", "1.96", "84.49"),
        ("1.764", "1.96", "100"),
        ("1.96", "1.96", "60"),
        ("2.2", "1.96", "11.02"),
        ("0", "0", "100"),
        ("0.1", "0", "0"),
    ],
)
def test_change_gives_the_points_of_the_table(value: str, previous: str, points: str) -> None:
    given = parse(*CHANGE).points(Decimal(value), Context(previous=Decimal(previous)))

    assert given == Decimal(points)


def test_the_repeat_complaint_line_earns_points_of_its_nominal_weight() -> None:
    context = Context(nominal_weight=Decimal("9.09"))

    assert parse(*REPEAT_COMPLAINT).points(Decimal("3.2"), context) == Decimal("79.80")


def test_the_whole_card_adds_up_to_the_published_figures() -> None:
    card = appraise(make_complaints_card(), CardSettings(coefficient=Decimal("1.05")))

    figures = [(str(line.points), str(line.weight), str(line.contribution)) for line in card.lines]
    assert figures == [
        ("82.76", "18.18", "15.05"),
        ("93.02", "13.64", "12.69"),
        ("86.54", "22.73", "19.67"),
        ("100.00", "18.18", "18.18"),
        ("78.13", "9.09", "7.10"),
        ("84.49", "9.09", "7.68"),
        ("79.80", "9.09", "7.25"),
    ]
    assert (str(card.subtotal), str(card.final)) == ("87.62", "92.00")
    assert card.band is not None
    assert (card.status, card.band.key) == ("scored", "excellent")


def test_the_card_without_csat_gives_its_weight_to_the_other_lines() -> None:
    card = appraise(make_complaints_card(csat=None))

    weights = [str(line.weight) for line in card.lines]
    contributions = [str(line.contribution) for line in card.lines]
    assert weights == ["22.22", "16.67", "27.78", "0.00", "11.11", "11.11", "11.11"]
    assert contributions == ["18.39", "15.51", "24.04", "0.00", "8.68", "9.39", "8.87"]
    assert card.lines[3].points is None
    assert str(card.subtotal) == "84.88"
    assert card.missing_weight == Decimal("18.18")


def test_every_figure_of_the_card_has_two_decimals() -> None:
    card = appraise(make_complaints_card(), CardSettings(coefficient=Decimal("1.05")))

    figures = [card.subtotal, card.final, card.missing_weight]
    for line in card.lines:
        figures += [line.points, line.rule_points, line.weight, line.contribution]
    assert {None if each is None else each.as_tuple().exponent for each in figures} == {-2}
