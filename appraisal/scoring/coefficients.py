"""The department coefficient that the final of the department's own card is worth.

Source: 3-scoring.md, "Department coefficient".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from appraisal.scoring.arithmetic import CENT, fits, plain
from appraisal.scoring.errors import ConfigurationError, Problem

ONE = Decimal("1.00")
LARGEST = Decimal(2)
_NUMBER = re.compile(r"-?[0-9]{1,4}(\.[0-9]+)?")

DEFAULT_COEFFICIENTS: tuple[Mapping[str, str | None], ...] = (
    {"lower": "95", "value": "1.10"},
    {"lower": "85", "value": "1.05"},
    {"lower": "70", "value": "1.00"},
    {"lower": "60", "value": "0.95"},
    {"lower": None, "value": "0.90"},
)
"""What a new scheme starts with, as it is stored: best first, the last without a bound."""


class CoefficientError(ConfigurationError):
    """The rows do not give every final exactly one coefficient."""


@dataclass(frozen=True, slots=True)
class Step:
    """Finals of at least `lower` (None: all that are left) have this coefficient."""

    lower: Decimal | None
    value: Decimal


def lookup_coefficient(table: Sequence[Mapping[str, Any]], final: Decimal | None) -> Decimal:
    """The coefficient, 2 decimals, of a department whose own card has that final.

    A bound belongs to the better row. No final (no data, no score): 1.00.
    Raises CoefficientError.
    """
    steps = read_coefficients(table)
    if final is None:
        return ONE
    return next(step.value for step in steps if step.lower is None or final >= step.lower)


def read_coefficients(rows: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The table behind stored rows `{"lower", "value"}`, best first.

    Raises CoefficientError with every problem; its fields are `coefficients.2.value`.
    """
    problems: list[Problem] = []
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        raise CoefficientError([Problem("not_a_list", {}, "coefficients")])
    steps = tuple(_read(row, f"coefficients.{place}", problems) for place, row in enumerate(rows))
    if not problems:
        problems += _together(steps)
    if problems:
        raise CoefficientError(problems)
    return steps


def _read(row: Mapping[str, Any], where: str, problems: list[Problem]) -> Step:
    raw = row.get("lower")
    lower = None if raw is None or raw == "" else _number(raw, f"{where}.lower", problems)
    if row.get("value") in (None, ""):
        problems.append(Problem("blank", {}, f"{where}.value"))
        return Step(lower, ONE)
    value = _number(row["value"], f"{where}.value", problems)
    if value <= 0:
        params = {"low": "0", "value": plain(value)}
        problems.append(Problem("too_small_or_equal", params, f"{where}.value"))
    if value > LARGEST:
        params = {"high": plain(LARGEST), "value": plain(value)}
        problems.append(Problem("too_large", params, f"{where}.value"))
    return Step(lower, value)


def _number(raw: Any, where: str, problems: list[Problem]) -> Decimal:
    if not isinstance(raw, str) or not _NUMBER.fullmatch(raw):
        problems.append(Problem("bad_number", {"value": str(raw)}, where))
        return ONE
    number = Decimal(raw)
    if not fits(number, 2):
        params = {"value": plain(number), "places": "2"}
        problems.append(Problem("too_precise", params, where))
        return ONE
    return number.quantize(CENT)


def _together(steps: Sequence[Step]) -> list[Problem]:
    if not steps:
        return [Problem("coefficients_empty", {}, "coefficients")]
    problems = []
    for place, (better, worse) in enumerate(pairwise(steps), start=1):
        where = f"coefficients.{place}.lower"
        if better.lower is None:
            problems.append(Problem("blank", {}, f"coefficients.{place - 1}.lower"))
        elif worse.lower is not None and worse.lower >= better.lower:
            bounds = {"previous": plain(better.lower), "value": plain(worse.lower)}
            problems.append(Problem("tiers_not_falling", bounds, where))
    if steps[-1].lower is not None:
        last = len(steps) - 1
        problems.append(Problem("coefficients_open_below", {}, f"coefficients.{last}.lower"))
    return problems
