"""Questionnaires, assessments, invitations and recorded values for tests."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from kpi_portal.people.models import Department, Employee
from surveys.models import (
    Assessment,
    AssessmentItem,
    DimensionScore,
    Questionnaire,
    QuestionnaireItem,
    QuestionnaireVersion,
    RecordedValue,
    SatisfactionAnswer,
    Section,
    SurveyInvitation,
)
from tickets.models import Ticket

SUBMITTED = datetime(2026, 10, 13, 2, 0, tzinfo=UTC)
RATERS = {"qa": "qa", "review360": "supervisor", "exam": "examiner", "mystery": "shopper"}

_numbers = count(1)


def make_version(use: str = "qa", *items: Mapping[str, Any]) -> QuestionnaireVersion:
    """A questionnaire with one section; `items` are fields, yes-or-no unless they say more."""
    number = next(_numbers)
    questionnaire = Questionnaire.objects.create(
        key=f"{use}-{number}", use=use, name=f"问卷{number}"
    )
    version = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=1, created_at=SUBMITTED
    )
    section = Section.objects.create(version=version, position=1, name="全部")
    for position, fields in enumerate(items, 1):
        QuestionnaireItem.objects.create(
            **{"kind": "yesno", "name": fields["code"], **fields},
            version=version, section=section, position=position,
        )  # fmt: skip
    return version


def make_assessment(
    subject: Employee,
    score: Decimal | int | str | None = 80,
    *,
    version: QuestionnaireVersion | None = None,
    use: str = "qa",
    ticket: Ticket | None = None,
    passed: Mapping[str, bool | None] | None = None,
    **fields: Any,
) -> Assessment:
    """An assessment with a given score; `passed` judges items by code, None: not applicable."""
    version = version or make_version(use)
    fields.setdefault("source", "test")
    fields.setdefault("external_id", f"Q{next(_numbers):06}")
    fields.setdefault("submitted_at", SUBMITTED)
    fields.setdefault("rater_group", RATERS[version.questionnaire.use])
    made = Assessment.objects.create(
        subject=subject,
        version=version,
        ticket=ticket,
        ticket_external_id=ticket.external_id if ticket else "",
        score_e4=None if score is None else int(Decimal(score) * 10_000),
        **fields,
    )
    for code, is_passed in (passed or {}).items():
        AssessmentItem.objects.create(
            assessment=made, item=version.items.get(code=code), passed=is_passed,
            is_na=is_passed is None,
        )  # fmt: skip
    return made


def make_dimension(answer: SatisfactionAnswer, dimension: str, score: int) -> DimensionScore:
    """A score of 5 on one dimension."""
    SatisfactionAnswer.objects.filter(pk=answer.pk).update(has_dimensions=True)
    return DimensionScore.objects.create(
        answer=answer, dimension=dimension, score_e4=score * 10_000, scale=5
    )


def make_invitation(
    agent: Employee | None = None, *, invited_at: datetime = SUBMITTED, **fields: Any
) -> SurveyInvitation:
    """A request for an answer."""
    fields.setdefault("source", "test")
    fields.setdefault("external_id", f"I{next(_numbers):06}")
    return SurveyInvitation.objects.create(
        agent=agent, names_agent=agent is not None, invited_at=invited_at, **fields
    )


def make_recorded(
    whom: Employee | Department,
    value: Decimal | int | str,
    *,
    item: str = "attendance",
    on: date = date(2026, 10, 31),
) -> RecordedValue:
    """A recorded value of an employee or a department."""
    owner = "employee" if isinstance(whom, Employee) else "department"
    return RecordedValue.objects.create(
        item=item, effective_on=on, value=Decimal(value), source="考勤系统", evidence="导出表",
        recorded_at=SUBMITTED, **{owner: whom},
    )  # fmt: skip
