"""An item without data follows its policy, and a card without enough has no band."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.scoring import (
    CardSettings,
    Missing,
    MissingPolicy,
    Status,
    appraise,
    why_missing,
)
from appraisal.scoring.tests.factories import make_item, make_items, make_rule

D = Decimal


def two_items(policy: MissingPolicy, **fields: object) -> list[object]:
    return [
        make_item("80", position=1, weight=D(60)),
        make_item(None, position=2, weight=D(40), missing_policy=policy, **fields),
    ]


@pytest.mark.parametrize(
    ("policy", "weights", "points", "final"),
    [
        (MissingPolicy.REDISTRIBUTE, "100.00 0.00", None, "80.00"),
        (MissingPolicy.FULL, "60.00 40.00", D(100), "88.00"),
        (MissingPolicy.ZERO, "60.00 40.00", D(0), "48.00"),
        (MissingPolicy.DEPARTMENT_MEAN, "60.00 40.00", D("70.5"), "76.20"),
        (MissingPolicy.NOT_SCORED, "60.00 40.00", None, "None"),
    ],
)
def test_a_policy_decides_what_an_item_without_data_counts(
    policy: MissingPolicy, weights: str, points: Decimal | None, final: str
) -> None:
    card = appraise(two_items(policy, department_mean=D("70.5")))  # type: ignore[arg-type]

    assert " ".join(str(line.weight) for line in card.lines) == weights
    assert card.lines[1].points == points
    assert card.lines[1].rule_points is None
    assert (card.lines[1].missing, card.lines[1].policy) == (Missing.NO_VALUE, policy)
    assert (card.lines[0].missing, card.lines[0].policy) == (None, None)
    assert str(card.final) == final
    assert card.missing_weight == 40


def test_a_mean_that_the_department_does_not_have_is_redistributed() -> None:
    card = appraise(two_items(MissingPolicy.DEPARTMENT_MEAN))  # type: ignore[arg-type]

    assert card.lines[1].policy is MissingPolicy.REDISTRIBUTE
    assert card.final == D(80)


def test_full_is_never_more_than_the_rule_can_give() -> None:
    rule = make_rule(direction="up", target="100", cap="90")
    item = make_item(None, rule=rule, missing_policy=MissingPolicy.FULL)

    line = appraise([item]).lines[0]
    assert (line.points, line.adjustment) == (D(90), D(0))


def test_zero_is_zero_even_where_the_rule_has_a_floor() -> None:
    params = {"reference": "90", "unit": "5", "points": "2", "floor": "20"}
    rule = make_rule("per_unit", direction="up", **params)
    item = make_item(None, rule=rule, missing_policy=MissingPolicy.ZERO)

    assert appraise([item]).lines[0].points == D(0)


@pytest.mark.parametrize(
    ("value", "sample", "min_sample", "missing"),
    [
        ("80", 10, 10, None),
        ("80", 9, 10, Missing.SMALL_SAMPLE),
        ("80", 0, 0, None),
        ("80", 2, 3, Missing.SMALL_SAMPLE),
        (None, 50, 10, Missing.NO_VALUE),
        (None, 0, 0, Missing.NO_VALUE),
    ],
)
def test_too_small_a_sample_is_missing_data(
    value: str | None, sample: int, min_sample: int, missing: Missing | None
) -> None:
    assert why_missing(make_item(value, sample=sample, min_sample=min_sample)) is missing


def test_the_smallest_sample_is_ten_unless_set() -> None:
    assert why_missing(make_item(sample=9)) is Missing.SMALL_SAMPLE
    assert why_missing(make_item(sample=10)) is None


def test_a_rule_that_lacks_its_earlier_value_is_missing_data() -> None:
    change = make_item(rule=make_rule("change", direction="up", target="10"))

    assert why_missing(change) is Missing.NO_PREVIOUS


@pytest.mark.parametrize(
    ("missing_weight", "limit", "status"),
    [
        ("50", "50", Status.SCORED),
        ("50.01", "50", Status.INSUFFICIENT),
        ("30", "25", Status.INSUFFICIENT),
        ("99", "100", Status.SCORED),
    ],
)
def test_more_missing_than_the_limit_makes_the_card_insufficient(
    missing_weight: str, limit: str, status: Status
) -> None:
    items = [
        make_item("80", position=1, weight=100 - D(missing_weight)),
        make_item(None, position=2, weight=D(missing_weight)),
    ]

    card = appraise(items, CardSettings(insufficient_above=D(limit)))

    assert card.status is status
    assert (card.band is None) is (status is Status.INSUFFICIENT)
    assert (card.next_band is None) is (status is Status.INSUFFICIENT)
    assert card.final == D(80)


@pytest.mark.parametrize("policy", [MissingPolicy.FULL, MissingPolicy.ZERO])
def test_points_given_by_a_policy_are_still_missing_data(policy: MissingPolicy) -> None:
    items = make_items("80", None, None, missing_policy=policy)

    card = appraise(items)

    assert card.status is Status.INSUFFICIENT
    assert card.missing_weight == D("66.67")


@pytest.mark.parametrize("limit", ["50", "100"])
def test_a_card_with_nothing_measured_has_no_figures(limit: str) -> None:
    card = appraise(make_items(None, None), CardSettings(insufficient_above=D(limit)))

    assert card.status is Status.INSUFFICIENT
    assert (card.subtotal, card.final, card.band) == (None, None, None)
    assert {line.weight for line in card.lines} == {D(0)}


def test_a_card_whose_measured_items_weigh_nothing_is_insufficient() -> None:
    items = [make_item("80", position=1, weight=D(0)), make_item(None, position=2)]

    card = appraise(items)

    assert (card.status, card.final) == (Status.INSUFFICIENT, None)


def test_a_card_without_items_is_insufficient() -> None:
    assert appraise([]).status is Status.INSUFFICIENT


def test_a_card_that_is_not_scored_still_shows_its_lines() -> None:
    card = appraise(make_items("80", None, missing_policy=MissingPolicy.NOT_SCORED))

    assert card.status is Status.NOT_SCORED
    assert (card.subtotal, card.final, card.band, card.next_band) == (None,) * 4
    assert card.lines[0].contribution == D(40)
    assert card.lines[1].contribution == D(0)


@pytest.mark.parametrize(
    ("worked_days", "status"),
    [(9, Status.NOT_ASSESSED), (10, Status.SCORED), (None, Status.SCORED)],
)
def test_too_few_working_days_are_not_assessed(worked_days: int | None, status: Status) -> None:
    card = appraise([make_item()], CardSettings(worked_days=worked_days, min_days=10))

    assert card.status is status
    assert (card.final is None) is (status is Status.NOT_ASSESSED)
    assert card.lines[0].points == D(80)


def test_the_first_reason_against_a_score_is_the_status() -> None:
    items = make_items(None, None, missing_policy=MissingPolicy.NOT_SCORED)

    assert appraise(items).status is Status.NOT_SCORED
    settings = CardSettings(worked_days=0, min_days=1)
    assert appraise(items, settings).status is Status.NOT_ASSESSED
