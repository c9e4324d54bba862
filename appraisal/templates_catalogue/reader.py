"""Reads fields of a YAML mapping and remembers, with line and field, whatever is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kpi_portal.core.errors import DomainError

LARGEST = 400_000
"""Characters that a scheme file may have; the largest scheme needs a tenth."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong in a file. `where` is a path such as `items[2].weight`, "" for the
    file as a whole; `line` counts from 1, None where it has no place."""

    where: str
    sentence: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.where
        if self.line is not None:
            line = _("line %(line)s") % {"line": self.line}
            place = f"{line}, {place}" if place else line
        return f"{place}{pgettext('colon', ': ')}{self.sentence}" if place else self.sentence


class TemplateError(DomainError):
    """A scheme file is wrong; `problems` says where and what."""

    code = "template_wrong"
    status = 422

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(problems)
        fields: dict[str, str] = {}
        for each in self.problems:
            fields.setdefault(each.where or "file", each.sentence)
        text = _("The scheme file cannot be read: %s") % "; ".join(map(str, problems))
        super().__init__(text, fields=fields)


class Document:
    """A file's content, the line of each of its fields, and what was found wrong so far."""

    def __init__(self, text: str) -> None:
        """Raises TemplateError where the text is no YAML mapping, or YAML that hides things."""
        self.problems: list[FileProblem] = []
        self.lines: dict[str, int] = {}
        if len(text) > LARGEST:
            raise TemplateError([FileProblem("", _("The file is too large for a scheme."))])
        try:
            self._refuse_aliases(text)
            self._walk(yaml.compose(text, Loader=yaml.SafeLoader), "")
            content = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise TemplateError([_not_yaml(error)]) from error
        if self.problems:
            raise TemplateError(self.problems)
        if not isinstance(content, dict):
            text = _("The file is no scheme: it begins with key, names, bands and items.")
            raise TemplateError([FileProblem("", text, 1)])
        self.content: Mapping[str, Any] = content

    def line_of(self, where: str) -> int | None:
        """The line of a field, else of what it belongs to."""
        while where:
            if where in self.lines:
                return self.lines[where]
            where = where[: max(where.rfind("."), where.rfind("["), 0)]
        return None

    def _refuse_aliases(self, text: str) -> None:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                sentence = _("Write the value out instead of referring to another (*%(name)s).")
                mark = event.start_mark
                line = mark.line + 1 if mark is not None else None
                raise TemplateError([FileProblem("", sentence % {"name": event.anchor}, line)])

    def _walk(self, node: Any, where: str) -> None:
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                name = str(key.value)
                path = f"{where}.{name}" if where else name
                self.lines[path] = key.start_mark.line + 1
                if name in seen:
                    self.refuse(path, _("The field is given twice."))
                seen.add(name)
                self._walk(value, path)
        elif isinstance(node, yaml.SequenceNode):
            for place, value in enumerate(node.value):
                path = f"{where}[{place}]"
                self.lines[path] = value.start_mark.line + 1
                self._walk(value, path)

    def refuse(self, where: str, sentence: str) -> None:
        self.problems.append(FileProblem(where, sentence, self.line_of(where)))


def _not_yaml(error: Exception) -> FileProblem:
    mark = getattr(error, "problem_mark", None)
    what = str(getattr(error, "problem", "") or "").strip()
    sentence = _("This is no YAML. Check indentation, colons and quotes.")
    return FileProblem(
        "", f"{sentence} ({what})" if what else sentence, mark.line + 1 if mark else None
    )


class Reader:
    """A mapping of a document; all readers of one document share its problems."""

    def __init__(
        self, document: Document, content: Mapping[str, Any] | None = None, where: str = ""
    ) -> None:
        self.document = document
        self.content = document.content if content is None else content
        self.where = where

    def place(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def refuse(self, name: str, sentence: str) -> None:
        self.document.refuse(self.place(name), sentence)

    def stop_if_wrong(self) -> None:
        """Raises TemplateError with everything found so far."""
        if self.document.problems:
            raise TemplateError(self.document.problems)

    def only(self, known: Collection[str]) -> None:
        for name in self.content:
            if name not in known:
                text = _("There is no such field. There are: %(fields)s.")
                self.refuse(str(name), text % {"fields": ", ".join(sorted(known))})

    def text(self, name: str, default: str | None = None, *, longest: int = 100) -> str:
        given = self.content.get(name, default)
        if not isinstance(given, str) or not (given or default is not None):
            self.refuse(name, _("A text is needed."))
            return ""
        if len(given) > longest:
            self.refuse(name, _("At most %(count)s characters.") % {"count": longest})
        return given

    def choice(self, name: str, known: Collection[str], default: str) -> str:
        given = self.text(name, default)
        if given not in known:
            text = _("“%(value)s” is none of the choices: %(choices)s.")
            self.refuse(name, text % {"value": given, "choices": ", ".join(known)})
            return default
        return given

    def whole(self, name: str, default: int, high: int = 1_000_000) -> int:
        given = self.content.get(name, default)
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= high:
            return given
        text = _("A whole number from 0 to %(high)s is needed, without quotes.")
        self.refuse(name, text % {"high": high})
        return default

    def decimal(
        self,
        name: str,
        *,
        places: int,
        default: Decimal | None,
        low: Decimal | int | None = None,
        high: int | None = None,
    ) -> Decimal | None:
        given = self.content.get(name)
        if given is None or given == "":
            return default
        number = _number(given)
        if number is None:
            text = _("A number in quotes is needed, not %(value)s.")
            self.refuse(name, text % {"value": given})
        elif number != round(number, places):
            text = _("%(value)s has more than %(places)s decimals.")
            self.refuse(name, text % {"value": given, "places": places})
        elif (low is not None and number < low) or (high is not None and number > high):
            text = _("%(value)s does not lie between %(low)s and %(high)s.")
            self.refuse(name, text % {"value": given, "low": low, "high": high})
        else:
            return round(number, places)
        return default

    def mapping(self, name: str) -> Mapping[str, Any]:
        given = self.content.get(name) or {}
        if isinstance(given, dict):
            return given
        self.refuse(name, _("Fields with values are needed here."))
        return {}

    def strings(self, name: str) -> Mapping[str, str]:
        given = self.mapping(name)
        found = {}
        for key, value in given.items():
            if isinstance(key, str) and isinstance(value, str):
                found[key] = value
            else:
                self.refuse(f"{name}.{key}", _("A text in quotes is needed."))
        return found

    def names(self, name: str, *, required: bool = True) -> Mapping[str, str]:
        """A name in up to three languages; zh-hans is always there unless not `required`."""
        if name not in self.content and not required:
            return {}
        given = self.strings(name)
        for language in given:
            if language not in LANGUAGES:
                text = _("There is no such language. There are: %(languages)s.")
                self.refuse(f"{name}.{language}", text % {"languages": ", ".join(LANGUAGES)})
        if not given.get("zh-hans", "").strip():
            self.refuse(f"{name}.zh-hans", _("The name in 简体中文 is needed."))
        return given

    def child(self, name: str, content: Any) -> Reader:
        if isinstance(content, dict):
            return Reader(self.document, content, self.place(name))
        self.refuse(name, _("Fields with values are needed here."))
        return Reader(self.document, {}, self.place(name))

    def rows(self, name: str, *, required: bool = True) -> Iterator[tuple[int, Reader]]:
        """The mappings of a list, counted from 0."""
        given = self.content.get(name)
        if given is None and not required:
            return
        if not isinstance(given, list) or (required and not given):
            self.refuse(name, _("A list is needed, each entry begun with a hyphen."))
            return
        for place, row in enumerate(given):
            yield place, self.child(f"{name}[{place}]", row)


LANGUAGES = ("zh-hans", "zh-hant", "en")


def _number(given: Any) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | str):
        return None
    try:
        number = Decimal(given)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None
