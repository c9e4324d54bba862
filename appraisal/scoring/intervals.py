"""95 % intervals of what was measured: Wilson's for a rate, Student's for a mean.

A pure function of counts and sums, in decimals: the same digits on every machine.
Source: 3-scoring.md, "Small samples".
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from appraisal.scoring.arithmetic import HUNDRED, ZERO, clamp, exact, round4

Z = Decimal("1.959963984540054235525")
"""The 97.5 % quantile of the normal distribution."""

STUDENT: tuple[Decimal, ...] = tuple(
    Decimal(text)
    for text in (
        "12.706204736174705",
        "4.302652729749464",
        "3.182446305283710",
        "2.776445105197794",
        "2.570581835636316",
        "2.446911851144970",
        "2.364624251592785",
        "2.306004135204167",
        "2.262157162798206",
        "2.228138851986275",
        "2.200985160091640",
        "2.178812829667229",
        "2.160368656462793",
        "2.144786687917804",
        "2.131449545559776",
        "2.119905299221255",
        "2.109815577833317",
        "2.100922040241038",
        "2.093024054408310",
        "2.085963447265865",
        "2.079613844727680",
        "2.073873067904026",
        "2.068657610419049",
        "2.063898561628026",
        "2.059538552753298",
        "2.055529438642873",
        "2.051830516480286",
        "2.048407141795245",
        "2.045229642132704",
        "2.042272456301238",
        "2.039513446396408",
        "2.036933343460102",
        "2.034515297449339",
        "2.032244509317719",
        "2.030107928250343",
        "2.028094000980451",
        "2.026192463029110",
        "2.024394163911970",
        "2.022690920036761",
        "2.021075390306273",
        "2.019540970441376",
        "2.018081702818445",
        "2.016692199227824",
        "2.015367574443764",
        "2.014103388880847",
        "2.012895598919429",
        "2.011740513729766",
        "2.010634757624232",
        "2.009575237129240",
        "2.008559112100761",
        "2.007583770315836",
        "2.006646805061688",
        "2.005745995317869",
        "2.004879288188057",
        "2.004044783289146",
        "2.003240718847872",
        "2.002465459291007",
        "2.001717484145236",
        "2.000995378088268",
        "2.000297822014261",
    )
)
"""The 97.5 % quantile of Student's distribution for 1, 2, … 60 degrees of freedom."""


def wilson(numerator: int, sample: int) -> tuple[Decimal, Decimal]:
    """Where the rate behind `numerator` of `sample` lies, in percent, 4 decimals.

    Never outside [0, 100], and the measured rate lies between both ends.
    Raises ValueError unless 0 <= numerator <= sample and sample > 0.
    """
    if sample <= 0 or not 0 <= numerator <= sample:
        raise ValueError(f"no rate: {numerator} of {sample}")
    with exact():
        share, size, square = Decimal(numerator) / sample, Decimal(sample), Z * Z
        middle = share + square / (2 * size)
        reach = Z * (share * (1 - share) / size + square / (4 * size * size)).sqrt()
        scale = HUNDRED / (1 + square / size)
        low, high = ((middle + side * reach) * scale for side in (-1, 1))
        low = ZERO if numerator == 0 else low
        high = HUNDRED if numerator == sample else high
        return round4(clamp(low, ZERO, HUNDRED)), round4(clamp(high, ZERO, HUNDRED))


def t_interval(
    total: int | Fraction, squares: int | Fraction, sample: int
) -> tuple[Decimal, Decimal] | None:
    """Where the mean behind `sample` amounts lies, in their unit, 4 decimals.

    `total` is their sum and `squares` the sum of their squares, exact. None for fewer than
    two amounts, of which nothing is known but themselves.
    Raises ValueError where no amounts have such sums.
    """
    if sample < 2:
        return None
    mean = Fraction(total) / sample
    variance = (Fraction(squares) - mean * total) / (sample - 1)
    if variance < 0:
        raise ValueError(f"{sample} amounts cannot sum up to {total} and {squares}")
    with exact():
        reach = student(sample - 1) * (_decimal(variance) / sample).sqrt()
        return round4(_decimal(mean) - reach), round4(_decimal(mean) + reach)


def student(freedom: int) -> Decimal:
    """The 97.5 % quantile of Student's distribution, exact to 9 decimals.

    From the table up to 60 degrees of freedom, beyond by the expansion around the normal
    quantile (Abramowitz and Stegun 26.7.5).
    Raises ValueError for no degree of freedom.
    """
    if freedom < 1:
        raise ValueError(f"no degrees of freedom: {freedom}")
    if freedom <= len(STUDENT):
        return STUDENT[freedom - 1]
    with exact():
        return Z + sum(
            (term / Decimal(freedom) ** power for power, term in enumerate(_EXPANSION, start=1)),
            ZERO,
        )


def _expansion() -> tuple[Decimal, ...]:
    with exact():
        return (
            (Z**3 + Z) / 4,
            (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
            (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
            (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
        )


_EXPANSION = _expansion()


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
