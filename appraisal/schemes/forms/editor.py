"""The editor's form: all of a draft at once, saved or only reckoned anew.

Every button of the page sends the whole form with `act`; without JavaScript nothing is missing.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from appraisal.models import Indicator, SchemeVersion
from appraisal.models.visibility import proposed_department_ids
from appraisal.schemes.content import HUNDRED, Content, content_of
from appraisal.schemes.forms import rows as table
from appraisal.schemes.forms.items import ItemForm, item_row, new_row
from appraisal.schemes.forms.rows import Row
from appraisal.schemes.forms.settings import (
    BandForm,
    Place,
    SettingsForm,
    band_row,
    checked_bands,
    places,
    read_coverage,
    settings_row,
)
from appraisal.schemes.permissions import allowed_coverage
from appraisal.scoring import scale_to_hundred
from kpi_portal.people.models import Role, User

STEP = Decimal("0.50")
SAVING = ("save", "save_submit")


class Editor:
    """A draft as forms. `act` is what the pressed button asks for; "" for a first look."""

    def __init__(self, version: SchemeVersion, user: User, data: QueryDict | None = None) -> None:
        self.version, self.user = version, user
        self.stored = content_of(version)
        self.act, self.argument = "", ""
        self.library = {each.code: each for each in Indicator.objects.all()}
        self.focus = ""
        if data is None:
            self._from_stored()
        else:
            self._from_posted(data)
        self._build()

    def _from_stored(self) -> None:
        self.lock = self.version.lock
        self.item_rows = [item_row(item) for item in self.stored.items]
        self.band_rows = [band_row(band) for band in self.stored.bands]
        self.settings_texts = settings_row(self.stored)
        self.coverage = self.stored.coverage

    def _from_posted(self, data: QueryDict) -> None:
        self.act, _colon, self.argument = (data.get("act") or "save").partition(":")
        lock = data.get("lock") or ""
        self.lock = int(lock) if lock.isdecimal() else -1
        self.item_rows = table.read_rows(data, "items")
        self.band_rows = table.read_rows(data, "bands")
        prefix = "settings-"
        self.settings_texts = {
            key.removeprefix(prefix): data.getlist(key) for key in data if key.startswith(prefix)
        }
        wanted = read_coverage(data.getlist("coverage"))
        self.coverage = allowed_coverage(self.user, wanted, self.stored.coverage)
        self._do(data)

    def _do(self, data: QueryDict) -> None:
        """Change the rows as the button says; unknown acts only reckon anew."""
        place = int(self.argument) if self.argument.isdecimal() else -1
        match self.act:
            case "up" | "down":
                by = -1 if self.act == "up" else 1
                self.item_rows = table.moved(self.item_rows, place, by)
                self.focus = f"{self.act}-{max(0, min(place + by, len(self.item_rows) - 1))}"
            case "remove":
                self.item_rows = table.without(self.item_rows, place)
            case "add":
                indicator = self.library.get(data.get("add-indicator") or "")
                if indicator is not None:
                    self.item_rows = [*self.item_rows, new_row(indicator)]
                    self.focus = f"id_items-{len(self.item_rows) - 1}-weight"
            case "plus" | "minus" if 0 <= place < len(self.item_rows):
                step = STEP if self.act == "plus" else -STEP
                self.item_rows[place]["weight"] = [_stepped(self.item_rows[place], step)]
                self.focus = f"{self.act}-{place}"
            case "scale":
                self._scale()
            case "band_add":
                self.band_rows = [*self.band_rows, _new_band(self.band_rows)]
            case "band_remove":
                self.band_rows = table.without(self.band_rows, place)

    def _scale(self) -> None:
        weights = [_weight(row) for row in self.item_rows]
        if sum(weights) > 0:
            for row, weight in zip(self.item_rows, scale_to_hundred(weights), strict=True):
                row["weight"] = [str(weight)]

    def _build(self) -> None:
        self.items = [
            ItemForm(row, place=place, indicator=self.library.get(table.text(row, "indicator")))
            for place, row in enumerate(self.item_rows)
        ]
        self.bands = [BandForm(row, place=place) for place, row in enumerate(self.band_rows)]
        texts: MultiValueDict[str, str] = table.numbered(self.settings_texts, "settings")
        self.settings = SettingsForm(texts, prefix="settings")
        self.band_values: list[dict[str, Any]] = checked_bands(self.bands)

    @property
    def places(self) -> list[Place]:
        """Departments and positions to tick."""
        own = None if self.user.has_role(Role.HR) else proposed_department_ids(self.user)
        return places(self.coverage, own)

    @property
    def is_saving(self) -> bool:
        return self.act in SAVING

    @property
    def total(self) -> Decimal:
        """The weights as entered; what is no number counts as nothing."""
        return sum((_weight(row) for row in self.item_rows), Decimal("0.00"))

    @property
    def can_scale(self) -> bool:
        return self.total > 0 and self.total != HUNDRED

    @property
    def unused(self) -> list[Indicator]:
        """The library, for adding: what is in use and measurable; the used ones, too, last."""
        used = {item.code for item in self.items}
        found = [each for each in self.library.values() if each.is_active]
        return sorted(found, key=lambda each: (each.code in used, each.category, each.code))

    def is_valid(self) -> bool:
        """Whether it can be saved as a draft; blanks and wrong totals are no hindrance."""
        forms = [*self.items, *self.bands, self.settings]
        results = [form.is_valid() for form in forms]  # every form shows its mistakes
        return all(results)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(field id, field name, sentence) of every mistake, for the summary."""
        found = []
        for item in self.items:
            name = item.indicator.label if item.indicator else item.code
            found += _mistakes(item, name)
        for band in self.bands:
            found += _mistakes(band, table.text(band.row, "name") or _("Band"))
        return found + _mistakes(self.settings, _("Settings"))

    def content(self) -> Content:
        """What would be saved; call after is_valid."""
        cleaned = getattr(self.settings, "cleaned_data", {})
        stored = self.stored
        return Content(
            items=tuple(item.content() for item in self.items if item.indicator),
            bands=tuple(self.band_values),
            maximum=cleaned.get("maximum", stored.maximum),
            coefficient_mode=cleaned.get("coefficient_mode", stored.coefficient_mode),
            missing_limit=cleaned.get("missing_limit", stored.missing_limit),
            min_days=cleaned.get("min_days", stored.min_days),
            note=cleaned.get("note", stored.note),
            coverage=self.coverage,
        )


def _mistakes(form: Any, name: str) -> list[tuple[str, str, str]]:
    found = []
    for field, sentences in form.errors.items():
        where = form[field].auto_id if field in form.fields else ""
        label = f"{name} · {form.fields[field].label}" if field in form.fields else name
        found += [(where, label, str(sentence)) for sentence in sentences]
    return found


def _weight(row: Row) -> Decimal:
    try:
        weight = Decimal(table.text(row, "weight") or "0")
    except InvalidOperation:
        return Decimal("0.00")
    if not weight.is_finite() or not 0 <= weight <= HUNDRED:
        return Decimal("0.00")
    return weight.quantize(Decimal("0.01"))


def _stepped(row: Row, step: Decimal) -> str:
    return str(min(max(_weight(row) + step, Decimal("0.00")), HUNDRED))


def _new_band(rows: list[Row]) -> Row:
    taken = {table.text(row, "key") for row in rows}
    number = next(each for each in range(1, len(rows) + 2) if f"band{each}" not in taken)
    return table.of_items([("key", f"band{number}"), ("name", "")])
