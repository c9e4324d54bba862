"""Facts that people state: answers of customers, judgements of raters, recorded values."""

from surveys.models.answers import DimensionScore, SatisfactionAnswer
from surveys.models.assessments import Assessment, AssessmentItem
from surveys.models.invitations import SurveyInvitation
from surveys.models.questionnaires import (
    Questionnaire,
    QuestionnaireItem,
    QuestionnaireVersion,
    Section,
)
from surveys.models.recorded import RecordedValue

__all__ = [
    "Assessment",
    "AssessmentItem",
    "DimensionScore",
    "Questionnaire",
    "QuestionnaireItem",
    "QuestionnaireVersion",
    "RecordedValue",
    "SatisfactionAnswer",
    "Section",
    "SurveyInvitation",
]
