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
    MissingPolicy,
    Part,
    appraise,
    explain_card,
    explain_line,
)
from appraisal.scoring.tests.factories import make_complaints_card, make_item, make_rule

D = Decimal


def words(parts: tuple[Part, ...]) -> list[str]:
    return [each.key for each in parts]


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
