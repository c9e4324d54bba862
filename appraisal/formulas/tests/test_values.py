"""What a formula is worth, in which unit, and on what it depends."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.formulas import FormulaError, check_cycles, parse_formula

D = Decimal
UNITS = {
    "tickets": "count",
    "orders": "count",
    "frt": "s",
    "aht": "s",
    "fcr": "percent",
    "csat": "points",
    "plain": "number",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a / b * 100", "42.8571"),
        ("a - b", "-4.0000"),
        ("-a", "-3.0000"),
        ("+a", "3.0000"),
        ("-(a - 3)", "0.0000"),
        ("(a + b) * 2 - 1.5", "18.5000"),
        ("min(a, b, 2)", "2.0000"),
        ("max(a, b, 2)", "7.0000"),
        ("sum(a, b, 2)", "12.0000"),
        ("abs(a - b)", "4.0000"),
        ("round(b / a)", "2.0000"),
        ("round(a / 2)", "2.0000"),
        ("round(b / a, 2)", "2.3300"),
        ("round(0 - a / 2)", "-2.0000"),
        ("a / 20000", "0.0002"),
        ("a / b * b", "3.0000"),
        ("a * 333333333333", "999999999999.0000"),
    ],
)
def test_values_are_exact_to_four_decimals(text: str, value: str) -> None:
    found = parse_formula(text).evaluate({"a": D(3), "b": D(7)})

    assert str(found) == value


@pytest.mark.parametrize(
    "text",
    [
        "a / nothing",
        "a / (b - 7)",
        "max(a, a / 0)",
        "gone + a",
        "min(gone, a)",
        "a * 333333333334",
        "a * 333333333333 + 0.99996",
        "0 - a * 333333333334",
        "round(a * 999999999999)",
        "a" + "*999999999999" * 18,
        "a / (b / 999999999999 / 999999999999 / 999999999999)",
    ],
)
def test_no_data_gives_no_value(text: str) -> None:
    values = {"a": D(3), "b": D(7), "nothing": D(0), "gone": None}

    assert parse_formula(text).evaluate(values) is None


def test_a_value_that_nobody_passed_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        parse_formula("a + b").evaluate({"a": D(1)})


SUMS = st.recursive(
    st.sampled_from(["a", "b", "c", "2", "0.5"]),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
    max_leaves=8,
)


@given(
    text=SUMS,
    values=st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3),
)
def test_a_value_is_that_of_exact_fractions(text: str, values: list[int]) -> None:
    given_values = dict(zip("abc", (D(value) / 100 for value in values), strict=True))
    fractions = {name: Fraction(value) for name, value in given_values.items()}
    fractions |= {"half": Fraction(1, 2), "two": Fraction(2)}
    plain = text.replace("0.5", "half").replace("2", "two")

    found = parse_formula(f"{text} + a - a").evaluate(given_values)

    try:
        exact = eval(plain, {"__builtins__": {}}, fractions)
    except ZeroDivisionError:
        assert found is None
        return
    if found is None:
        assert abs(exact) >= 10**12 - 1
    else:
        assert abs(Fraction(found) - exact) <= Fraction(1, 20000)


def test_the_value_does_not_depend_on_the_thread() -> None:
    formula = parse_formula("a / b")
    with localcontext(prec=3, rounding=ROUND_DOWN):
        assert formula.evaluate({"a": D(2), "b": D(3)}) == D("0.6667")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("tickets / orders * 100", "number"),
        ("tickets + orders", "count"),
        ("tickets + 5", "count"),
        ("2 * 3 + fcr", "percent"),
        ("frt + aht", "s"),
        ("frt - 60", "s"),
        ("min(frt, 60)", "s"),
        ("max(60, frt, aht)", "s"),
        ("frt / aht", "number"),
        ("60 / frt", "number"),
        ("frt / 60", "s"),
        ("frt * tickets", "s"),
        ("tickets * frt", "s"),
        ("frt * fcr / 100", "s"),
        ("frt / fcr", "s"),
        ("frt * tickets / orders", "s"),
        ("fcr * 0.4", "percent"),
        ("0.4 * fcr", "percent"),
        ("fcr * tickets", "percent"),
        ("plain * fcr", "percent"),
        ("fcr * plain", "percent"),
        ("fcr * csat / 100", "number"),
        ("fcr / csat", "number"),
        ("fcr / tickets", "percent"),
        ("tickets / fcr", "number"),
        ("tickets * orders", "count"),
        ("tickets * plain", "count"),
        ("plain / plain", "number"),
        ("csat / plain", "points"),
        ("-fcr", "percent"),
        ("round(csat, 1)", "points"),
        ("abs(nps)", "points"),
        ("2 / 3 * fcr", "percent"),
        ("1 + 1 + fcr * 0", "percent"),
    ],
)
def test_units_go_with_the_arithmetic(text: str, unit: str) -> None:
    assert parse_formula(text).unit(UNITS | {"nps": "points"}) == unit


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("frt + fcr", "unit_mismatch", 5),
        ("fcr - csat", "unit_mismatch", 5),
        ("2 * (frt + tickets / orders)", "unit_mismatch", 10),
        ("1 + min(frt, 2, tickets)", "unit_mismatch", 5),
        ("tickets + frt", "unit_mismatch", 9),
        ("frt * aht", "no_unit", 5),
        ("tickets / frt", "no_unit", 9),
        ("(fcr) / frt", "no_unit", 7),
    ],
)
def test_units_that_do_not_fit_are_refused_at_the_operator(
    text: str, code: str, column: int
) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text).unit(UNITS)

    assert (caught.value.code, caught.value.column) == (code, column)


@pytest.mark.parametrize(
    ("text", "declared", "fits"),
    [
        ("tickets / orders * 100", "percent", True),
        ("tickets / orders * 100", "number", True),
        ("tickets / orders", "points", True),
        ("tickets / orders", "s", False),
        ("frt", "s", True),
        ("frt", "percent", False),
        ("fcr", "percent", True),
        ("fcr", "points", False),
    ],
)
def test_the_declared_unit_must_be_possible(text: str, declared: str, fits: bool) -> None:
    formula = parse_formula(text)
    if fits:
        formula.check_unit(UNITS, declared)
        return
    with pytest.raises(FormulaError) as caught:
        formula.check_unit(UNITS, declared)
    assert caught.value.code == "wrong_unit"
    assert caught.value.column == 1


def test_a_formula_may_not_depend_on_itself() -> None:
    others = {
        "b": parse_formula("c + 1"),
        "c": parse_formula("d + a"),
        "x": parse_formula("y"),
        "y": parse_formula("x"),
    }

    with pytest.raises(FormulaError) as caught:
        check_cycles("a", parse_formula("z + b"), others)
    assert (caught.value.code, caught.value.column) == ("cycle", 5)
    assert caught.value.params == {"chain": "a → b → c → a"}
    with pytest.raises(FormulaError) as caught:
        check_cycles("a", parse_formula("a"), {})
    assert caught.value.params == {"chain": "a → a"}
    with pytest.raises(FormulaError) as caught:
        check_cycles("n", parse_formula("x"), others)
    assert caught.value.params == {"chain": "x → y → x"}


def test_the_older_formula_of_the_same_code_does_not_count() -> None:
    check_cycles("a", parse_formula("b"), {"a": parse_formula("a"), "b": parse_formula("c")})


def test_two_ways_to_one_formula_are_no_cycle() -> None:
    others = {"b": parse_formula("d"), "c": parse_formula("d + b"), "d": parse_formula("e")}

    check_cycles("a", parse_formula("b + c + d"), others)


def test_chains_are_of_limited_length() -> None:
    def chain(length: int) -> dict[str, object]:
        return {f"f{n}": parse_formula(f"f{n + 1}") for n in range(1, length)}

    check_cycles("f0", parse_formula("f1"), chain(8))  # type: ignore[arg-type]
    for length in (9, 10, 500):
        with pytest.raises(FormulaError) as caught:
            check_cycles("f0", parse_formula("f1"), chain(length))  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.column) == ("chain_too_long", 1)


def test_wide_webs_of_formulas_are_followed_once() -> None:
    others = {
        f"l{level}n{n}": parse_formula("+".join(f"l{level + 1}n{m}" for m in range(9)))
        for level in range(1, 7)
        for n in range(9)
    }

    check_cycles("top", parse_formula("l1n0 + l1n1"), others)
