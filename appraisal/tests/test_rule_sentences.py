"""Every explanation key and every problem has its sentence, with exactly its numbers."""

import re
from decimal import Decimal

import pytest
from django.utils.translation import override

from appraisal.rule_sentences import PROBLEMS, SENTENCES, problem_sentence, sentence, sentences
from appraisal.scoring import KEYS, PARAMS, PROBLEM_CODES, Context, Part, Problem, parse
from appraisal.scoring import PROBLEMS as PROBLEM_PARAMS
from appraisal.scoring.errors import RuleError

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def test_there_is_a_sentence_for_every_key_and_no_other() -> None:
    assert set(SENTENCES) == set(KEYS)
    assert set(PROBLEMS) == set(PROBLEM_CODES)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_shows_every_number_of_its_key(key: str, language: str) -> None:
    params = {name: str(number) for number, name in enumerate(PARAMS[key], start=811)}
    with override(language):
        assert set(PLACEHOLDER.findall(str(SENTENCES[key]))) == set(PARAMS[key])
        text = sentence(Part(key, params), "s")

    assert all(number in text for number in params.values())
    assert "%(" not in text


@pytest.mark.parametrize("code", PROBLEM_CODES)
def test_a_problem_shows_its_numbers(code: str) -> None:
    params = {name: f"<{name}>" for name in PROBLEM_PARAMS[code]}
    problem = Problem(code, params, "target")

    text = problem_sentence(problem)

    assert set(PLACEHOLDER.findall(str(PROBLEMS[code]))) <= set(params)
    assert "%(" not in text


def test_values_carry_the_unit_of_the_metric_and_points_do_not() -> None:
    rule = parse("linear", {"direction": "down", "target": "60"})
    with override("en"):
        words = sentences(rule.describe(Decimal("72.5000"), Decimal("82.76")), "s")

    assert words[-1] == "60 seconds ÷ 72.5 seconds × 100 = 82.76 points."


def test_a_unit_of_a_rate_is_percentage_points() -> None:
    params = {"direction": "up", "reference": "90", "unit": "5", "points": "2"}
    rule = parse("per_unit", params)
    with override("en"):
        words = sentences(rule.in_words(Context(nominal_weight=Decimal(25))), "percent")

    assert words[0].startswith("90 % is worth 100 points; each 5 percentage points lower costs 8")


def test_the_multiple_of_a_baseline_has_no_unit() -> None:
    rule = parse("tolerance", {"direction": "down", "baseline": "company_mean", "tolerance": "20"})
    with override("en"):
        words = sentences(rule.in_words(), "s")

    assert "0 points at 2 times the baseline" in words[0]


def test_long_durations_are_said_in_hours_beside_the_exact_seconds() -> None:
    with override("en"):
        text = sentence(Part("target.at_most", {"target": "5412.5"}), "s")

    assert text == "≤ 5412.5 seconds (1 h 30 min 12 s)"


def test_a_stored_part_renders_like_a_fresh_one() -> None:
    part = Part("card.band", {"band": "excellent"})

    names = {"excellent": "优秀"}
    assert sentence(part.as_json(), band_name=names.__getitem__) == sentence(
        part, band_name=names.__getitem__
    )


def test_every_problem_that_the_engine_raises_can_be_said() -> None:
    with pytest.raises(RuleError) as caught:
        parse("tiers", {"direction": "up", "tiers": [{"bound": "x"}], "otherwise": "200"})

    assert all(problem_sentence(problem) for problem in caught.value.problems)
