"""Cells that hold what was judged of an item."""

from typing import Any

from surveys.questionnaires.judging import Judged, Question
from tickets.importing import converters
from tickets.importing.errors import BadValue

NOT_APPLICABLE = frozenset({"不适用", "不適用", "n/a", "na", "n.a.", "免评", "未涉及", "不涉及"})
PASSED = frozenset({"通过", "合格", "达标", "通過", "pass", "passed", "ok"})
FAILED = frozenset({"不通过", "不合格", "未通过", "不达标", "不通過", "fail", "failed"})
TEXT_LIMIT = 500


def judged_cell(question: Question, cell: Any) -> Judged | None:
    """What a cell says of a question; None where it is empty. Raises BadValue."""
    text = converters.plain(converters.text_of(cell))
    plain = text.casefold()
    if plain in NOT_APPLICABLE:
        return Judged(is_na=True)
    if plain in converters.EMPTY and plain not in ("无", "無"):
        return None
    if question.kind == "text":
        return Judged(text=converters.words(cell, TEXT_LIMIT))
    if question.kind == "choice":
        return _choice(question, plain)
    if question.kind == "yesno":
        if plain in PASSED or plain in FAILED:
            return Judged(passed=plain in PASSED)
        return Judged(passed=converters.flag(cell))
    value = converters.amount(cell)
    if not question.low <= value <= question.top:
        raise BadValue("item_out_of_range", low=str(question.low), high=str(question.top))
    if value != round(value, 2):
        raise BadValue("too_many_decimals")
    return Judged.of_value(question, value)


def _choice(question: Question, plain: str) -> Judged:
    for key, (label, value) in question.options.items():
        if plain in (key.casefold(), label.casefold()):
            return Judged.of_value(question, value)
    known = "、".join(label for label, _value in question.options.values())
    raise BadValue("unknown_option", known=known)
