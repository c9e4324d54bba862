"""The canonical content of a card: what is hashed at publication and compared between runs.

Ids of rows stand for people and versions, because names and codes may be corrected later
while ids stay. When a card was computed is not part of it. What came into the tables later is
part of it only where it says something, so that the hashes of older cards stay right.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from appraisal.models import CardSegment, DepartmentCard, Scorecard
from appraisal.models.scorecards import Line

AnyCard = Scorecard | DepartmentCard

CARD_IDS = ("version_id", "department_id")
PERSON_IDS = ("employee_id", "position_id", "supervisor_id")
CARD_POINTS = ("subtotal", "extra", "deduction", "adjusted", "final")
LINE_TEXTS = (
    "position", "category", "indicator_id", "metric", "params", "numerator", "denominator",
    "sample", "left_out", "left_out_reasons", "rule", "rule_params", "context", "min_sample",
    "missing_policy", "is_missing", "is_department_line", "explanation",
)  # fmt: skip
LINE_POINTS = ("decided", "adjustment", "points", "nominal_weight", "weight", "contribution")
LINE_LATER = ("part", "holds", "is_borderline")
LINE_FIGURES = (
    "position", "indicator_id", "numerator", "denominator", "sample", "left_out", "is_missing",
    "holds",
)  # fmt: skip
SEGMENT_TEXTS = (
    "number", "version_id", "department_id", "position_id", "working_days", "status",
)  # fmt: skip
SEGMENT_POINTS = ("subtotal", "coefficient", "extra", "deduction", "final")


def content(
    card: AnyCard, lines: Iterable[Line], segments: Iterable[CardSegment] = ()
) -> dict[str, Any]:
    """Everything that makes the result what it is; decimals as strings of fixed places."""
    return {
        "period": card.period.code,
        "revision": card.revision,
        "status": card.status,
        "band": card.band,
        "cutoff": card.cutoff.isoformat(),
        "engine": card.engine,
        **{name: getattr(card, name) for name in CARD_IDS},
        **{name: _text(getattr(card, name), 2) for name in CARD_POINTS},
        **_of_person(card),
        **({"rollup": card.rollup} if card.rollup else {}),
        **({"segments": found} if (found := _segments(segments)) else {}),
        "lines": [_line(line) for line in _ordered(lines)],
    }


def digest(card: AnyCard, lines: Iterable[Line], segments: Iterable[CardSegment] = ()) -> str:
    """SHA-256 over the canonical JSON of `content`, in hex."""
    return _sha256(content(card, lines, segments))


def figures(card: AnyCard, lines: Iterable[Line], segments: Iterable[CardSegment] = ()) -> str:
    """SHA-256 over the numbers of a card alone: two revisions with equal ones say the same.

    Without revision, cutoff, engine and sentences. Decides who gets a new revision when a
    reopened period is published again.
    """
    return _sha256(
        {
            "status": card.status,
            "band": card.band,
            **{name: _text(getattr(card, name), 2) for name in CARD_POINTS},
            "coefficient": _text(getattr(card, "coefficient", None), 2),
            "days": getattr(card, "working_days", None),
            "rollup": _without_revisions(card.rollup),
            "segments": _segments(segments),
            "lines": [_line_figures(line) for line in _ordered(lines)],
        }
    )


def _sha256(found: dict[str, Any]) -> str:
    text = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _of_person(card: AnyCard) -> dict[str, Any]:
    """What only somebody's own card has."""
    if not isinstance(card, Scorecard):
        return {"subject": "department"}
    return {
        "working_days": card.working_days,
        "coefficient": _text(card.coefficient, 2),
        **{name: getattr(card, name) for name in PERSON_IDS},
    }


def _ordered(lines: Iterable[Line]) -> Sequence[Line]:
    return sorted(lines, key=lambda line: (getattr(line, "segment", 1), line.position))


def _line(line: Line) -> dict[str, Any]:
    segment = getattr(line, "segment", 1)
    later = {name: found for name in LINE_LATER if (found := getattr(line, name))}
    if line.holds is False:
        later["holds"] = False
    if line.effect is not None:
        later["effect"] = _text(line.effect, 2)
    if segment != 1:
        later["segment"] = segment
    return {
        **{name: getattr(line, name) for name in LINE_TEXTS},
        "value": _text(line.value, 4),
        **{name: _text(getattr(line, name), 2) for name in LINE_POINTS},
        **later,
    }


def _line_figures(line: Line) -> dict[str, Any]:
    return {
        "segment": getattr(line, "segment", 1),
        **{name: getattr(line, name) for name in LINE_FIGURES},
        "value": _text(line.value, 4),
        "effect": _text(line.effect, 2),
        **{name: _text(getattr(line, name), 2) for name in LINE_POINTS},
    }


def _segments(segments: Iterable[CardSegment]) -> list[dict[str, Any]]:
    return [
        {
            "start_on": each.start_on.isoformat(),
            "end_on": each.end_on.isoformat(),
            **{name: getattr(each, name) for name in SEGMENT_TEXTS},
            **{name: _text(getattr(each, name), 2) for name in SEGMENT_POINTS},
        }
        for each in sorted(segments, key=lambda each: each.number)
    ]


def _without_revisions(rollup: dict[str, Any]) -> dict[str, Any]:
    """A part that was published again with the same final changes nothing."""
    if not rollup:
        return {}
    parts = [
        {name: value for name, value in part.items() if name != "revision"}
        for part in rollup.get("parts", ())
    ]
    return rollup | {"parts": parts}


def _text(number: Decimal | int | None, places: int) -> str | None:
    return None if number is None else format(Decimal(number), f".{places}f")
