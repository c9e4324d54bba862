"""Decimal arithmetic that gives the same digits on every machine. No rule, no card.

All scoring happens inside `exact()`: 60 digits, half rounds up, whatever context the
caller's thread carries. Inputs have at most 12 digits before and 4 behind the point and
every formula divides once, at its end, so that no rounding happens before the one that is
meant.
Source: 3-scoring.md, "Arithmetic".
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)

ZERO = Decimal("0.00")
ONE = Decimal(1)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
BASIS_POINT = Decimal("0.0001")
LARGEST = Decimal(10) ** 12

_ARITHMETIC = Context(
    prec=60,
    rounding=ROUND_HALF_UP,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)


def exact() -> AbstractContextManager[Context]:
    """Run a block in the arithmetic of this package and leave the caller's as it was."""
    return localcontext(_ARITHMETIC)


def round2(number: Decimal) -> Decimal:
    """To the cent, half up (away from zero): points, contributions, finals."""
    return number.quantize(CENT, ROUND_HALF_UP, _ARITHMETIC)


def round4(number: Decimal) -> Decimal:
    """To 4 decimals, half up: metric values, and numbers that are only shown."""
    return number.quantize(BASIS_POINT, ROUND_HALF_UP, _ARITHMETIC)


def clamp(number: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """The number of `[low, high]` nearest to `number`."""
    return min(max(number, low), high)


def fits(number: Decimal, places: int) -> bool:
    """Whether `number` is finite, within the sizes above, and ends after `places` decimals."""
    if not number.is_finite() or abs(number) > LARGEST:
        return False
    return number == number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _ARITHMETIC)


def plain(number: Decimal) -> str:
    """A decimal string without exponent, surplus zeros or a negative zero: `72.5`, `0`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def two_places(number: Decimal) -> str:
    """A decimal string with exactly two decimals, as points and weights are printed."""
    return format(round2(number), "f")
