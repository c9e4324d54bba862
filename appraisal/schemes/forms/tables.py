"""The small tables of a draft: the coefficient by the department's final, and the parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.rule_sentences import problem_sentence
from appraisal.schemes.forms.rows import Row, numbered, of_items, text
from appraisal.schemes.forms.settings import LANGUAGES
from appraisal.scoring.coefficients import (
    DEFAULT_COEFFICIENTS,
    CoefficientError,
    read_coefficients,
)

SMALL = {"inputmode": "decimal", "size": "6", "autocomplete": "off"}


class CoefficientForm(forms.Form):
    """One step of the table; the lowest has no bound."""

    lower = forms.CharField(
        label=_("department's final from"),
        required=False,
        max_length=10,
        widget=forms.TextInput(SMALL),
    )
    value = forms.CharField(
        label=_("coefficient"), required=False, max_length=10, widget=forms.TextInput(SMALL)
    )

    def __init__(self, row: Row, *, place: int) -> None:
        self.row, self.place = row, place
        super().__init__(numbered(row, f"coefficients-{place}"), prefix=f"coefficients-{place}")

    def plain(self) -> dict[str, str | None]:
        """The step as it is stored; nothing checked."""
        return {"lower": text(self.row, "lower") or None, "value": text(self.row, "value")}


def coefficient_rows(table: Sequence[Mapping[str, Any]]) -> list[Row]:
    """A stored table as rows of the editor."""
    return [
        of_items([("lower", str(row.get("lower") or "")), ("value", str(row.get("value") or ""))])
        for row in table
    ]


def default_rows() -> list[Row]:
    """The usual table, for a scheme that has just chosen this mode."""
    return coefficient_rows(DEFAULT_COEFFICIENTS)


def checked_coefficients(steps: Sequence[CoefficientForm]) -> list[dict[str, str | None]]:
    """The table as stored; puts every mistake but a blank at its field."""
    rows = [form.plain() for form in steps]
    try:
        read_coefficients(rows)
    except CoefficientError as error:
        for problem in error.problems:
            parts = problem.field.split(".")
            if problem.code == "blank" or not steps:
                continue
            place = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
            form = steps[min(place, len(steps) - 1)]
            form.is_valid()
            field = parts[2] if len(parts) > 2 and parts[2] in form.fields else None
            form.add_error(field, problem_sentence(problem))
    return rows


class PartForm(forms.Form):
    """One part of the card and its share of the whole; a draft may leave the share blank."""

    name = forms.CharField(label=_("name"), max_length=40)
    name_zh_hant = forms.CharField(label=_("name in 繁體中文"), required=False, max_length=40)
    name_en = forms.CharField(label=_("name in English"), required=False, max_length=40)
    share = forms.DecimalField(
        label=_("share, %"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(SMALL),
    )

    def __init__(self, row: Row, *, place: int) -> None:
        self.row, self.place = row, place
        super().__init__(numbered(row, f"parts-{place}"), prefix=f"parts-{place}")

    @property
    def key(self) -> str:
        return text(self.row, "key") or f"part{self.place + 1}"

    @property
    def label(self) -> str:
        return text(self.row, "name") or self.key

    def plain(self) -> dict[str, Any]:
        """The part as it is stored."""
        names = {code: text(self.row, field) for code, field in LANGUAGES.items()}
        share = self.cleaned_data.get("share") if self.is_valid() else None
        return {
            "key": self.key,
            "names": {code: name for code, name in names.items() if name},
            "share": text(self.row, "share") if share is None else str(share),
        }


def part_row(part: Mapping[str, Any]) -> Row:
    """A stored part as texts."""
    names = part.get("names") or {}
    return of_items(
        [
            ("key", str(part.get("key") or "")),
            *((field, names.get(code, "")) for code, field in LANGUAGES.items()),
            ("share", str(part.get("share") or "")),
        ]
    )


def new_part(rows: Sequence[Row]) -> Row:
    """A part without a name whose key no other has."""
    taken = {text(row, "key") for row in rows}
    number = next(each for each in range(1, len(rows) + 2) if f"part{each}" not in taken)
    return of_items([("key", f"part{number}"), ("name", ""), ("share", "")])
