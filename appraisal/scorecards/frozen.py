"""The canonical content of a card: what is hashed at publication and compared between runs.

Ids of rows stand for people and versions, because names and codes may be corrected later
while ids stay. When a card was computed is not part of it.
"""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from appraisal.models import Scorecard, ScoreLine

CARD_IDS = ("employee_id", "version_id", "department_id", "position_id", "supervisor_id")
CARD_POINTS = ("subtotal", "coefficient", "extra", "deduction", "adjusted", "final")
LINE_TEXTS = [
    "position",
    "category",
    "indicator_id",
    "metric",
    "params",
    "numerator",
    "denominator",
    "sample",
    "left_out",
    "left_out_reasons",
    "rule",
    "rule_params",
    "context",
    "min_sample",
    "missing_policy",
    "is_missing",
    "is_department_line",
    "explanation",
]
LINE_POINTS = ("decided", "adjustment", "points", "nominal_weight", "weight", "contribution")


def content(card: Scorecard, lines: Iterable[ScoreLine]) -> dict[str, Any]:
    """Everything that makes the result what it is; decimals as strings of fixed places."""
    return {
        "period": card.period.code,
        "revision": card.revision,
        "status": card.status,
        "working_days": card.working_days,
        "band": card.band,
        "cutoff": card.cutoff.isoformat(),
        "engine": card.engine,
        **{name: getattr(card, name) for name in CARD_IDS},
        **{name: _text(getattr(card, name), 2) for name in CARD_POINTS},
        "lines": [_line(line) for line in sorted(lines, key=lambda line: line.position)],
    }


def digest(card: Scorecard, lines: Iterable[ScoreLine]) -> str:
    """SHA-256 over the canonical JSON of `content`, in hex."""
    text = json.dumps(
        content(card, lines), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _line(line: ScoreLine) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in LINE_TEXTS},
        "value": _text(line.value, 4),
        **{name: _text(getattr(line, name), 2) for name in LINE_POINTS},
    }


def _text(number: Decimal | int | None, places: int) -> str | None:
    return None if number is None else format(Decimal(number), f".{places}f")
