"""Decimal helpers outside the scoring engine: exact sums, four decimals, stable text."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

PRECISION = 60


def rounded(value: Fraction | Decimal | int, places: int) -> Decimal:
    """`value` rounded half up to `places` decimals, exactly (no binary floats on the way)."""
    exact = Fraction(value)
    scale = 10**places
    scaled = abs(exact) * scale
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    with localcontext() as context:
        context.prec = PRECISION
        result: Decimal = (Decimal(whole) / scale).quantize(
            Decimal(1).scaleb(-places), ROUND_HALF_UP
        )
    return -result if exact < 0 else result


def exact_text(value: Fraction | Decimal | int) -> str:
    """`value` in full; one that does not end in ten decimals is cut to ten, half up."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    text = format(rounded(exact, 10), "f")
    return text.rstrip("0").rstrip(".")
