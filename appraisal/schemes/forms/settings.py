"""Settings, bands and coverage of a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.models import Cycle, Scheme, SchemeVersion
from appraisal.rule_sentences import problem_sentence
from appraisal.schemes.content import Content, Whom
from appraisal.schemes.forms.rows import Row, numbered, of_items, text
from appraisal.schemes.words import CONSEQUENCES
from appraisal.scoring import BandError, BandTable
from kpi_portal.people.models import Department, Position

LANGUAGES = {"zh-hans": "name", "zh-hant": "name_zh_hant", "en": "name_en"}


class SettingsForm(forms.Form):
    """What holds for the whole card."""

    maximum = forms.DecimalField(
        label=_("Maximum of the total"),
        min_value=Decimal("0.01"),
        max_value=Decimal(200),
        max_digits=6,
        decimal_places=2,
        help_text=_("Usually 100, or 120 where a department coefficient is used."),
    )
    coefficient_mode = forms.ChoiceField(
        label=_("Department coefficient"), choices=SchemeVersion.CoefficientMode.choices
    )
    rollup = forms.ChoiceField(
        label=_("Quarter and year"),
        choices=SchemeVersion.Rollup.choices,
        help_text=_("Means of published parts wait until every part is published."),
    )
    blend_share = forms.DecimalField(
        label=_("Share of the recomputed result, %"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        help_text=_("Only for a share of each."),
    )
    newcomer_months = forms.IntegerField(
        label=_("Only for newcomers of at most so many months"),
        required=False,
        min_value=1,
        max_value=600,
        help_text=_("Blank: for everybody. Filled in, it goes before the scheme for everybody."),
    )
    missing_limit = forms.DecimalField(
        label=_("Limit of missing weight, %"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        help_text=_("Above it the card is issued as insufficient data, without a band."),
    )
    min_days = forms.IntegerField(
        label=_("Fewest working days"),
        min_value=0,
        max_value=366,
        help_text=_("Who worked fewer days in the period is not assessed."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        """Leaves out what this scheme cannot have: the settings then stay as they are."""
        super().__init__(*args, **kwargs)
        if scheme.cycle == Cycle.MONTH:
            del self.fields["rollup"], self.fields["blend_share"]
        if scheme.subject == Scheme.Subject.DEPARTMENT:
            del self.fields["newcomer_months"], self.fields["coefficient_mode"]


def settings_row(content: Content) -> Row:
    """The settings as texts."""
    return of_items(
        [
            ("maximum", str(content.maximum)),
            ("coefficient_mode", content.coefficient_mode),
            ("rollup", content.rollup),
            ("blend_share", str(content.blend_share)),
            ("newcomer_months", str(content.newcomer_months or "")),
            ("missing_limit", str(content.missing_limit)),
            ("min_days", str(content.min_days)),
            ("note", content.note),
        ]
    )


class BandForm(forms.Form):
    """One band; its lower bound is empty for the lowest."""

    name = forms.CharField(label=_("name"), max_length=40)
    name_zh_hant = forms.CharField(label=_("name in 繁體中文"), required=False, max_length=40)
    name_en = forms.CharField(label=_("name in English"), required=False, max_length=40)
    lower = forms.CharField(
        label=_("from (points)"),
        required=False,
        max_length=10,
        widget=forms.TextInput({"inputmode": "decimal", "size": "6"}),
    )
    bonus_factor = forms.CharField(
        label=_("bonus factor"),
        required=False,
        max_length=10,
        widget=forms.TextInput({"inputmode": "decimal", "size": "6"}),
    )
    consequence = forms.ChoiceField(label=_("consequence"), required=False)

    def __init__(self, row: Row, *, place: int) -> None:
        self.row, self.place = row, place
        super().__init__(numbered(row, f"bands-{place}"), prefix=f"bands-{place}")
        known = dict(CONSEQUENCES)
        kept = text(row, "consequence")
        known.setdefault(kept, kept)
        self.fields["consequence"].choices = list(known.items())  # type: ignore[attr-defined]

    @property
    def key(self) -> str:
        return text(self.row, "key") or f"band{self.place + 1}"

    def plain(self) -> dict[str, Any]:
        """The band as it is stored; nothing checked."""
        names = {code: text(self.row, field) for code, field in LANGUAGES.items()}
        return {
            "key": self.key,
            "name": {code: name for code, name in names.items() if name},
            "lower": text(self.row, "lower") or None,
            "bonus_factor": text(self.row, "bonus_factor") or None,
            "consequence": text(self.row, "consequence"),
        }


def band_row(band: Mapping[str, Any]) -> Row:
    """A stored band as texts."""
    name = band.get("name") or {}
    names = {"zh-hans": name} if isinstance(name, str) else name
    return of_items(
        [
            ("key", band.get("key") or ""),
            *((field, names.get(code, "")) for code, field in LANGUAGES.items()),
            ("lower", band.get("lower") or ""),
            ("bonus_factor", band.get("bonus_factor") or ""),
            ("consequence", band.get("consequence") or ""),
        ]
    )


def checked_bands(band_forms: Sequence[BandForm]) -> list[dict[str, Any]]:
    """The bands as stored, best first; puts every problem at its field, else at the first."""
    rows = [form.plain() for form in band_forms]
    try:
        return BandTable.from_json(rows).to_json()
    except BandError as error:
        for problem in error.problems:
            parts = problem.field.split(".")
            place = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
            if not band_forms:
                continue
            form = band_forms[min(place, len(band_forms) - 1)]
            form.is_valid()
            field = parts[2] if len(parts) > 2 and parts[2] in form.fields else None
            form.add_error(field, problem_sentence(problem))
        return rows


@dataclass(frozen=True, slots=True)
class Place:
    """A department or a position in it, as a box to tick. `locked`: not the reader's to change."""

    value: str
    label: str
    checked: bool
    locked: bool
    positions: tuple[Place, ...] = ()

    @property
    def has_ticked_position(self) -> bool:
        return any(each.checked for each in self.positions)


def places(coverage: Sequence[Whom], own: set[int] | None) -> list[Place]:
    """All departments with all positions; `own` None: everything may be changed."""
    positions = list(Position.objects.all())
    found = []
    for department in Department.objects.all():
        locked = own is not None and department.pk not in own
        inside = tuple(
            Place(
                f"{department.pk}:{position.pk}",
                position.label,
                (department.pk, position.pk) in coverage,
                locked,
            )
            for position in positions
        )
        whole = (department.pk, None) in coverage
        found.append(Place(str(department.pk), department.label, whole, locked, inside))
    return found


def read_coverage(texts: Sequence[str]) -> tuple[Whom, ...]:
    """`12` is a department, `12:3` a position in it; what is not there is left out."""
    departments = set(Department.objects.values_list("pk", flat=True))
    positions = set(Position.objects.values_list("pk", flat=True))
    found: list[Whom] = []
    for each in texts:
        head, _colon, tail = each.partition(":")
        if not head.isdecimal() or int(head) not in departments:
            continue
        if not tail:
            found.append((int(head), None))
        elif tail.isdecimal() and int(tail) in positions:
            found.append((int(head), int(tail)))
    return tuple(found)
