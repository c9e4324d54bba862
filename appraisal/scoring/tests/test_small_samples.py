"""Intervals of rates and means, and the mark on cards that chance could move over a bound."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from math import atan, cos, pi, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.scoring import (
    CardSettings,
    Part,
    appraise,
    explain_card,
    explain_line,
    parse,
    t_interval,
    wilson,
)
from appraisal.scoring.intervals import student
from appraisal.scoring.tests.factories import make_item

D = Decimal


@pytest.mark.parametrize(
    ("numerator", "sample", "low", "high"),
    [
        (0, 10, "0.0000", "27.7533"),
        (10, 10, "72.2467", "100.0000"),
        (5, 10, "23.6593", "76.3407"),
        (14, 17, "58.9705", "93.8089"),
        (1, 1, "20.6549", "100.0000"),
        (850, 1000, "82.6531", "87.0790"),
    ],
)
def test_a_rate_has_its_wilson_interval(numerator: int, sample: int, low: str, high: str) -> None:
    assert tuple(map(str, wilson(numerator, sample))) == (low, high)


@pytest.mark.parametrize(("numerator", "sample"), [(1, 0), (-1, 5), (6, 5), (0, -1)])
def test_what_is_no_rate_has_no_interval(numerator: int, sample: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        wilson(numerator, sample)


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_lies_in_its_interval_and_both_in_a_hundred(pair: tuple[int, int]) -> None:
    numerator, sample = pair
    low, high = wilson(numerator, sample)

    assert 0 <= low <= high <= 100
    assert Fraction(low) - Fraction(1, 20000) <= Fraction(100 * numerator, sample)
    assert Fraction(high) + Fraction(1, 20000) >= Fraction(100 * numerator, sample)
    mirrored = wilson(sample - numerator, sample)
    assert mirrored == (100 - high, 100 - low)


@pytest.mark.parametrize(
    ("amounts", "low", "high"),
    [
        ([0, 1, 2, 3, 4], "0.0368", "3.9632"),
        ([60, 60], "60.0000", "60.0000"),
        ([0, 100], "-585.3102", "685.3102"),
        ([Fraction(1, 3)] * 3, "0.3333", "0.3333"),
    ],
)
def test_a_mean_has_its_t_interval(amounts: list[int], low: str, high: str) -> None:
    found = t_interval(sum(amounts), sum(each * each for each in amounts), len(amounts))

    assert found is not None
    assert tuple(map(str, found)) == (low, high)


def test_one_amount_has_no_interval() -> None:
    assert t_interval(5, 25, 1) is None
    assert t_interval(0, 0, 0) is None
    assert t_interval(10, 50, 2) == (D("5.0000"), D("5.0000"))


def test_sums_that_no_amounts_have_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot sum up"):
        t_interval(10, 49, 2)


def share_within(t: float, freedom: int) -> float:
    """Student's distribution between -t and t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    term, total = (cos(angle), cos(angle)) if freedom % 2 else (1.0, 1.0)
    for step in range(3 if freedom % 2 else 2, freedom - 1, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    if freedom == 1:
        return 2 * angle / pi
    if freedom % 2:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total


@pytest.mark.parametrize("freedom", [*range(1, 130), 250, 1000, 4001])
def test_the_quantile_leaves_five_percent_outside(freedom: int) -> None:
    assert abs(share_within(float(student(freedom)), freedom) - 0.95) < 1e-9


def test_the_quantile_needs_a_degree_of_freedom_and_falls() -> None:
    with pytest.raises(ValueError, match="freedom"):
        student(0)
    quantiles = [student(freedom) for freedom in range(1, 400)]
    assert quantiles == sorted(quantiles, reverse=True)
    assert str(student(10)) == "2.228138851986275"


def test_intervals_do_not_depend_on_the_thread() -> None:
    expected = (wilson(14, 17), t_interval(1000, 30000, 61), t_interval(1000, 30000, 90))
    with localcontext(prec=4, rounding=ROUND_DOWN):
        again = (wilson(14, 17), t_interval(1000, 30000, 61), t_interval(1000, 30000, 90))
    assert expected == again


@pytest.mark.parametrize(
    ("value", "low", "high", "is_borderline"),
    [
        ("88", "85", "89.99", False),
        ("88", "85", "90", True),
        ("88", "85", "89.995", True),
        ("88", "70", "89", False),
        ("88", "69.99", "89", True),
        ("92", "90", "99", False),
        ("92", "89.9949", "99", True),
        ("50", "40", "69.9949", False),
    ],
)
def test_a_card_is_borderline_where_an_end_of_an_interval_crosses_a_bound(
    value: str, low: str, high: str, is_borderline: bool
) -> None:
    item = make_item(value, low=D(low), high=D(high))

    card = appraise([item])

    assert card.is_borderline is is_borderline
    assert card.borderline == (("item1",) if is_borderline else ())
    assert card.lines[0].is_borderline is is_borderline
    assert card.final == D(value)
    keys = [part.key for part in explain_line(item, card.lines[0])]
    assert ("line.borderline" in keys) is is_borderline
    assert Part("line.interval", {"low": low, "high": high}) in explain_line(item, card.lines[0])
    told = [part.key for part in explain_card(card, CardSettings())]
    assert ("card.borderline" in told) is is_borderline


def test_only_the_lines_that_could_cross_alone_are_named() -> None:
    items = [
        make_item("89", weight=D(50), low=D(80), high=D("91")),
        make_item("89", position=2, weight=D(40), low=D(88), high=D("91.5")),
        make_item("89", position=3, weight=D(10), low=D(0), high=D("98")),
        make_item("89", position=4, weight=D(0), low=D(0), high=D(100)),
    ]

    card = appraise(items)

    assert card.borderline == ("item1", "item2")
    assert [line.is_borderline for line in card.lines] == [True, True, False, False]


def test_no_interval_no_value_and_no_band_are_not_borderline() -> None:
    wide = {"low": D(0), "high": D(100)}
    assert not appraise([make_item("89")]).is_borderline
    assert not appraise([make_item("80"), make_item(None, position=2, **wide)]).is_borderline
    assert (
        not appraise([make_item("80", **wide)], CardSettings(worked_days=1, min_days=2))
        .lines[0]
        .is_borderline
    )
    small = make_item("89", position=2, sample=5, weight=D(10), **wide)
    assert not appraise([make_item("80", weight=D(90)), small]).is_borderline


def test_a_decided_line_is_not_moved_by_chance() -> None:
    item = make_item("89", adjusted_to=D(89), low=D(0), high=D(100))

    assert not appraise([item]).is_borderline


def test_a_veto_that_chance_could_lift_is_named() -> None:
    params = {"direction": "down", "limit": "3", "consequence": "cap_total", "cap": "60"}
    veto = make_item(
        "4", position=2, weight=D(0), rule=parse("veto", params), low=D("2.5"), high=D(6)
    )
    zero = parse("veto", params | {"consequence": "zero_item", "item": "1"})

    assert appraise([make_item("80"), veto]).borderline == ("item2",)
    zeroing = make_item("2", position=2, weight=D(0), rule=zero, low=D(1), high=D(4))
    assert appraise([make_item("80"), zeroing]).borderline == ("item2",)


def test_extra_points_that_chance_could_bring_are_named() -> None:
    params = {"direction": "up", "per": "1", "cap": "5"}
    extra = make_item(
        "1", position=2, weight=D(0), rule=parse("extra", params), low=D(0), high=D(3)
    )

    assert appraise([make_item("88"), extra]).borderline == ("item2",)
    assert appraise([make_item("86"), extra]).borderline == ()


def test_a_band_that_is_capped_anyway_is_not_crossed() -> None:
    item = make_item("92", low=D(85), high=D(99))

    assert not appraise([item], CardSettings(cap_band="meets")).is_borderline
    assert appraise([item]).is_borderline


def test_a_value_at_which_the_rule_has_no_data_is_no_band() -> None:
    rule = parse("change", {"direction": "up", "target": "10", "good_enough": "80"})
    item = make_item("85", rule=rule, low=D(75), high=D(95))

    card = appraise([item])

    assert card.band is not None
    assert not card.is_borderline


def test_an_interval_has_two_ends_of_four_decimals() -> None:
    with pytest.raises(ValueError, match="one end"):
        make_item("80", low=D(1))
    with pytest.raises(ValueError, match="one end"):
        make_item("80", high=D(1))
    with pytest.raises(ValueError, match="low is not a number"):
        make_item("80", low=D("1.00001"), high=D(2))
