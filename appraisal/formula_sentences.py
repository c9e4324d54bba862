"""What is wrong with a formula, said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from appraisal.formulas import FormulaError
from appraisal.metric_text import unit_label

PROBLEMS: Mapping[str, Any] = {
    "empty": _("The formula is empty."),
    "too_long": _("The formula is longer than %(most)s characters."),
    "bad_character": _("“%(text)s” cannot be used in a formula."),
    "not_closed": _("This bracket is not closed."),
    "not_opened": _("This bracket was never opened."),
    "incomplete": _("Something is missing at the end."),
    "syntax": _("The formula cannot be read from here on."),
    "too_deep": _("More than %(most)s levels of brackets. Split the formula into several."),
    "too_many_parts": _("More than %(most)s parts. Split the formula into several."),
    "not_allowed": _(
        "“%(text)s” is not allowed. There are numbers, codes of indicators, + − * / and brackets."
    ),
    "bad_number": _("“%(text)s” is not a number. Write digits such as 72.5."),
    "unknown_function": _("There is no function “%(text)s”. There are: %(functions)s."),
    "wrong_arguments": _("%(function)s takes %(least)s to %(most)s values, parted by commas."),
    "bad_places": _("A value is rounded to 0 to %(most)s decimals."),
    "no_names": _("A formula needs the code of at least one indicator."),
    "unknown_name": _("There is no indicator with the code “%(name)s”."),
    "cycle": _("The formula depends on itself: %(chain)s."),
    "chain_too_long": _("More than %(most)s formulas build upon each other."),
    "unit_mismatch": _("%(left)s and %(right)s cannot be added or compared."),
    "no_unit": _("%(left)s %(operator)s %(right)s has no unit that can be scored."),
    "wrong_unit": _("The result is in %(found)s, not in %(declared)s."),
}

UNITS = frozenset({"left", "right", "found", "declared"})
BARE = {"number": _("a plain number"), "any": _("a plain number"), "count": _("a count")}


def formula_problem(error: FormulaError) -> str:
    """The sentence, with the character where it belongs."""
    shown = {name: _unit(text) if name in UNITS else text for name, text in error.params.items()}
    sentence = str(PROBLEMS[error.code]) % shown
    where = _("Character %(column)s: %(problem)s")
    return str(where) % {"column": error.column, "problem": sentence}


def _unit(code: str) -> str:
    return str(BARE[code]) if code in BARE else unit_label(code) or code
