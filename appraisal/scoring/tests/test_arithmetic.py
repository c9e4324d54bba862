"""How numbers are written and rounded."""

from decimal import Decimal

import pytest

from appraisal.scoring import Field, Missing, MissingPolicy, Status
from appraisal.scoring.arithmetic import fits, plain, round2, round4, two_places

D = Decimal


@pytest.mark.parametrize(
    ("number", "text"),
    [("0", "0"), ("-0", "0"), ("-0.00", "0"), ("72.50", "72.5"), ("1E+3", "1000"), ("-1.0", "-1")],
)
def test_numbers_are_written_plainly(number: str, text: str) -> None:
    assert plain(D(number)) == text


def test_points_have_two_decimals_and_halves_go_away_from_zero() -> None:
    assert two_places(D("0.005")) == "0.01"
    assert two_places(D("-0.005")) == "-0.01"
    assert (str(round2(D("1.115"))), str(round4(D("1.00005")))) == ("1.12", "1.0001")


@pytest.mark.parametrize(
    ("number", "places", "yes"),
    [
        ("1000000000000", 0, True),
        ("1000000000000.1", 1, False),
        ("-1000000000000", 4, True),
        ("0.001", 2, False),
        ("0.010", 2, True),
        ("NaN", 2, False),
        ("Infinity", 2, False),
    ],
)
def test_a_number_fits_by_size_and_decimals(number: str, places: int, yes: bool) -> None:
    assert fits(D(number), places) is yes


def test_the_reasons_of_missing_data_are_stored_under_these_keys() -> None:
    assert [each.value for each in Missing] == [
        "no_value",
        "small_sample",
        "no_previous",
        "no_baseline",
        "negative_previous",
        "negative_baseline",
        "no_rank",
        "small_group",
    ]


def test_an_open_span_holds_neither_end() -> None:
    field = Field(name="share", low=D(0), high=D(5), is_open=True)

    found = {text: [each.code for each in field.problems(D(text), "share")] for text in "0135"}
    assert found == {
        "0": ["too_small_or_equal"],
        "1": [],
        "3": [],
        "5": ["too_large_or_equal"],
    }


def test_policies_and_statuses_are_stored_under_these_keys() -> None:
    policies = ["redistribute", "full", "zero", "department_mean", "not_scored"]
    assert [each.value for each in MissingPolicy] == policies
    statuses = ["scored", "insufficient", "not_assessed", "not_scored"]
    assert [each.value for each in Status] == statuses
