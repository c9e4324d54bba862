"""Scores as JSON, CSV and XLSX, in the shape of the contract; permission is asked before."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from appraisal.models import Scorecard, ScoreLine
from appraisal.scorecards.queries import with_lines

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
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
FORMATS = ("json", "csv", "xlsx")


def documents(cards: Any) -> list[dict[str, Any]]:
    """One dict per card of the queryset, in the contract's shape, by employee no. by code point.

    Decimals are strings, what is not there null. Source: 13-contracts.md, `export_scores`.
    """
    rows = with_lines(cards.select_related("period", "employee", "department"))
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


def table(found: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    """A head, then one row per line with the card's fields repeated; a card without lines has
    one row."""
    yield [*CARD_FIELDS, *LINE_FIELDS]
    for card in found:
        head = [card[name] for name in CARD_FIELDS]
        for line in card["lines"] or [{}]:
            yield [*head, *(line.get(name) for name in LINE_FIELDS)]


def as_csv(found: Iterable[dict[str, Any]]) -> str:
    """With a byte order mark, so that spreadsheets read the Chinese; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in _safe_rows(found):
        writer.writerow(["" if cell is None else cell for cell in row])
    return "\ufeff" + text.getvalue()


def as_xlsx(found: Iterable[dict[str, Any]]) -> bytes:
    """Numbers as numbers, texts as texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("scores")
    for row in _safe_rows(found):
        sheet.append([_cell(sheet, cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sha256(raw: bytes) -> str:
    """What the register of exports keeps of a file."""
    return hashlib.sha256(raw).hexdigest()


def _safe_rows(found: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    names = [*CARD_FIELDS, *LINE_FIELDS]
    for place, row in enumerate(table(found)):
        if place == 0:
            yield row
        else:
            yield [_safe(name, cell) for name, cell in zip(names, row, strict=True)]


def _safe(name: str, cell: Any) -> Any:
    """Numbers become Decimals; a text that a spreadsheet would run gets an apostrophe."""
    if cell is None or isinstance(cell, int):
        return cell
    if name in NUMBERS:
        return Decimal(cell)
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _cell(sheet: Any, content: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=content)
    if isinstance(content, str):
        cell.data_type = "s"
    return cell
