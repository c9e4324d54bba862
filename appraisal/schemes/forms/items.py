"""One item in the editor: weight, category, rule, parameters, missing data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import FILTER_LABELS, Level, Metric, Param
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator, SchemeItem
from appraisal.rule_sentences import problem_sentence
from appraisal.schemes.content import ItemContent
from appraisal.schemes.describe import FILTER_CHOICES, LEVELS, is_weightless
from appraisal.schemes.forms.rows import Row, numbered, text
from appraisal.schemes.forms.rules import (
    problem_field,
    rule_form_fields,
    rule_params,
    rule_row,
)
from appraisal.schemes.formulas import FREE
from appraisal.schemes.guard import rule_problems
from appraisal.schemes.words import CATEGORIES, CHOICES, RULE_NAMES, category_label
from appraisal.scoring import RULES

LARGEST_SAMPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class Around:
    """What an item may refer to in its scheme. Items and parts as (value, label).

    `is_of_agents`: agents are scored, so that an item may be measured for a whole department.
    """

    items: tuple[tuple[str, str], ...] = ()
    bands: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    is_of_agents: bool = True

    def named(self, place: int) -> Mapping[str, Sequence[tuple[str, str]]]:
        """What a rule of the item at `place` (from 0) may name: other items, bands."""
        others = [each for each in self.items if each[0] != str(place + 1)]
        return {"item": others, "band": self.bands}


class ItemForm(forms.Form):
    """One row; always bound. Blanks are allowed, mistakes are not.

    `indicator` may be None if the library has lost it; the row can then only be removed.
    """

    category = forms.CharField(
        label=_("category"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
    )
    weight = forms.DecimalField(
        label=_("weight, %"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput({"step": "0.01", "data-weight": ""}),
    )
    rule = forms.ChoiceField(label=_("scoring rule"), choices=list(RULE_NAMES.items()))
    missing_policy = forms.ChoiceField(label=_("without data"), choices=SchemeItem.Missing.choices)
    min_sample = forms.IntegerField(
        label=_("smallest sample"), min_value=0, max_value=LARGEST_SAMPLE
    )

    def __init__(
        self, row: Row, *, place: int, indicator: Indicator | None, around: Around
    ) -> None:
        self.row = _with_rule(row)
        self.place = place
        self.indicator = indicator
        self.is_weightless = is_weightless(text(self.row, "rule"))
        self.metric: Metric | None = METRICS.get(indicator.metric) if indicator else None
        for param in self.metric.params if self.metric else ():
            if param.choices and param.default is not None:
                self.row.setdefault(f"param-{param.name}", [param.default])
        super().__init__(numbered(self.row, f"items-{place}"), prefix=f"items-{place}")
        self.rule_key = text(self.row, "rule")
        rule_fields = rule_form_fields(self.rule_key, self.row, around.named(place))
        if self.metric is not None and self.metric.key in FREE:
            rule_fields = {"rule-direction": _direction_field(self.row), **rule_fields}
        self.rule_names = tuple(rule_fields)
        self.fields.update(rule_fields)
        if around.parts:
            self.fields["part"] = _part_field(around.parts)
        param_fields = _level_field(self.metric, around) | metric_fields(self.metric)
        self.param_names = tuple(param_fields)
        self.fields.update(param_fields)
        self.is_open = bool(text(self.row, "open"))

    @property
    def rule_fields(self) -> list[forms.BoundField]:
        """The fields of the rule but for its tiers."""
        return [self[name] for name in self.rule_names if not name.startswith("tier-")]

    @property
    def tier_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """(bound, points) of each tier row."""
        names = [name for name in self.rule_names if name.endswith("-bound")]
        return [(self[name], self[name.replace("-bound", "-points")]) for name in names]

    @property
    def param_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.param_names]

    @property
    def part(self) -> forms.BoundField | None:
        """The field for the part; None in a scheme without parts."""
        return self["part"] if "part" in self.fields else None

    @property
    def has_param_errors(self) -> bool:
        return any(name in self.errors for name in self.param_names)

    @property
    def direction(self) -> str:
        """The metric's, but for those that measure anything: what was chosen."""
        if self.metric is None:
            return "up"
        chosen = text(self.row, "rule-direction")
        if self.metric.key in FREE and chosen in ("up", "down"):
            return chosen
        return str(self.metric.direction)

    @property
    def code(self) -> str:
        return text(self.row, "indicator")

    def clean_category(self) -> str:
        """A standard category is stored by its key, whichever language it was typed in."""
        typed: str = self.cleaned_data["category"].strip()
        return next((key for key in CATEGORIES if typed in (key, category_label(key))), typed)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.metric is None:
            raise forms.ValidationError(
                _("This indicator is no longer in the library. Remove the item.")
            )
        params = rule_params(self.rule_key, self.row, self.direction)
        for problem in rule_problems(self.rule_key, params):
            if problem.code != "blank":
                field = problem_field(self.rule_key, problem.field, self.row)
                self.add_error(field if field in self.fields else None, problem_sentence(problem))
        self._check_params(self.metric)
        return cleaned

    def _check_params(self, metric: Metric) -> None:
        for param in metric.params:
            entered = text(self.row, f"param-{param.name}")
            if not entered:
                continue
            try:
                param.read(entered)
            except BadMetric as error:
                self.add_error(f"param-{param.name}", str(error.message))

    def content(self) -> ItemContent:
        """The row as it stands; a wrong number counts as nothing. For previews, too."""
        cleaned = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        sample = cleaned.get("min_sample")
        return ItemContent(
            indicator=self.code,
            category=cleaned.get("category") or "",
            params=self._params(),
            rule=self.rule_key,
            rule_params=rule_params(self.rule_key, self.row, self.direction),
            weight=cleaned.get("weight") or Decimal("0.00"),
            missing_policy=cleaned.get("missing_policy") or SchemeItem.Missing.REDISTRIBUTE.value,
            min_sample=10 if sample is None else sample,
            part=cleaned.get("part") or "",
        )

    def _params(self) -> dict[str, str]:
        """What differs from the metric's defaults; several values of a filter with commas."""
        defaults: dict[str, str | None] = {"level": Level.AGENT.value}
        if self.metric:
            defaults |= {param.name: param.default for param in self.metric.params}
        found = {}
        for name in self.param_names:
            kind, _dash, param = name.partition("-")
            texts = [each.strip() for each in self.row.get(name, []) if each.strip()]
            if kind == "filter" and texts:
                found[param] = ",".join(texts)
            elif texts and texts[-1] != defaults.get(param):
                found[param] = texts[-1]
        return found


def item_row(item: ItemContent) -> Row:
    """A stored item as a row of the editor."""
    row: Row = {
        "indicator": [item.indicator],
        "category": [category_label(item.category)],
        "weight": [str(item.weight)],
        "rule": [item.rule],
        "missing_policy": [item.missing_policy],
        "min_sample": [str(item.min_sample)],
        "part": [item.part],
    }
    row |= rule_row(item.rule, item.rule_params)
    for name, content in item.params.items():
        if name in FILTER_CHOICES:
            row[f"filter-{name}"] = content.split(",")
        elif name in FILTER_LABELS:
            row[f"filter-{name}"] = [content]
        else:
            row[f"param-{name}"] = [content]
    return row


def new_row(indicator: Indicator) -> Row:
    """A row for an indicator just added: its usual target, proportional, no weight yet."""
    target = "" if indicator.target is None else format(indicator.target.normalize(), "f")
    return item_row(
        ItemContent(
            indicator=indicator.code,
            category=indicator.category,
            params=dict(indicator.params),
            rule="linear",
            rule_params={"target": target},
            weight=Decimal("0.00"),
        )
    ) | {"open": ["1"]}


def _with_rule(row: Row) -> Row:
    """An unknown rule falls back to the first."""
    return row if text(row, "rule") in RULES else row | {"rule": [next(iter(RULES))]}


def _direction_field(row: Row) -> forms.ChoiceField:
    row.setdefault("rule-direction", ["up"])
    choices = [(each, CHOICES[each]) for each in ("up", "down")]
    return forms.ChoiceField(label=_("better is"), choices=choices, required=False)


def _part_field(parts: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    choices = [("", "—"), *parts]
    return forms.ChoiceField(label=_("part"), choices=choices, required=False)


def _level_field(metric: Metric | None, around: Around) -> dict[str, forms.Field]:
    """Whether each agent's records count or the whole department's; for agents' schemes."""
    if metric is None or not around.is_of_agents:
        return {}
    levels = [(str(level), LEVELS[level]) for level in metric.levels if level in LEVELS]
    if len(levels) < 2:
        return {}
    field = forms.ChoiceField(label=_("measured for"), choices=levels, required=False)
    return {"param-level": field}


def metric_fields(metric: Metric | None) -> dict[str, forms.Field]:
    """A field for each parameter (`param-…`) and filter (`filter-…`) of a metric."""
    if metric is None:
        return {}
    found: dict[str, forms.Field] = {
        f"param-{param.name}": _param_field(param) for param in metric.params
    }
    for name in metric.filters:
        label = FILTER_LABELS[name]
        if name in FILTER_CHOICES:
            found[f"filter-{name}"] = forms.MultipleChoiceField(
                label=label,
                choices=FILTER_CHOICES[name],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        else:
            found[f"filter-{name}"] = forms.CharField(
                label=label, required=False, max_length=200, help_text=_("several with commas")
            )
    return found


def _hints(param: Param) -> dict[str, str]:
    """A default is a hint; a number gets the keyboard for numbers."""
    default = param.default or ""
    is_number = bool(param.unit) or default.replace(".", "", 1).isdecimal()
    size = {"inputmode": "decimal", "size": "8"} if is_number else {"size": "24"}
    return {**size, "placeholder": default, "autocomplete": "off"}


def _param_field(param: Param) -> forms.Field:
    if param.choices:
        return forms.ChoiceField(
            label=param.label,
            choices=[(key, label or _("a plain number")) for key, label in param.choices.items()],
            required=False,
            initial=param.default,
        )
    unit = f" ({param.unit})" if param.unit else ""
    return forms.CharField(
        label=f"{param.label}{unit}",
        required=False,
        max_length=200,
        widget=forms.TextInput(_hints(param)),
    )
