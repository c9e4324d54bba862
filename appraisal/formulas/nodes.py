"""The parts that a formula may be made of. Each knows the column (from 1) where it begins."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Number:
    """A constant, 0 or more."""

    column: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    """The value of an indicator, by its code."""

    column: int
    code: str


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus something."""

    column: int
    operand: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """`left operator right`; `column` is that of the operator."""

    column: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """One of the functions; `places` only of `round`."""

    column: int
    function: str
    arguments: tuple[Node, ...]
    places: int = 0


Node = Number | Name | Negative | Operation | Call


def children(node: Node) -> tuple[Node, ...]:
    """The parts right below a part."""
    match node:
        case Negative():
            return (node.operand,)
        case Operation():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case _:
            return ()
