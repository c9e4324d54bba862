"""The questionnaires that every company starts with, as files beside this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from surveys.questionnaires.judging import Question

FOLDER = Path(__file__).parent.parent / "catalogue"
LANGUAGES = ("zh-hans", "zh-hant", "en")
# Which one is meant where a file says no more than what it is used for.
USUAL = {"qa": "qa-service", "review360": "review360", "exam": "exam", "mystery": "mystery",
         "csat": "csat"}  # fmt: skip

Names = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ReadyItem:
    """A question with its names in the three languages."""

    question: Question
    names: Names


@dataclass(frozen=True, slots=True)
class ReadyForm:
    """A questionnaire as a file holds it: sections with names and items."""

    key: str
    use: str
    names: Names
    sections: tuple[tuple[Names, tuple[ReadyItem, ...]], ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(item.question for _names, items in self.sections for item in items)


@cache
def ready_forms() -> Mapping[str, ReadyForm]:
    """key → questionnaire, of all files."""
    forms = (_form(path) for path in sorted(FOLDER.glob("*.yaml")))
    return {form.key: form for form in forms}


def _form(path: Path) -> ReadyForm:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    sections = tuple(
        (_names(section), tuple(_item(item) for item in section["items"]))
        for section in content["sections"]
    )
    return ReadyForm(path.stem, content["use"], _names(content), sections)


def _names(content: Mapping[str, Any]) -> Names:
    names = content["names"]
    return names["zh-hans"], names["zh-hant"], names["en"]


def _item(content: Mapping[str, Any]) -> ReadyItem:
    names = _names(content)
    passes = content.get("pass_from")
    question = Question(
        code=content["code"],
        kind=content.get("kind", "yesno"),
        names=(*names, *content.get("aliases", ())),
        weight=Decimal(str(content.get("weight", 1))),
        is_fatal=content.get("fatal", False),
        maximum=content.get("maximum"),
        pass_from=None if passes is None else Decimal(str(passes)),
        dimension=content.get("dimension", ""),
    )
    return ReadyItem(question, names)
