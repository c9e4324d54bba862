"""Several finals into one, and a department's final into its coefficient."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import (
    DEFAULT_COEFFICIENTS,
    CoefficientError,
    Status,
    combine_segments,
    lookup_coefficient,
    read_coefficients,
    roll_up,
)

D = Decimal
SCORED, LITTLE = Status.SCORED, Status.INSUFFICIENT
ABSENT, NONE = Status.NOT_ASSESSED, Status.NOT_SCORED


@pytest.mark.parametrize(
    ("segments", "final", "status"),
    [
        ([("80", 10, SCORED), ("90", 11, SCORED)], "85.24", SCORED),
        ([("80", 21, SCORED)], "80.00", SCORED),
        ([("80", 0, SCORED), ("85.01", 0, SCORED)], "82.51", SCORED),
        ([("80", 1, SCORED), ("85", 0, SCORED)], "80.00", SCORED),
        ([("80", 10, SCORED), (None, 3, ABSENT)], "80.00", SCORED),
        ([(None, 2, ABSENT), (None, 3, ABSENT)], None, ABSENT),
        ([("80", 10, SCORED), (None, 3, NONE)], None, NONE),
        ([(None, 3, ABSENT), (None, 3, NONE)], None, NONE),
        ([("80", 10, SCORED), ("60", 10, LITTLE)], "70.00", LITTLE),
        ([("80", 10, SCORED), (None, 10, LITTLE)], "80.00", LITTLE),
        ([(None, 10, LITTLE), (None, 10, ABSENT)], None, LITTLE),
    ],
)
def test_segments_are_weighted_by_their_working_days(
    segments: list[tuple[str | None, int, Status]], final: str | None, status: Status
) -> None:
    found, said = combine_segments(
        [(None if text is None else D(text), days, each) for text, days, each in segments]
    )

    assert (None if found is None else str(found), said) == (final, status)


def test_a_card_has_a_segment() -> None:
    with pytest.raises(ValueError, match="no segments"):
        combine_segments([])


MONTHS: list[tuple[Decimal | None, int]] = [(D(90), 1), (D("80.01"), 1), (D("85.00"), 1)]


@pytest.mark.parametrize(
    ("mode", "recomputed", "parts", "share", "final"),
    [
        ("recompute", D("88.88"), MONTHS, "50", "88.88"),
        ("recompute", None, MONTHS, "50", None),
        ("average", None, MONTHS, "50", "85.00"),
        ("average", D(10), [(D(90), 3), (D(60), 1), (None, 2)], "50", "82.50"),
        ("average", D(10), [(None, 1)], "50", None),
        ("average", D(10), [], "50", None),
        ("average", D(10), [(D(80), 0), (D(81), 0)], "50", "80.50"),
        ("blend", D(80), [(D(90), 1)], "25", "87.50"),
        ("blend", D(80), [(D(90), 1)], "0", "90.00"),
        ("blend", D(80), [(D(90), 1)], "100", "80.00"),
        ("blend", D("80.01"), MONTHS, "50", "82.51"),
        ("blend", None, [(D(90), 1)], "50", "90.00"),
        ("blend", D(80), [(None, 1)], "50", "80.00"),
        ("blend", None, [], "50", None),
    ],
)
def test_quarters_and_years_follow_their_setting(
    mode: str,
    recomputed: Decimal | None,
    parts: list[tuple[Decimal | None, int]],
    share: str,
    final: str | None,
) -> None:
    found = roll_up(mode, recomputed, parts, D(share))

    assert (None if found is None else str(found)) == final


@pytest.mark.parametrize("share", ["-0.01", "100.01"])
def test_a_share_is_one_of_a_hundred(share: str) -> None:
    with pytest.raises(ValueError, match="share"):
        roll_up("blend", D(1), [], D(share))
    with pytest.raises(ValueError, match="median"):
        roll_up("median", D(1), [], D(50))


@pytest.mark.parametrize(
    ("final", "coefficient"),
    [
        ("120", "1.10"),
        ("95", "1.10"),
        ("94.99", "1.05"),
        ("85", "1.05"),
        ("84.99", "1.00"),
        ("70", "1.00"),
        ("69.99", "0.95"),
        ("60", "0.95"),
        ("59.99", "0.90"),
        ("0", "0.90"),
        (None, "1.00"),
    ],
)
def test_the_default_table_gives_the_coefficients_of_the_policy(
    final: str | None, coefficient: str
) -> None:
    found = lookup_coefficient(DEFAULT_COEFFICIENTS, None if final is None else D(final))

    assert str(found) == coefficient


def row(lower: Any, value: Any) -> dict[str, Any]:
    return {"lower": lower, "value": value}


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ("x", [("not_a_list", "coefficients")]),
        (["x"], [("not_a_list", "coefficients")]),
        ([], [("coefficients_empty", "coefficients")]),
        ([row("90", "1")], [("coefficients_open_below", "coefficients.0.lower")]),
        ([row(None, "1"), row(None, "1")], [("blank", "coefficients.0.lower")]),
        (
            [row("90", "1"), row("90", "0.9"), row("", "0.8")],
            [("tiers_not_falling", "coefficients.1.lower")],
        ),
        (
            [row("x", ""), row(90, "1"), row("", "x")],
            [
                ("bad_number", "coefficients.0.lower"),
                ("blank", "coefficients.0.value"),
                ("bad_number", "coefficients.1.lower"),
                ("bad_number", "coefficients.2.value"),
            ],
        ),
        (
            [row("1", "0"), row("0.5", "2.01"), row(None, "1.001")],
            [
                ("too_small_or_equal", "coefficients.0.value"),
                ("too_large", "coefficients.1.value"),
                ("too_precise", "coefficients.2.value"),
            ],
        ),
        ([row(None, None)], [("blank", "coefficients.0.value")]),
        ([row(None, "-1")], [("too_small_or_equal", "coefficients.0.value")]),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(
    rows: Any, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(CoefficientError) as caught:
        read_coefficients(rows)

    assert [(each.code, each.field) for each in caught.value.problems] == problems


def test_what_is_wrong_is_named_with_its_numbers() -> None:
    def params(*rows: dict[str, Any]) -> list[dict[str, str]]:
        with pytest.raises(CoefficientError) as caught:
            read_coefficients(rows)
        return [dict(each.params) for each in caught.value.problems]

    assert params(row("90.5", "1"), row("91", "1"), row(None, "1")) == [
        {"previous": "90.5", "value": "91"}
    ]
    assert params(row("1", "0"), row(None, "2.01")) == [
        {"low": "0", "value": "0"},
        {"high": "2", "value": "2.01"},
    ]
    assert params(row(None, "1.001")) == [{"value": "1.001", "places": "2"}]


def test_a_table_is_read_as_numbers() -> None:
    steps = read_coefficients([row("90", "2"), row(None, "0.01")])

    assert [(step.lower, str(step.value)) for step in steps] == [(90, "2.00"), (None, "0.01")]
