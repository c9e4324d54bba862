"""Which units may meet in a formula, and what comes of it.

A number written in the formula takes any unit that is needed. Two of the same unit divided are a
plain number; a count or a plain number multiplies and divides anything; times add up only with
times. Percent, points and counts are numbers without a dimension, so that they may be multiplied
and divided with each other (the result is a plain number), but not added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appraisal.formulas.errors import FormulaError
from appraisal.formulas.nodes import Call, Name, Negative, Node, Number, Operation

ANY = "any"
NUMBER = "number"
COUNT = "count"
SECONDS = "s"


def unit_of(node: Node, given: Mapping[str, str]) -> str:
    """The unit of a part; ANY for one made of written numbers only.

    Raises FormulaError at the operator or function whose sides do not fit together, and
    KeyError for a name that is not in `given`.
    """
    match node:
        case Number():
            return ANY
        case Name():
            return given[node.code]
        case Negative():
            return unit_of(node.operand, given)
        case Call():
            return _alike([unit_of(each, given) for each in node.arguments], node.column)
        case _:
            return _operated(node, unit_of(node.left, given), unit_of(node.right, given))


def _operated(node: Operation, left: str, right: str) -> str:
    match node.operator:
        case "*":
            return _product(left, right, node.column)
        case "/":
            return _quotient(left, right, node.column)
        case _:
            return _alike([left, right], node.column)


def _alike(units: Sequence[str], column: int) -> str:
    found = ANY
    for unit in units:
        if ANY not in (found, unit) and found != unit:
            raise FormulaError("unit_mismatch", column, left=found, right=unit)
        found = unit if found == ANY else found
    return found


def _product(left: str, right: str, column: int) -> str:
    """Scaling keeps a unit; the weaker of both is the one that scales."""
    if left == right == SECONDS:
        raise FormulaError("no_unit", column, left=left, right=right, operator="*")
    if SECONDS in (left, right):
        return SECONDS
    for scale in (ANY, NUMBER, COUNT):
        if scale in (left, right):
            return right if left == scale else left
    return NUMBER


def _quotient(left: str, right: str, column: int) -> str:
    if right == SECONDS and left not in (SECONDS, ANY):
        raise FormulaError("no_unit", column, left=left, right=right, operator="/")
    if left == right:
        return left if left == ANY else NUMBER
    if left == ANY:
        return NUMBER
    return left if left == SECONDS or right in (ANY, NUMBER, COUNT) else NUMBER
