"""Every problem of a formula has its sentence in each language."""

import re

import pytest
from django.utils.translation import override

from appraisal.formula_sentences import PROBLEMS, formula_problem
from appraisal.formulas import PROBLEMS as PARAMS
from appraisal.formulas import FormulaError, parse_formula

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def test_there_is_a_sentence_for_every_code_and_no_other() -> None:
    assert set(PROBLEMS) == set(PARAMS)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("code", PARAMS)
def test_a_sentence_shows_its_params_and_the_column(code: str, language: str) -> None:
    params = {name: str(number) for number, name in enumerate(PARAMS[code], start=811)}
    with override(language):
        assert set(PLACEHOLDER.findall(str(PROBLEMS[code]))) == set(PARAMS[code])
        text = formula_problem(FormulaError(code, 7, **params))

    assert "7" in text
    assert all(number in text for number in params.values())


def test_units_are_named() -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula("frt + fcr").unit({"frt": "s", "fcr": "count"})

    with override("en"):
        text = formula_problem(caught.value)
    assert text == "Character 5: seconds and a count cannot be added or compared."
