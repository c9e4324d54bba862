"""From measured values to the rows of a card, and from stored rows back to the engine.

Reads and writes no database: a run, a projection, a revision and the verification all go
through here, so that they cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from appraisal.models import Period, SchemeItem, SchemeVersion, Scorecard, ScoreLine
from appraisal.scoring import (
    BandTable,
    CardResult,
    CardSettings,
    ItemInput,
    MissingPolicy,
    appraise,
    explain_line,
    parse,
)

ONE = Decimal("1.00")
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric value as it is stored: 4 decimals or None, exact parts as text."""

    value: Decimal | None = None
    numerator: str = "0"
    denominator: str = "0"
    sample: int = 0
    left_out: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    is_department: bool = False


NOTHING = Measured()


@dataclass(frozen=True, slots=True)
class Source:
    """One scheme item with what was measured for it, and what its rule takes from outside."""

    item: SchemeItem
    measured: Measured = NOTHING
    baseline: Decimal | None = None
    previous: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where an employee stands on the card, and for how many working days of the period."""

    employee_id: int
    department_id: int
    position_id: int | None
    supervisor_id: int | None
    working_days: int


@dataclass(frozen=True, slots=True)
class BuiltCard:
    """Unsaved rows and the engine's result behind them."""

    card: Scorecard
    lines: list[ScoreLine]
    result: CardResult


def build(
    period: Period,
    seat: Seat,
    version: SchemeVersion,
    sources: Sequence[Source],
    *,
    coefficient: Decimal,
    cutoff: datetime,
    at: datetime,
) -> BuiltCard:
    """The first revision of a card, unsaved. `at` is only when it was computed."""
    lines = [_line(source) for source in sources]
    card = Scorecard(
        period=period,
        employee_id=seat.employee_id,
        department_id=seat.department_id,
        position_id=seat.position_id,
        supervisor_id=seat.supervisor_id,
        working_days=seat.working_days,
        version=version,
        coefficient=coefficient,
        extra=ZERO,
        deduction=ZERO,
        adjusted=ZERO,
        cutoff=cutoff,
        computed_at=at,
    )
    return BuiltCard(card, lines, score(card, lines))


def score(card: Scorecard, lines: Sequence[ScoreLine]) -> CardResult:
    """Fill in what the engine makes of the inputs on `card` and `lines`; saves nothing."""
    items = [line_input(line) for line in lines]
    result = appraise(items, card_settings(card))
    by_position = {item.position: item for item in items}
    outcomes = {outcome.position: outcome for outcome in result.lines}
    for line in lines:
        outcome = outcomes[line.position]
        line.points = outcome.points
        line.weight = outcome.weight
        line.contribution = outcome.contribution
        line.adjustment = outcome.adjustment
        line.is_missing = outcome.missing is not None
        parts = explain_line(by_position[line.position], outcome)
        line.explanation = [part.as_json() for part in parts]
    card.status = Scorecard.Status(result.status.value)
    card.subtotal = result.subtotal
    card.final = result.final
    card.band = result.band.key if result.band else ""
    card.engine = result.engine_version
    return result


def line_input(line: ScoreLine) -> ItemInput:
    """What the engine gets from a stored line."""
    return ItemInput(
        key=str(line.position),
        position=line.position,
        rule=parse(line.rule, line.rule_params),
        weight=line.nominal_weight,
        value=line.value,
        sample=line.sample,
        min_sample=line.min_sample,
        missing_policy=MissingPolicy(line.missing_policy),
        baseline=_number(line.context.get("baseline")),
        previous=_number(line.context.get("previous")),
        adjusted_to=line.decided,
    )


def card_settings(card: Scorecard) -> CardSettings:
    """What the engine gets from a stored card and its scheme version."""
    return CardSettings(
        bands=BandTable.from_json(card.version.bands),
        coefficient=card.coefficient,
        extra=card.extra,
        deduction=card.deduction,
        total_adjustment=card.adjusted,
        maximum=card.version.maximum,
        insufficient_above=card.version.missing_limit,
        worked_days=card.working_days,
        min_days=card.version.min_days,
    )


def replay(card: Scorecard, lines: Sequence[ScoreLine]) -> CardResult:
    """The engine's result for a stored card, computed again; changes nothing."""
    return appraise([line_input(line) for line in lines], card_settings(card))


def disagreements(card: Scorecard, lines: Sequence[ScoreLine]) -> list[str]:
    """Which stored numbers are not what the stored inputs give; empty where all agree.

    Fields of the card by name, those of a line as `3.points`. That the lines add up to the
    subtotal is part of it, as the engine gives no other.
    """
    result = replay(card, lines)
    band = result.band.key if result.band else ""
    expected = {
        "status": result.status.value,
        "subtotal": result.subtotal,
        "final": result.final,
        "band": band,
    }
    wrong = [name for name, value in expected.items() if getattr(card, name) != value]
    stored = {line.position: line for line in lines}
    for outcome in result.lines:
        line = stored[outcome.position]
        wrong += [
            f"{outcome.position}.{name}"
            for name in ("points", "weight", "contribution", "adjustment")
            if getattr(line, name) != getattr(outcome, name)
        ]
    return wrong


def _line(source: Source) -> ScoreLine:
    item, measured = source.item, source.measured
    return ScoreLine(
        position=item.position,
        category=item.category,
        indicator_id=item.indicator_id,
        metric=item.indicator.metric,
        params=dict(item.params),
        value=measured.value,
        numerator=measured.numerator,
        denominator=measured.denominator,
        sample=measured.sample,
        left_out=measured.left_out,
        left_out_reasons=dict(sorted(measured.reasons.items())),
        rule=item.rule,
        rule_params=dict(item.rule_params),
        context={"baseline": _text(source.baseline), "previous": _text(source.previous)},
        min_sample=item.min_sample,
        missing_policy=item.missing_policy,
        nominal_weight=item.weight,
        is_department_line=measured.is_department,
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(text)
