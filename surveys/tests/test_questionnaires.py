"""The ready questionnaires, and what answers to them come to."""

from decimal import Decimal

import pytest
from django.utils import timezone

from surveys.models import Questionnaire, QuestionnaireItem
from surveys.questionnaires.judging import Judged, Question, score_of
from surveys.questionnaires.ready import USUAL, ready_forms
from surveys.questionnaires.services import forms, take_into_use

PASSED, FAILED, NOT_APPLICABLE = Judged(passed=True), Judged(passed=False), Judged(is_na=True)


def question(code: str, kind: str = "yesno", weight: int = 1, **fields: object) -> Question:
    return Question(code, kind, weight=Decimal(weight), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judged", "score"),
    [
        ({"a": PASSED, "b": PASSED}, 1_000_000),
        ({"a": PASSED, "b": FAILED}, 750_000),
        ({"a": FAILED, "b": NOT_APPLICABLE}, 0),
        ({"b": PASSED}, 1_000_000),
        ({"a": NOT_APPLICABLE}, None),
        ({}, None),
        ({"a": PASSED, "p": Judged(value=Decimal(5))}, 875_000),
        ({"s": Judged(value=Decimal(4))}, 800_000),
        ({"t": Judged(text="好")}, None),
    ],
)
def test_the_score_is_the_weighted_mean_of_what_applied(
    judged: dict[str, Judged], score: int | None
) -> None:
    questions = [
        question("a", weight=3), question("b"), question("p", "points", maximum=10),
        question("s", "scale5"), question("t", "text", weight=0),
    ]  # fmt: skip

    assert score_of(questions, judged) == (score, False)


def test_a_failed_fatal_item_is_zero() -> None:
    questions = [question("a", weight=99), question("red", weight=0, is_fatal=True)]

    assert score_of(questions, {"a": PASSED, "red": FAILED}) == (0, True)
    assert score_of(questions, {"a": PASSED, "red": PASSED}) == (1_000_000, False)
    assert score_of(questions, {"a": PASSED, "red": NOT_APPLICABLE}) == (1_000_000, False)


def test_the_ready_questionnaires_hold_together() -> None:
    found = ready_forms()

    assert set(USUAL.values()) <= set(found)
    for form in found.values():
        assert form.use in Questionnaire.Use.values, form.key
        codes = [each.code for each in form.questions]
        assert len(codes) == len(set(codes)), form.key
        assert sum(each.weight for each in form.questions) == 100, form.key
        assert all(each.kind in QuestionnaireItem.Kind.values for each in form.questions)
        assert all(all(item.names) for _names, items in form.sections for item in items)


def test_the_forms_ask_for_every_item_that_the_policies_name() -> None:
    named = {
        "polite_language", "patient_listening", "proactive_service", "clarity", "empathy",
        "anticipation", "expertise", "analysis_accuracy", "communication_effectiveness",
        "emergency_handling", "consistency", "personalisation",
    }  # fmt: skip

    asked = {each.code for form in ready_forms().values() if form.use == "qa"
             for each in form.questions}  # fmt: skip

    assert named <= asked


@pytest.mark.django_db
def test_every_ready_questionnaire_can_be_taken_into_use_once() -> None:
    for key in ready_forms():
        first = take_into_use(key, by=None, at=timezone.now())
        assert take_into_use(key, by=None, at=timezone.now()) == first
        assert first.items.count() == len(ready_forms()[key].questions)
        assert forms()[key].version == first.pk
