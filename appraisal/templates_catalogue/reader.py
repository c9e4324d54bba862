"""Reads fields of a YAML mapping and remembers, with its place, whatever is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from kpi_portal.core.errors import DomainError


class TemplateError(DomainError):
    """A scheme file is wrong; `problems` says where and what, one line each."""

    code = "template_wrong"
    status = 422

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(_("The scheme file cannot be read: %s") % "; ".join(problems))


class Reader:
    """A mapping and the list of problems that all readers of one file share."""

    def __init__(
        self, content: Mapping[str, Any], where: str = "", problems: list[str] | None = None
    ) -> None:
        self.content = content
        self.where = where
        self.problems: list[str] = [] if problems is None else problems

    def refuse(self, name: str, reason: str) -> None:
        place = f"{self.where}.{name}" if self.where else name
        self.problems.append(f"{place}: {reason}")

    def stop_if_wrong(self) -> None:
        """Raises TemplateError with everything found so far."""
        if self.problems:
            raise TemplateError(self.problems)

    def only(self, known: Collection[str]) -> None:
        for name in self.content:
            if name not in known:
                self.refuse(str(name), "unknown field")

    def text(self, name: str, default: str | None = None) -> str:
        given = self.content.get(name, default)
        if isinstance(given, str) and (given or default is not None):
            return given
        self.refuse(name, "a text is needed")
        return ""

    def choice(self, name: str, known: Collection[str], default: str) -> str:
        given = self.text(name, default)
        if given not in known:
            self.refuse(name, f"{given} is none of {', '.join(known)}")
        return given

    def whole(self, name: str, default: int) -> int:
        given = self.content.get(name, default)
        if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
            return given
        self.refuse(name, "a whole number from 0 is needed")
        return default

    def decimal(
        self,
        name: str,
        *,
        places: int,
        default: Decimal | None,
        low: int | None = None,
        high: int | None = None,
    ) -> Decimal | None:
        given = self.content.get(name)
        if given is None or given == "":
            return default
        number = _number(given)
        if number is None:
            self.refuse(name, f"a number in quotes is needed, not {given!r}")
        elif number != round(number, places):
            self.refuse(name, f"{given} has more than {places} decimals")
        elif (low is not None and number < low) or (high is not None and number > high):
            self.refuse(name, f"{given} is not between {low} and {high}")
        else:
            return round(number, places)
        return default

    def mapping(self, name: str) -> Mapping[str, Any]:
        given = self.content.get(name) or {}
        if isinstance(given, dict):
            return given
        self.refuse(name, "a mapping is needed")
        return {}

    def strings(self, name: str) -> Mapping[str, str]:
        given = self.mapping(name)
        for key, value in given.items():
            if not isinstance(value, str):
                self.refuse(f"{name}.{key}", "a text in quotes is needed")
        return given

    def names(
        self, name: str, languages: Collection[str], *, required: bool = True
    ) -> Mapping[str, str]:
        """A name in each language."""
        if name not in self.content and not required:
            return {}
        given = self.strings(name)
        for language in languages:
            if not given.get(language):
                self.refuse(f"{name}.{language}", "a text is needed")
        return given

    def child(self, name: str, content: Any) -> Reader:
        place = f"{self.where}.{name}" if self.where else name
        if isinstance(content, dict):
            return Reader(content, place, self.problems)
        self.refuse(name, "a mapping is needed")
        return Reader({}, place, self.problems)

    def rows(self, name: str, *, required: bool = True) -> Iterator[tuple[int, Reader]]:
        """The mappings of a list, counted from 0."""
        given = self.content.get(name)
        if given is None and not required:
            return
        if not isinstance(given, list) or (required and not given):
            self.refuse(name, "a list is needed")
            return
        for place, row in enumerate(given):
            yield place, self.child(f"{name}[{place}]", row)


def _number(given: Any) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | str):
        return None
    try:
        number = Decimal(given)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
