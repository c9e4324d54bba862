"""Formulas over indicators: checked expressions that turn into decimals. Pure, no Django.

    formula = parse_formula("complaints / orders * 100")      # FormulaError with its column
    formula.names                                             # ("complaints", "orders")
    formula.check_names(codes); check_cycles(code, formula, others)
    formula.check_unit({"complaints": "count", "orders": "count"}, declared="percent")
    formula.evaluate({"complaints": Decimal(3), "orders": None})     # None: no data

Nothing is ever run as code: the text is read into a syntax tree, of which only numbers, names,
`+ - * / ( )` and the functions of FUNCTIONS are let in; a walk over that tree computes. Its
length, its depth and the number of its parts are limited, and there is no power.
`PROBLEMS` lists every code with its params, so that the catalogue can be proved complete.
Source: 2-indicators.md, "Recorded values" (`formula`).
"""

from appraisal.formulas.cycles import check_cycles
from appraisal.formulas.errors import PROBLEMS, FormulaError
from appraisal.formulas.formula import Formula
from appraisal.formulas.reading import FUNCTIONS, LONGEST, parse_formula

__all__ = [
    "FUNCTIONS",
    "LONGEST",
    "PROBLEMS",
    "Formula",
    "FormulaError",
    "check_cycles",
    "parse_formula",
]
