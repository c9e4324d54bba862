"""Indicators, schemes, periods, scorecards: the judgement over the facts below."""

from appraisal.models.corrections import Adjustment, AdjustmentRequest, Decision, Exclusion
from appraisal.models.indicators import Cycle, Indicator
from appraisal.models.periods import Period, PeriodRun, Reopening
from appraisal.models.schemes import Coverage, Scheme, SchemeItem, SchemeNotice, SchemeVersion
from appraisal.models.scorecards import (
    Acknowledgement,
    Card,
    CardSegment,
    DepartmentCard,
    DepartmentCoefficient,
    DepartmentLine,
    Line,
    Scorecard,
    ScoreLine,
)

__all__ = [
    "Acknowledgement",
    "Adjustment",
    "AdjustmentRequest",
    "Card",
    "CardSegment",
    "Coverage",
    "Cycle",
    "Decision",
    "DepartmentCard",
    "DepartmentCoefficient",
    "DepartmentLine",
    "Exclusion",
    "Indicator",
    "Line",
    "Period",
    "PeriodRun",
    "Reopening",
    "Scheme",
    "SchemeItem",
    "SchemeNotice",
    "SchemeVersion",
    "ScoreLine",
    "Scorecard",
]
