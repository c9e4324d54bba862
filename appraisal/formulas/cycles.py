"""That no formula depends on itself, not through any number of others either."""

from __future__ import annotations

from collections.abc import Mapping

from appraisal.formulas.errors import FormulaError
from appraisal.formulas.formula import Formula

LONGEST_CHAIN = 8
"""How many formulas may build upon each other."""


def check_cycles(code: str, formula: Formula, formulas: Mapping[str, Formula]) -> None:
    """Raises FormulaError, at the name in `formula` through which it would depend on itself.

    `formulas` are all others by code (an older one of the same code does not count); the chain
    is named from `code` to `code`. Also refuses chains longer than LONGEST_CHAIN.
    """
    others = {**formulas, code: formula}
    heights: dict[str, int] = {}
    for name in formula.names:
        column = formula.column_of(name)
        if _height(name, [code], others, heights, column) >= LONGEST_CHAIN:
            raise FormulaError("chain_too_long", column, most=str(LONGEST_CHAIN))


def _height(
    name: str,
    path: list[str],
    formulas: Mapping[str, Formula],
    heights: dict[str, int],
    column: int,
) -> int:
    """How many formulas stand on top of each other below `name`, itself included."""
    if name in path:
        chain = [*path[path.index(name) :], name]
        raise FormulaError("cycle", column, chain=" → ".join(chain))
    if name not in formulas:
        return 0
    if name not in heights:
        if len(path) > LONGEST_CHAIN:
            raise FormulaError("chain_too_long", column, most=str(LONGEST_CHAIN))
        below = [
            _height(each, [*path, name], formulas, heights, column)
            for each in formulas[name].names
        ]
        heights[name] = 1 + max(below)
    return heights[name]
