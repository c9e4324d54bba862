"""From measured values to the rows of a card, and from stored rows back to the engine.

Reads and writes no database: a run, a projection, a revision and the verification all go
through here, so that they cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from appraisal.models import (
    CardSegment,
    DepartmentCard,
    DepartmentLine,
    Period,
    SchemeVersion,
    Scorecard,
    ScoreLine,
)
from appraisal.models.scorecards import Line
from appraisal.scorecards.inputs import (
    FIRST,
    ONE,
    ZERO,
    Extras,
    PartInputs,
    Seat,
    Source,
)
from appraisal.scorecards.outcome import AnyCard, Outcome, evaluate, line_input, segment_of
from appraisal.scoring import ENGINE_VERSION, explain_line

LINE_RESULTS = (
    "points", "weight", "contribution", "adjustment", "effect", "holds", "is_borderline",
)  # fmt: skip
CARD_RESULTS = ("status", "subtotal", "extra", "deduction", "final", "band")
SEGMENT_RESULTS = ("status", "subtotal", "extra", "deduction", "final")


@dataclass(frozen=True, slots=True)
class BuiltCard:
    """Unsaved rows of an employee's card."""

    card: Scorecard
    lines: list[ScoreLine]
    segments: list[CardSegment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BuiltDepartment:
    """Unsaved rows of a department's card."""

    card: DepartmentCard
    lines: list[DepartmentLine]


def build(
    period: Period,
    seat: Seat,
    parts: Sequence[PartInputs],
    *,
    is_split: bool,
    cutoff: datetime,
    at: datetime,
    extras: Extras = FIRST,
) -> BuiltCard:
    """An employee's card, unsaved. `at` is only when it was computed.

    `is_split`: the card has segments, be it only one that is shorter than the period.
    """
    last = parts[-1]
    card = Scorecard(
        period=period,
        employee_id=seat.employee_id,
        department_id=last.part.department_id,
        position_id=last.part.position_id,
        supervisor_id=seat.supervisor_id,
        working_days=sum(each.part.working_days for each in parts),
        version=last.part.version,
        coefficient=ONE if is_split else last.coefficient,
        cutoff=cutoff,
        computed_at=at,
        **_extras(extras),
    )
    lines = [
        ScoreLine(segment=each.part.number, **_inputs(source))
        for each in parts
        for source in each.sources
    ]
    segments = [_segment(each) for each in parts] if is_split else []
    built = BuiltCard(card, lines, segments)
    score(card, lines, segments)
    return built


def build_department(
    period: Period,
    department_id: int,
    version: SchemeVersion,
    sources: Sequence[Source],
    *,
    cutoff: datetime,
    at: datetime,
    extras: Extras = FIRST,
) -> BuiltDepartment:
    """A department's card, unsaved."""
    card = DepartmentCard(
        period=period,
        department_id=department_id,
        version=version,
        cutoff=cutoff,
        computed_at=at,
        **_extras(extras),
    )
    lines = [DepartmentLine(**_inputs(source)) for source in sources]
    score(card, lines)
    return BuiltDepartment(card, lines)


def score(card: AnyCard, lines: Sequence[Line], segments: Sequence[CardSegment] = ()) -> Outcome:
    """Fill in what the engine makes of the inputs on the rows; saves nothing."""
    outcome = evaluate(card, lines, segments)
    for line in lines:
        found = outcome.lines[segment_of(line), line.position]
        for name in LINE_RESULTS:
            setattr(line, name, getattr(found, name))
        line.is_missing = found.missing is not None
        line.explanation = [part.as_json() for part in explain_line(line_input(line), found)]
    for segment in segments:
        result = outcome.results[segment.number]
        for name in SEGMENT_RESULTS:
            setattr(segment, name, _stored(result, name))
    for name in CARD_RESULTS:
        setattr(card, name, getattr(outcome, name))
    if card.rollup:
        card.rollup = card.rollup | {"recomputed": _text(outcome.recomputed)}
    card.engine = ENGINE_VERSION
    return outcome


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A stored number that is not what the stored inputs give."""

    what: str
    stored: str
    found: str


def disagreements(
    card: AnyCard, lines: Sequence[Line], segments: Sequence[CardSegment] = ()
) -> list[Disagreement]:
    """Which stored numbers are not what the stored inputs give; empty where all agree.

    Fields of the card by name, those of a line as `3.points`, in a further segment
    `2.3.points`, of a segment as `segment 2 final`. That the lines add up to the subtotal is
    part of it, as the engine gives no other.
    """
    outcome = evaluate(card, lines, segments)
    wrong = [_differs(name, getattr(card, name), getattr(outcome, name)) for name in CARD_RESULTS]
    if card.rollup:
        stored = card.rollup.get("recomputed")
        wrong.append(_differs("recomputed", stored, _text(outcome.recomputed)))
    for segment in segments:
        result = outcome.results[segment.number]
        wrong += [
            _differs(
                f"segment {segment.number} {name}",
                getattr(segment, name),
                _stored(result, name),
            )
            for name in SEGMENT_RESULTS
        ]
    for line in lines:
        found = outcome.lines[segment_of(line), line.position]
        wrong += [
            _differs(f"{name_of(line)}.{name}", getattr(line, name), getattr(found, name))
            for name in LINE_RESULTS
        ]
    return [each for each in wrong if each is not None]


def name_of(line: Line) -> str:
    """`3`, or `2.3` for the third line of the second segment."""
    segment = segment_of(line)
    return str(line.position) if segment == 1 else f"{segment}.{line.position}"


def _differs(what: str, stored: Any, found: Any) -> Disagreement | None:
    return None if stored == found else Disagreement(what, str(stored), str(found))


def _stored(result: Any, name: str) -> Any:
    found = getattr(result, name)
    return str(found.value) if name == "status" else found


def _extras(extras: Extras) -> dict[str, Any]:
    return {
        "revision": extras.revision,
        "is_current": extras.is_current,
        "extra": ZERO,
        "deduction": ZERO,
        "adjusted": extras.adjusted,
        "rollup": dict(extras.rollup),
        "reason": extras.reason,
        "origin": extras.origin,
    }


def _segment(inputs: PartInputs) -> CardSegment:
    part = inputs.part
    return CardSegment(
        number=part.number,
        start_on=part.start,
        end_on=part.end,
        version=part.version,
        department_id=part.department_id,
        position_id=part.position_id,
        working_days=part.working_days,
        coefficient=inputs.coefficient,
    )


def _inputs(source: Source) -> dict[str, Any]:
    item, measured = source.item, source.measured
    return {
        "position": item.position,
        "category": item.category,
        "part": item.part,
        "indicator_id": item.indicator_id,
        "metric": item.indicator.metric,
        "params": dict(item.params),
        "value": measured.value,
        "numerator": measured.numerator,
        "denominator": measured.denominator,
        "sample": measured.sample,
        "left_out": measured.left_out,
        "left_out_reasons": dict(sorted(measured.reasons.items())),
        "rule": item.rule,
        "rule_params": dict(item.rule_params),
        "context": source.outside.as_json(),
        "min_sample": item.min_sample,
        "missing_policy": item.missing_policy,
        "nominal_weight": item.weight,
        "is_department_line": measured.is_department,
        "decided": source.decided,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, ".2f")
