"""Scores as JSON, CSV and XLSX, in the shape of the contract; permission is asked before."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from appraisal.models import Scorecard, ScoreLine
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
        "lines": [_line(line) for line in card.lines.all()],
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
    }


def _text(number: Decimal | None, places: int = 2) -> str | None:
    return None if number is None else format(number, f".{places}f")


def as_json(found: Sequence[dict[str, Any]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)


def as_csv(found: Iterable[dict[str, Any]]) -> str:
    """With a byte order mark, so that spreadsheets read the Chinese; no cell is a formula."""
    return csv_bytes(HEAD, _rows(found)).decode()


def as_xlsx(found: Iterable[dict[str, Any]]) -> bytes:
    """Numbers as numbers, texts as texts."""
    return xlsx_bytes(HEAD, _rows(found), sheet="scores")


def sha256(raw: bytes) -> str:
    """What the register of exports keeps of a file."""
    return hashlib.sha256(raw).hexdigest()


def _rows(found: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    """One row per line with the card's fields repeated; a card without lines has one row."""
    for card in found:
        for line in card["lines"] or [{}]:
            values = [card[name] for name in CARD_FIELDS] + [
                line.get(name) for name in LINE_FIELDS
            ]
            yield [_typed(name, value) for name, value in zip(HEAD, values, strict=True)]


def _typed(name: str, value: Any) -> Any:
    """Numbers, which documents hold as text, become Decimals."""
    return Decimal(value) if name in NUMBERS and isinstance(value, str) else value
