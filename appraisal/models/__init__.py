"""Indicators, schemes, periods, scorecards: the judgement over the facts below."""

from appraisal.models.indicators import Cycle, Indicator
from appraisal.models.periods import Period
from appraisal.models.schemes import Coverage, Scheme, SchemeItem, SchemeNotice, SchemeVersion
from appraisal.models.scorecards import (
    Acknowledgement,
    Adjustment,
    DepartmentCoefficient,
    Scorecard,
    ScoreLine,
)

__all__ = [
    "Acknowledgement",
    "Adjustment",
    "Coverage",
    "Cycle",
    "DepartmentCoefficient",
    "Indicator",
    "Period",
    "Scheme",
    "SchemeItem",
    "SchemeNotice",
    "SchemeVersion",
    "ScoreLine",
    "Scorecard",
]
