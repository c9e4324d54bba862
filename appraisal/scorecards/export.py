"""Scores as JSON, CSV and XLSX, in the shape of the contract; permission is asked before."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from appraisal.models import CardSegment, Scorecard, ScoreLine
from appraisal.scorecards.queries import with_parts
from kpi_portal.core.exports import csv_bytes, xlsx_bytes

CARD_FIELDS = [
    "agent",
    "name",
    "department",
    "period",
    "revision",
    "state",
    "status",
    "subtotal",
    "coefficient",
    "extra",
    "deduction",
    "final",
    "band",
]
LINE_FIELDS = [
    "position",
    "metric",
    "value",
    "numerator",
    "denominator",
    "sample",
    "left_out",
    "rule",
    "points",
    "nominal_weight",
    "weight",
    "contribution",
    "missing_policy",
]
CARD_LATER = ["adjusted"]
LINE_LATER = ["segment", "effect", "holds", "is_borderline"]
"""What stands in a file only where it says something, so that the others keep their shape."""
NUMBERS = frozenset(
    [
        "revision",
        "subtotal",
        "coefficient",
        "extra",
        "deduction",
        "final",
        "position",
        "value",
        "numerator",
        "denominator",
        "sample",
        "left_out",
        "points",
        "nominal_weight",
        "weight",
        "contribution",
        "adjusted",
        "segment",
        "effect",
    ]
)
FORMATS = ("json", "csv", "xlsx")
HEAD = [*CARD_FIELDS, *LINE_FIELDS]


def documents(cards: Any) -> list[dict[str, Any]]:
    """One dict per card of the queryset, in the contract's shape, by employee no. by code point.

    Decimals are strings, what is not there null. Source: 13-contracts.md, `export_scores`.
    """
    rows = with_parts(cards.select_related("period", "employee", "department"))
    return [document(card) for card in sorted(rows, key=lambda card: card.employee.number)]


def document(card: Scorecard) -> dict[str, Any]:
    return {
        "agent": card.employee.number,
        "name": card.employee.name,
        "department": card.department.code,
        "period": card.period.code,
        "revision": card.revision,
        "state": card.period.state,
        "status": card.status,
        "subtotal": _text(card.subtotal),
        "coefficient": _text(card.coefficient),
        "extra": _text(card.extra),
        "deduction": _text(card.deduction),
        "final": _text(card.final),
        "band": card.band or None,
        **_later(card),
        "lines": [_line(line) for line in card.lines.all()],
    }


def _later(card: Scorecard) -> dict[str, Any]:
    """What only some cards have: an adjustment, segments, parts of a roll-up, a mark."""
    found = {
        "adjusted": _text(card.adjusted) if card.adjusted else None,
        "is_borderline": any(line.is_borderline for line in card.lines.all()) or None,
        "segments": [_segment(segment) for segment in card.segments.all()] or None,
        "rollup": card.rollup or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _segment(segment: CardSegment) -> dict[str, Any]:
    """One part of a split period; `end` is the day after its last."""
    return {
        "segment": segment.number,
        "start": segment.start_on.isoformat(),
        "end": segment.end_on.isoformat(),
        "scheme": segment.version.scheme.key,
        "version": segment.version.number,
        "department": segment.department.code,
        "position": segment.position.code if segment.position else None,
        "working_days": segment.working_days,
        "status": segment.status,
        "subtotal": _text(segment.subtotal),
        "coefficient": _text(segment.coefficient),
        "extra": _text(segment.extra),
        "deduction": _text(segment.deduction),
        "final": _text(segment.final),
    }


def _line(line: ScoreLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "metric": line.metric,
        "value": _text(line.value, 4),
        "numerator": line.numerator,
        "denominator": line.denominator,
        "sample": line.sample,
        "left_out": line.left_out,
        "rule": line.rule,
        "points": _text(line.points),
        "nominal_weight": _text(line.nominal_weight),
        "weight": _text(line.weight),
        "contribution": _text(line.contribution),
        "missing_policy": line.missing_policy,
        **_later_line(line),
    }


def _later_line(line: ScoreLine) -> dict[str, Any]:
    """What only some lines have; a line without a segment is of the first or only one."""
    found = {
        "segment": line.segment if line.segment != 1 else None,
        "effect": _text(line.effect),
        "holds": line.holds,
        "is_borderline": line.is_borderline or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _text(number: Decimal | None, places: int = 2) -> str | None:
    return None if number is None else format(number, f".{places}f")


def as_json(found: Sequence[dict[str, Any]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)


def as_csv(found: Sequence[dict[str, Any]]) -> str:
    """With a byte order mark, so that spreadsheets read the Chinese; no cell is a formula."""
    head = _head(found)
    return csv_bytes(head, _rows(found, head)).decode()


def as_xlsx(found: Sequence[dict[str, Any]]) -> bytes:
    """Numbers as numbers, texts as texts."""
    head = _head(found)
    return xlsx_bytes(head, _rows(found, head), sheet="scores")


def sha256(raw: bytes) -> str:
    """What the register of exports keeps of a file."""
    return hashlib.sha256(raw).hexdigest()


def _head(found: Sequence[dict[str, Any]]) -> list[str]:
    """The columns of the contract, and behind them those that any card or line needs."""
    lines = [line for card in found for line in card["lines"]]
    later = [name for name in CARD_LATER if any(name in card for card in found)]
    return [*HEAD, *later, *(name for name in LINE_LATER if any(name in line for line in lines))]


def _rows(found: Iterable[dict[str, Any]], head: Sequence[str]) -> Iterator[list[Any]]:
    """One row per line with the card's fields repeated; a card without lines has one row."""
    for card in found:
        for line in card["lines"] or [{}]:
            values = {name: card.get(name) for name in (*CARD_FIELDS, *CARD_LATER)}
            values |= {name: line.get(name) for name in (*LINE_FIELDS, *LINE_LATER)}
            yield [_typed(name, values[name]) for name in head]


def _typed(name: str, value: Any) -> Any:
    """Numbers, which documents hold as text, become Decimals."""
    return Decimal(value) if name in NUMBERS and isinstance(value, str) else value
