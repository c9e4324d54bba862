"""From text to the parts of a formula. Whatever is not expressly let in is refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from appraisal.formulas.errors import FormulaError
from appraisal.formulas.formula import Formula
from appraisal.formulas.nodes import Call, Name, Negative, Node, Number, Operation

LONGEST = 1000
"""Characters of a formula."""
DEEPEST = 20
"""How deeply parts may be nested."""
MOST_PARTS = 150
"""Numbers, names, operators and calls together; this limits the depth of the tree, too."""
MOST_ARGUMENTS = 20
MOST_PLACES = 4

FUNCTIONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "min": (2, MOST_ARGUMENTS),
        "max": (2, MOST_ARGUMENTS),
        "sum": (2, MOST_ARGUMENTS),
        "round": (1, 2),
        "abs": (1, 1),
    }
)
"""The functions with the fewest and most arguments that each takes."""

_ALLOWED = re.compile(r"[0-9A-Za-z_.,+\-*/() \t\r\n]")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,8})?")
_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


def parse_formula(text: str) -> Formula:
    """The formula behind a text. Raises FormulaError, with the first thing that is wrong."""
    flat = re.sub(r"[\t\r\n]", " ", text)
    _check_characters(flat)
    _check_brackets(flat)
    root = _Reader(flat).read()
    formula = Formula(text, root)
    if not formula.names:
        raise FormulaError("no_names", root.column)
    return formula


def _check_characters(text: str) -> None:
    if len(text) > LONGEST:
        raise FormulaError("too_long", LONGEST + 1, most=str(LONGEST))
    if not text.strip():
        raise FormulaError("empty", 1)
    for column, character in enumerate(text, start=1):
        if not _ALLOWED.match(character):
            raise FormulaError("bad_character", column, text=character)


def _check_brackets(text: str) -> None:
    """Every bracket has its partner, and they do not nest more deeply than allowed.

    Before the syntax is read, so that no text can exhaust the reader.
    """
    opened: list[int] = []
    for column, character in enumerate(text, start=1):
        if character == "(":
            opened.append(column)
            if len(opened) > DEEPEST:
                raise FormulaError("too_deep", column, most=str(DEEPEST))
        elif character == ")":
            if not opened:
                raise FormulaError("not_opened", column)
            opened.pop()
    if opened:
        raise FormulaError("not_closed", opened[-1])


class _Reader:
    """Reads a text without line breaks or characters beyond ASCII: an offset is a column."""

    def __init__(self, text: str) -> None:
        self.lead = len(text) - len(text.lstrip())
        self.text = text.strip()
        self.parts = 0
        self.readers: Mapping[type[ast.expr], Callable[..., Node]] = {
            ast.BinOp: self._operation,
            ast.UnaryOp: self._negative,
            ast.Constant: self._number,
            ast.Name: self._name,
            ast.Call: self._call,
        }

    def read(self) -> Node:
        try:
            return self._node(ast.parse(self.text, mode="eval").body)
        except SyntaxError as error:
            raise self._syntax(error) from None
        except (MemoryError, RecursionError):
            raise FormulaError("too_deep", self._at(0), most=str(DEEPEST)) from None

    def _syntax(self, error: SyntaxError) -> FormulaError:
        at = (error.offset or len(self.text) + 1) - 1
        if not self.text[at:].strip() or self.text.rstrip(") ")[-1] in "+-*/,(":
            return FormulaError("incomplete", self._at(len(self.text)))
        return FormulaError("syntax", self._at(at))

    def _node(self, node: ast.expr) -> Node:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise FormulaError("too_many_parts", self._at(node.col_offset), most=str(MOST_PARTS))
        reader = self.readers.get(type(node))
        if reader is None:
            raise self._refused(node)
        return reader(node)

    def _operation(self, node: ast.BinOp) -> Node:
        column = self._operator_at(node)
        sign = _OPERATORS.get(type(node.op))
        if sign is None:
            raise FormulaError("not_allowed", column, text=self._operator(node))
        return Operation(column, sign, self._node(node.left), self._node(node.right))

    def _negative(self, node: ast.UnaryOp) -> Node:
        operand = self._node(node.operand)
        if isinstance(node.op, ast.USub):
            return Negative(self._at(node.col_offset), operand)
        if isinstance(node.op, ast.UAdd):
            return operand
        raise self._refused(node)

    def _number(self, node: ast.Constant) -> Node:
        text, column = self._source(node), self._at(node.col_offset)
        if not _NUMBER.fullmatch(text):
            raise FormulaError("bad_number", column, text=text)
        return Number(column, Decimal(text))

    def _name(self, node: ast.Name) -> Node:
        return Name(self._at(node.col_offset), node.id)

    def _call(self, node: ast.Call) -> Node:
        column = self._at(node.col_offset)
        name = self._source(node.func)
        if not isinstance(node.func, ast.Name) or name not in FUNCTIONS:
            names = ", ".join(FUNCTIONS)
            raise FormulaError("unknown_function", column, text=name, functions=names)
        least, most = FUNCTIONS[name]
        if node.keywords or not least <= len(node.args) <= most:
            numbers = {"least": str(least), "most": str(most)}
            raise FormulaError("wrong_arguments", column, function=name, **numbers)
        if name != "round":
            return Call(column, name, tuple(self._node(each) for each in node.args))
        places = self._places(node.args[1]) if len(node.args) == 2 else 0
        return Call(column, name, (self._node(node.args[0]),), places)

    def _places(self, node: ast.expr) -> int:
        text = self._source(node)
        if not isinstance(node, ast.Constant) or text not in "01234":
            raise FormulaError("bad_places", self._at(node.col_offset), most=str(MOST_PLACES))
        return int(text)

    def _refused(self, node: ast.expr) -> FormulaError:
        return FormulaError("not_allowed", self._at(node.col_offset), text=self._source(node))

    def _operator_at(self, node: ast.BinOp) -> int:
        """The column of the operator: the first character behind the left side's brackets."""
        at = node.left.end_col_offset or 0
        while self.text[at] in " )":
            at += 1
        return self._at(at)

    def _operator(self, node: ast.BinOp) -> str:
        at = self._operator_at(node) - self.lead - 1
        return self.text[at : at + 2]

    def _source(self, node: ast.expr) -> str:
        return self.text[node.col_offset : node.end_col_offset]

    def _at(self, offset: int) -> int:
        return self.lead + offset + 1
