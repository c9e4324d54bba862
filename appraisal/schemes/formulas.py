"""Whether a formula can stand in the library: its codes, its units, no way back to itself."""

from __future__ import annotations

from collections.abc import Mapping

from appraisal.formula_sentences import formula_problem
from appraisal.formulas import Formula, FormulaError, check_cycles, parse_formula
from appraisal.metrics.base import Unit
from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator

FREE = ("formula", "recorded")
"""Metrics of anything: the unit stands in their parameters, the direction in the rule."""


def check_formula(code: str, params: Mapping[str, str]) -> str:
    """What is wrong with a formula that is to stand in the library as `code`; "" for nothing.

    The sentence names the character. `params` as on the indicator: `expression` and `unit`.
    """
    error = formula_error(code, params)
    return "" if error is None else formula_problem(error)


def formula_error(code: str, params: Mapping[str, str]) -> FormulaError | None:
    """The first mistake with its column: syntax, unknown codes, a way back to itself, units."""
    try:
        formula = parse_formula(params.get("expression", ""))
        library = {each.code: each for each in Indicator.objects.all() if each.code != code}
        formula.check_names([*library, code])
        check_cycles(code, formula, _formulas(library))
        named = {name: library[name] for name in formula.names}
        units = {name: unit_of(each.metric, each.params) for name, each in named.items()}
        formula.check_unit(units, params.get("unit") or Unit.NUMBER.value)
    except FormulaError as error:
        return error
    return None


def unit_of(metric: str, params: Mapping[str, str]) -> str:
    """The unit of an indicator's values, as `Unit` has them; "" for an unknown metric."""
    if metric in FREE:
        return params.get("unit") or Unit.NUMBER.value
    found = METRICS.get(metric)
    return str(found.unit) if found else ""


def _formulas(library: Mapping[str, Indicator]) -> dict[str, Formula]:
    """The formulas of the library by code; what cannot be read any more leads nowhere."""
    found = {}
    for code, indicator in library.items():
        if indicator.metric != "formula":
            continue
        try:
            found[code] = parse_formula(indicator.params.get("expression", ""))
        except FormulaError:
            continue
    return found
