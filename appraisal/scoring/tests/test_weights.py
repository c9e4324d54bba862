"""Weights total exactly 100.00, whatever was left over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.scoring import effective_weights, scale_to_hundred


def numbers(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(each) for each in text.split())


@pytest.mark.parametrize(
    ("weights", "scaled"),
    [
        ("20 15 25 20 10 10 10", "18.18 13.64 22.73 18.18 9.09 9.09 9.09"),
        ("1 1 1", "33.34 33.33 33.33"),
        ("1 1 1 1 1 1", "16.67 16.67 16.67 16.67 16.66 16.66"),
        ("100", "100.00"),
        ("0 5 0 5", "0.00 50.00 0.00 50.00"),
        ("0.01 99.99", "0.01 99.99"),
        ("2 1", "66.67 33.33"),
    ],
)
def test_scaling_gives_the_cents_left_to_the_largest_remainders(weights: str, scaled: str) -> None:
    assert [str(each) for each in scale_to_hundred(numbers(weights))] == scaled.split()


@pytest.mark.parametrize("weights", ["", "0", "0 0", "-1 2", "NaN 1", "Infinity 1"])
def test_weights_that_cannot_be_scaled_are_refused(weights: str) -> None:
    with pytest.raises(ValueError, match="weight"):
        scale_to_hundred(numbers(weights))


def test_the_weight_of_an_item_that_does_not_count_goes_to_the_others() -> None:
    weights = effective_weights(numbers("50 30 20"), [True, False, True])

    assert weights == numbers("71.43 0.00 28.57")


def test_nothing_left_to_weigh_gives_no_weights() -> None:
    assert effective_weights(numbers("50 0"), [False, True]) == numbers("0.00 0.00")


def test_one_flag_for_each_weight_is_needed() -> None:
    with pytest.raises(ValueError, match="zip"):
        effective_weights(numbers("50 50"), [True])
