"""The editor's form: all of a draft at once, saved or only reckoned anew.

Every button of the page sends the whole form with `act`; without JavaScript nothing is missing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from appraisal.models import Indicator, SchemeVersion
from appraisal.models.visibility import proposed_department_ids
from appraisal.schemes.content import HUNDRED, Content, content_of
from appraisal.schemes.describe import is_weightless
from appraisal.schemes.forms import acts
from appraisal.schemes.forms import rows as table
from appraisal.schemes.forms.items import Around, ItemForm, item_row
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
from appraisal.schemes.forms.tables import (
    CoefficientForm,
    PartForm,
    checked_coefficients,
    coefficient_rows,
    default_rows,
    part_row,
)
from appraisal.schemes.permissions import allowed_coverage
from kpi_portal.people.models import Role, User

SAVING = ("save", "save_submit")
TABLE = SchemeVersion.CoefficientMode.TABLE


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
        stored = self.stored
        self.lock = self.version.lock
        self.item_rows = [item_row(item) for item in stored.items]
        self.band_rows = [band_row(band) for band in stored.bands]
        self.coefficient_rows = coefficient_rows(stored.coefficient_table)
        self.part_rows = [part_row(part) for part in stored.parts]
        self.settings_texts = settings_row(stored)
        self.coverage = stored.coverage

    def _from_posted(self, data: QueryDict) -> None:
        self.act, _colon, self.argument = (data.get("act") or "save").partition(":")
        lock = data.get("lock") or ""
        self.lock = int(lock) if lock.isdecimal() else -1
        self.item_rows = table.read_rows(data, "items")
        self.band_rows = table.read_rows(data, "bands")
        self.coefficient_rows = table.read_rows(data, "coefficients")
        self.part_rows = table.read_rows(data, "parts")
        prefix = "settings-"
        self.settings_texts = {
            key.removeprefix(prefix): data.getlist(key) for key in data if key.startswith(prefix)
        }
        wanted = read_coverage(data.getlist("coverage"))
        self.coverage = allowed_coverage(self.user, wanted, self.stored.coverage)
        self.focus = acts.do(self, data)

    def _build(self) -> None:
        for row in self.item_rows:
            if is_weightless(table.text(row, "rule")):
                row["weight"] = ["0.00"]
        if not self.coefficient_rows:
            self.coefficient_rows = default_rows()
        self.bands = [BandForm(row, place=place) for place, row in enumerate(self.band_rows)]
        self.parts = [PartForm(row, place=place) for place, row in enumerate(self.part_rows)]
        around = self._around()
        self.items = [
            ItemForm(
                row,
                place=place,
                indicator=self.library.get(table.text(row, "indicator")),
                around=around,
            )
            for place, row in enumerate(self.item_rows)
        ]
        texts: MultiValueDict[str, str] = table.numbered(self.settings_texts, "settings")
        self.settings = SettingsForm(texts, prefix="settings", scheme=self.version.scheme)
        self.steps = [
            CoefficientForm(row, place=place) for place, row in enumerate(self.coefficient_rows)
        ]
        self.band_values: list[dict[str, Any]] = checked_bands(self.bands)
        self.step_values = checked_coefficients(self.steps) if self.has_table else []

    def _around(self) -> Around:
        return around_of(
            self.item_rows,
            self.bands,
            self.parts,
            self.library,
            is_of_agents=self.version.scheme.subject == "agent",
        )

    @property
    def has_table(self) -> bool:
        """Whether the coefficient comes from the table."""
        return table.text(self.settings_texts, "coefficient_mode") == TABLE

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
        return sum((acts.weight(row) for row in self.item_rows), Decimal("0.00"))

    @property
    def can_scale(self) -> bool:
        return self.total > 0 and (self.total != HUNDRED or bool(self.parts))

    @property
    def unused(self) -> list[Indicator]:
        """The library, for adding: what is in use and measurable; the used ones, too, last."""
        used = {item.code for item in self.items}
        found = [each for each in self.library.values() if each.is_active]
        return sorted(found, key=lambda each: (each.code in used, each.category, each.code))

    @property
    def optional(self) -> list[tuple[str, str]]:
        """(value, name) of what the policy names and does not include, as far as measurable."""
        return [
            (f"optional:{place}", name)
            for place, name, code in acts.optional_items(self.version.scheme.template)
            if code in self.library
        ]

    def is_valid(self) -> bool:
        """Whether it can be saved as a draft; blanks and wrong totals are no hindrance."""
        forms = [*self.items, *self.bands, *self.parts, self.settings]
        if self.has_table:
            forms += self.steps
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
        for part in self.parts:
            found += _mistakes(part, part.label)
        for step in self.steps if self.has_table else ():
            found += _mistakes(step, _("Coefficient table"))
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
            coefficient_table=tuple(self.step_values),
            rollup=cleaned.get("rollup", stored.rollup),
            blend_share=cleaned.get("blend_share", stored.blend_share),
            parts=tuple(part.plain() for part in self.parts),
            newcomer_months=cleaned.get("newcomer_months", stored.newcomer_months),
            missing_limit=cleaned.get("missing_limit", stored.missing_limit),
            min_days=cleaned.get("min_days", stored.min_days),
            note=cleaned.get("note", stored.note),
            coverage=self.coverage,
        )


def around_of(
    item_rows: list[Row],
    bands: list[BandForm],
    parts: list[PartForm],
    library: dict[str, Indicator],
    *,
    is_of_agents: bool,
) -> Around:
    """What the items of a draft may refer to."""
    items = []
    for number, row in enumerate(item_rows, start=1):
        code = table.text(row, "indicator")
        name = library[code].label if code in library else code
        if not is_weightless(table.text(row, "rule")):
            items.append((str(number), f"{number} · {name}"))
    return Around(
        items=tuple(items),
        bands=tuple((band.key, table.text(band.row, "name") or band.key) for band in bands),
        parts=tuple((part.key, part.label) for part in parts),
        is_of_agents=is_of_agents,
    )


def _mistakes(form: Any, name: str) -> list[tuple[str, str, str]]:
    found = []
    for field, sentences in form.errors.items():
        where = form[field].auto_id if field in form.fields else ""
        label = f"{name} · {form.fields[field].label}" if field in form.fields else name
        found += [(where, label, str(sentence)) for sentence in sentences]
    return found
