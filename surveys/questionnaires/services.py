"""Finding questionnaires, and putting a ready one into use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kpi_portal.audit.services import record
from kpi_portal.people.models import User
from surveys.models import Questionnaire, QuestionnaireItem, QuestionnaireVersion, Section
from surveys.questionnaires.judging import Question
from surveys.questionnaires.ready import ReadyForm, ready_forms


@dataclass(frozen=True, slots=True)
class Form:
    """A questionnaire that can be answered: in use, or ready to be (then `version` is None)."""

    key: str
    use: str
    names: tuple[str, ...]
    questions: tuple[Question, ...]
    version: int | None


def forms() -> Mapping[str, Form]:
    """key → the newest version of each questionnaire in use, and the ready ones not in use."""
    found = {
        form.key: Form(form.key, form.use, form.names, form.questions, None)
        for form in ready_forms().values()
    }
    newest: dict[str, QuestionnaireVersion] = {}
    for version in QuestionnaireVersion.objects.select_related("questionnaire").order_by("number"):
        newest[version.questionnaire.key] = version
    questions: dict[int, list[Question]] = {version.pk: [] for version in newest.values()}
    more = {
        (form.key, question.code): question.names
        for form in ready_forms().values()
        for question in form.questions
    }
    keys = {version.pk: key for key, version in newest.items()}
    for item in QuestionnaireItem.objects.filter(version__in=questions).order_by("position"):
        names = more.get((keys[item.version_id], item.code), ())
        questions[item.version_id].append(_question(item, names))
    for key, version in newest.items():
        form = version.questionnaire
        found[key] = Form(
            key, form.use, (form.name, form.name_zh_hant, form.name_en),
            tuple(questions[version.pk]), version.pk,
        )  # fmt: skip
    return found


def _question(item: QuestionnaireItem, more: tuple[str, ...]) -> Question:
    return Question(
        code=item.code,
        kind=item.kind,
        names=(item.name, item.name_zh_hant, item.name_en, *more),
        weight=item.weight,
        is_fatal=item.is_fatal,
        maximum=item.maximum,
        pass_from=item.pass_from,
        options={
            each["key"]: (each["label"], Decimal(str(each["value"]))) for each in item.options
        },
        dimension=item.dimension,
    )


@transaction.atomic
def take_into_use(key: str, *, by: User | None, at: datetime) -> QuestionnaireVersion:
    """The newest version of a questionnaire; a ready one is put into use first.

    Safe to run again. Raises KeyError for a key that is neither in use nor ready.
    """
    newest = QuestionnaireVersion.objects.filter(questionnaire__key=key).order_by("-number")
    if found := newest.first():
        return found
    form = ready_forms()[key]
    hans, hant, english = form.names
    made = Questionnaire.objects.create(
        key=key, use=form.use, name=hans, name_zh_hant=hant, name_en=english
    )
    version = QuestionnaireVersion.objects.create(
        questionnaire=made, number=1, created_at=at, created_by=by
    )
    _write(version, form)
    record("questionnaire.taken_into_use", made, actor=by, after={"key": key, "version": 1})
    return version


def _write(version: QuestionnaireVersion, form: ReadyForm) -> None:
    position = 0
    for place, (names, items) in enumerate(form.sections, 1):
        section = Section.objects.create(
            version=version, position=place,
            **dict(zip(("name", "name_zh_hant", "name_en"), names, strict=True)),
        )  # fmt: skip
        for item in items:
            position += 1
            question = item.question
            hans, hant, english = item.names
            QuestionnaireItem.objects.create(
                version=version, section=section, position=position, code=question.code,
                kind=question.kind, dimension=question.dimension, weight=question.weight,
                is_fatal=question.is_fatal, maximum=question.maximum,
                pass_from=question.pass_from, name=hans, name_zh_hant=hant, name_en=english,
            )  # fmt: skip
