"""A formula is read to the column, and nothing but arithmetic is let in."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.formulas import FUNCTIONS, LONGEST, FormulaError, parse_formula
from appraisal.formulas.errors import PROBLEMS


def refused(text: str) -> tuple[str, int]:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert set(caught.value.params) == set(PROBLEMS[caught.value.code])
    return caught.value.code, caught.value.column


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("", "empty", 1),
        ("  \n", "empty", 1),
        ("a" * (LONGEST + 1), "too_long", LONGEST + 1),
        ("投诉 / orders", "bad_character", 1),
        ("orders / '1'", "bad_character", 10),
        ("orders % 2", "bad_character", 8),
        ("orders[0]", "bad_character", 7),
        ("a == b", "bad_character", 3),
        ("(a + b", "not_closed", 1),
        ("a + (b * (c)", "not_closed", 5),
        ("a + b)", "not_opened", 6),
        ("a +", "incomplete", 4),
        ("a + (b *)", "incomplete", 10),
        ("( )", "not_allowed", 1),
        ("a and", "incomplete", 6),
        ("  a -", "incomplete", 6),
        ("a b", "syntax", 3),
        ("  a + b c", "syntax", 9),
        ("a (b c)", "syntax", 4),
        ("a,,b", "syntax", 3),
        ("2 + 2", "no_names", 3),
        ("a ** b", "not_allowed", 3),
        (" (a) ** 9", "not_allowed", 6),
        ("a // b", "not_allowed", 3),
        ("a + 1e9", "bad_number", 5),
        ("a + 0x1F", "bad_number", 5),
        ("a + 1_000", "bad_number", 5),
        ("a + 1j", "bad_number", 5),
        ("a + .5", "bad_number", 5),
        ("a + 1234567890123", "bad_number", 5),
        ("a + 1.123456789", "bad_number", 5),
        ("a + True", "bad_number", 5),
        ("None / a", "bad_number", 1),
        ("a.b", "not_allowed", 1),
        ("a, b", "not_allowed", 1),
        ("a if b else c", "not_allowed", 1),
        ("1 + (a and b)", "not_allowed", 6),
        ("not a", "not_allowed", 1),
        ("a in b", "not_allowed", 1),
        ("min(*a)", "wrong_arguments", 1),
        ("min(*a, b)", "not_allowed", 5),
        ("power(a, 2)", "unknown_function", 1),
        ("a + pow(a, 2)", "unknown_function", 5),
        ("a.b(1)", "unknown_function", 1),
        ("(a + b)(2)", "unknown_function", 1),
        ("min(a)", "wrong_arguments", 1),
        ("abs(a, b)", "wrong_arguments", 1),
        ("round(a, b)", "bad_places", 10),
        ("round(a, 5)", "bad_places", 10),
        ("round(a, 1 + 1)", "bad_places", 10),
        ("round(a, 01)", "syntax", 10),
        ("min(" + ",".join(["a"] * 21) + ")", "wrong_arguments", 1),
        ("(" * 21 + "a" + ")" * 21, "too_deep", 21),
        ("-" * 150 + "a", "too_many_parts", 151),
        ("a" + "+a" * 75, "too_many_parts", 151),
    ],
)
def test_what_is_wrong_is_named_with_its_column(text: str, code: str, column: int) -> None:
    assert refused(text) == (code, column)


def test_too_many_parts_are_refused() -> None:
    many = "sum(" + ",".join(["sum(" + ",".join(["a"] * 15) + ")"] * 15) + ")"

    assert refused(many)[0] == "too_many_parts"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')",
        "__import__(os)",
        "().__class__.__bases__",
        "a.__class__",
        "a.__class__.__mro__",
        "eval(a)",
        "exec(a)",
        "open(a)",
        "print(a)",
        "getattr(a, b)",
        "globals()",
        "vars()",
        "breakpoint()",
        "lambda a: a",
        "[a for a in b]",
        "{a: 1}",
        "(a for b in c)",
        "(yield)",
        "await a",
        "f'{a}'",
        '"a" * 999999999',
        "a := 1",
        "(a := 1)",
        "a; b",
        "a = 1",
        "import os",
        "a\x00b",
        "a\\\n+b",
        "a # comment",
        "a @ b",
        "a << 99",
        "a | b",
        "~a",
        "9 ** 9 ** 9 ** 9 + a",
        "a" + "**9" * 50,
        "(" * 500 + "a" + ")" * 500,
        "-" * 999 + "a",
        "+" * 999 + "a",
        "a" + "(" * 90 + ")" * 90,
        "a" + "()" * 300,
        "a" + ".b" * 300,
        "a" + " if a else a" * 80,
        "not " * 200 + "a",
        "1" * 990 + "+a",
        "ａ + ｂ",
        "a\u2028+b",
        "round(a, 999999999)",
        "max(key, a, default=b)",
        "min(**a)",
    ],
)
def test_nothing_can_be_run_or_blown_up(text: str) -> None:
    start = time.perf_counter()

    code, column = refused(text)

    assert code in PROBLEMS
    assert 1 <= column <= len(text) + 1
    assert time.perf_counter() - start < 0.5


@given(st.text(max_size=60) | st.text("ab12.,+-*/() minroudsxe_", max_size=60))
def test_any_text_is_a_formula_or_a_problem_with_a_column(text: str) -> None:
    column = 1
    try:
        formula = parse_formula(text)
    except FormulaError as error:
        column = error.column
    else:
        assert formula.names
    assert 1 <= column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("complaints / orders * 100", ("complaints", "orders")),
        ("  b - a + b\n\t* (c)", ("b", "a", "c")),
        ("min(a, max(b, 2.5)) + round(c) - round(d, 2) + abs(-e) + sum(f, +g)", tuple("abcdefg")),
        ("min", ("min",)),
    ],
)
def test_the_names_come_in_the_order_of_the_text(text: str, names: tuple[str, ...]) -> None:
    formula = parse_formula(text)

    assert formula.names == names
    assert [formula.column_of(name) for name in names] == [
        text.index(name) + 1 if len(name) > 1 else formula.column_of(name) for name in names
    ]


def test_a_column_is_that_of_the_first_place_of_a_name() -> None:
    formula = parse_formula(" ab + a / ab")

    assert (formula.column_of("ab"), formula.column_of("a")) == (2, 7)
    with pytest.raises(KeyError):
        formula.column_of("b")


def test_unknown_names_are_refused_where_they_stand() -> None:
    formula = parse_formula("fcr + nps * 2")

    formula.check_names({"fcr", "nps"})
    with pytest.raises(FormulaError) as caught:
        formula.check_names({"fcr"})
    assert (caught.value.code, caught.value.column) == ("unknown_name", 7)
    assert caught.value.params == {"name": "nps"}


def test_every_function_is_read() -> None:
    for name, (least, _) in FUNCTIONS.items():
        assert parse_formula(f"{name}({', '.join('abc'[:least])})").names


def test_a_problem_needs_its_params() -> None:
    with pytest.raises(TypeError, match="needs"):
        FormulaError("unknown_name", 1)


def test_a_stack_that_is_nearly_full_gives_a_problem_and_no_crash() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(list(_frames())) + 30)
    try:
        found = refused("-" * 140 + "a")
    finally:
        sys.setrecursionlimit(before)

    assert found == ("too_deep", 1)


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back
