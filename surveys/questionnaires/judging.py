"""What the answers to a questionnaire come to: arithmetic, no database.

Source: 6-data, "QA" and "Surveys"; the weighted mean and the fatal items are in 2-indicators,
qa_score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kpi_portal.core.decimals import rounded

HUNDRED_E4 = 1_000_000
TOP = {"scale5": 5, "scale10": 10, "nps": 10, "yesno": 1}
LOW = {"scale5": 1, "scale10": 1}


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a form. `names`: every text by which a file may know it. `options`: key →
    (label, value) of a choice. Otherwise as `QuestionnaireItem`.
    """

    code: str
    kind: str
    names: tuple[str, ...] = ()
    weight: Decimal = Decimal(1)
    is_fatal: bool = False
    maximum: int | None = None
    pass_from: Decimal | None = None
    options: Mapping[str, tuple[str, Decimal]] = field(default_factory=dict)
    dimension: str = ""

    @property
    def top(self) -> Decimal:
        """The highest value."""
        if self.kind == "choice":
            return max((value for _label, value in self.options.values()), default=Decimal(0))
        return Decimal(TOP.get(self.kind) or self.maximum or 0)

    @property
    def low(self) -> Decimal:
        """The lowest value."""
        return Decimal(LOW.get(self.kind, 0))


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged of one question: see `AssessmentItem`."""

    value: Decimal | None = None
    passed: bool | None = None
    is_na: bool = False
    text: str = ""

    @classmethod
    def of_value(cls, question: Question, value: Decimal) -> "Judged":
        """A value of a scale, of points or of a choice; passed or not where that is set."""
        if question.kind == "yesno":
            return cls(value=value, passed=value > 0)
        passed = None if question.pass_from is None else value >= question.pass_from
        return cls(value=value, passed=passed)

    def as_columns(self) -> dict[str, Any]:
        return {"value": self.value, "passed": self.passed, "is_na": self.is_na, "text": self.text}


def score_of(
    questions: Sequence[Question], judged: Mapping[str, Judged]
) -> tuple[int | None, bool]:
    """(points of 100 times 10,000, whether a fatal item failed).

    The weighted mean of value ÷ highest value over the items that applied; 0 with a failed fatal
    item; None where none applied.
    """
    total, weights, is_fatal = Decimal(0), Decimal(0), False
    for question in questions:
        found = judged.get(question.code)
        if found is None or found.is_na:
            continue
        share = _share(question, found)
        if share is None:
            continue
        total, weights = total + share * question.weight, weights + question.weight
        is_fatal = is_fatal or (question.is_fatal and _failed(found, share))
    if is_fatal:
        return 0, True
    if not weights:
        return None, False
    return int(rounded(total / weights * HUNDRED_E4, 0)), False


def _share(question: Question, found: Judged) -> Decimal | None:
    if found.value is not None and question.top:
        return found.value / question.top
    return None if found.passed is None else Decimal(int(found.passed))


def _failed(found: Judged, share: Decimal) -> bool:
    return found.passed is False or (found.passed is None and share == 0)
