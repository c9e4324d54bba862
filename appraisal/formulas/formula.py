"""A formula: which indicators it names, its unit, and its value.

Source: 2-indicators.md, "Recorded values" (`formula`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from appraisal.formulas import units
from appraisal.formulas.errors import FormulaError
from appraisal.formulas.nodes import Call, Name, Negative, Node, Number, Operation, children
from appraisal.scoring.arithmetic import LARGEST, exact, round4

Values = Mapping[str, Decimal | None]

_ACROSS: Mapping[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "min": min,
    "max": max,
    "sum": lambda numbers: sum(numbers, Decimal(0)),
    "abs": lambda numbers: abs(numbers[0]),
}


class _NoData(Exception):
    """A value is missing, or something is divided by 0."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked expression. `text` is as it was written."""

    text: str
    root: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The codes of the indicators that it uses, each once, in the order of the text."""
        return tuple(dict.fromkeys(node.code for node in self._names()))

    def column_of(self, code: str) -> int:
        """Where a name stands first, from 1. Raises KeyError if it is not in the formula."""
        for node in self._names():
            if node.code == code:
                return node.column
        raise KeyError(code)

    def check_names(self, known: Collection[str]) -> None:
        """Raises FormulaError at the first name that is not in `known`."""
        for node in self._names():
            if node.code not in known:
                raise FormulaError("unknown_name", node.column, name=node.code)

    def unit(self, given: Mapping[str, str]) -> str:
        """The unit of the result, from the units of the names; units.NUMBER for a plain number.

        Raises FormulaError at the operator whose sides do not fit together.
        """
        found = units.unit_of(self.root, given)
        return units.NUMBER if found == units.ANY else found

    def check_unit(self, given: Mapping[str, str], declared: str) -> None:
        """Raises FormulaError if the result cannot be in the declared unit.

        A plain number (a ratio) may be declared as anything but a time.
        """
        found = self.unit(given)
        if found == declared or (found == units.NUMBER and declared != units.SECONDS):
            return
        raise FormulaError("wrong_unit", 1, found=found, declared=declared)

    def evaluate(self, values: Values) -> Decimal | None:
        """The value, 4 decimals, half up; None: no data.

        No data is a missing value of any name, a division by zero wherever it stands, or a
        result of 10^12 or more, which is no measured value. Raises KeyError for a name that is
        not in `values`.
        """
        with exact():
            try:
                number = _value(self.root, values)
            except _NoData:
                return None
            if abs(number) >= LARGEST or abs(round4(number)) >= LARGEST:
                return None
            return round4(number) + 0

    def _names(self) -> Iterator[Name]:
        """In the order of the text."""
        stack: list[Node] = [self.root]
        while stack:
            node = stack.pop()
            if isinstance(node, Name):
                yield node
            stack += reversed(children(node))


def _value(node: Node, values: Values) -> Decimal:
    match node:
        case Number():
            return node.value
        case Name():
            found = values[node.code]
            if found is None:
                raise _NoData
            return found
        case Negative():
            return -_value(node.operand, values)
        case Operation():
            return _operated(node.operator, _value(node.left, values), _value(node.right, values))
        case _:
            return _called(node, [_value(each, values) for each in node.arguments])


def _operated(operator: str, left: Decimal, right: Decimal) -> Decimal:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            if right == 0:
                raise _NoData
            return left / right


def _called(node: Call, numbers: Sequence[Decimal]) -> Decimal:
    if node.function != "round":
        return _ACROSS[node.function](numbers)
    if abs(numbers[0]) >= LARGEST:
        raise _NoData
    return numbers[0].quantize(Decimal(1).scaleb(-node.places), ROUND_HALF_UP)
