"""The form of an indicator: names, metric, parameters, and for a formula its check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import Metric
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator
from appraisal.schemes.forms.items import metric_fields
from appraisal.schemes.formulas import check_formula
from appraisal.schemes.questions import unknown
from appraisal.schemes.words import CATEGORIES, category_label

NAMES = {"name": "zh-hans", "name_zh_hant": "zh-hant", "name_en": "en"}


class IndicatorForm(forms.Form):
    """All of an indicator. The fields of its parameters follow from the metric."""

    code = forms.SlugField(
        label=_("code"),
        max_length=60,
        help_text=_("Stands in formulas, files and comparisons; it is given once."),
    )
    name = forms.CharField(label=_("name"), max_length=100)
    name_zh_hant = forms.CharField(label=_("name in 繁體中文"), max_length=100, required=False)
    name_en = forms.CharField(label=_("name in English"), max_length=100, required=False)
    category = forms.CharField(
        label=_("category"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
    )
    target = forms.DecimalField(
        label=_("usual target"),
        max_digits=14,
        decimal_places=4,
        required=False,
        help_text=_("In the unit of the values. New scheme items begin with it."),
        widget=forms.TextInput({"inputmode": "decimal", "size": "10"}),
    )
    description = forms.CharField(
        label=_("description"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Blank: the definition of the metric is shown."),
    )
    is_active = forms.BooleanField(label=_("in use"), required=False, initial=True)

    def __init__(
        self, data: QueryDict | None, *, metric: Metric, indicator: Indicator | None = None
    ) -> None:
        self.metric, self.indicator = metric, indicator
        super().__init__(data, initial=_initial(indicator))
        if indicator is not None:
            del self.fields["code"]
        fields = metric_fields(metric)
        self.param_names = tuple(fields)
        for name, field in fields.items():
            if name == "param-expression":
                field = _expression_field()
            self.fields[name] = field
        for param in metric.params:
            field = self.fields[f"param-{param.name}"]
            if metric.key in ("formula", "recorded") and param.required:
                field.required = True

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.param_names]

    @property
    def param_fields(self) -> list[forms.BoundField]:
        """The parameters; a formula's expression has a place of its own."""
        names = [name for name in self.param_names if name != "param-expression"]
        return [self[name] for name in names]

    @property
    def expression(self) -> forms.BoundField | None:
        name = "param-expression"
        return self[name] if name in self.fields else None

    @property
    def own_code(self) -> str:
        """The indicator's code, or what was typed for a new one."""
        if self.indicator is not None:
            return self.indicator.code
        return str(self.data.get("code") or "")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in ("new", "check"):
            raise forms.ValidationError(_("This code is the address of a page. Choose another."))
        if Indicator.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is an indicator with this code already."))
        return code

    def clean_category(self) -> str:
        """A standard category is stored by its key, whichever language it was typed in."""
        typed: str = self.cleaned_data["category"].strip()
        return next((key for key in CATEGORIES if typed in (key, category_label(key))), typed)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        params = self.params()
        for param in self.metric.params:
            if param.name not in params:
                continue
            try:
                param.read(params[param.name])
            except BadMetric as error:
                self.add_error(f"param-{param.name}", str(error.message))
        if self.metric.key == "formula" and "param-expression" not in self.errors:
            wrong = check_formula(self.own_code, params)
            if wrong:
                self.add_error("param-expression", wrong)
        missing = unknown(self.metric.key, params)
        if missing:
            self.add_error(f"param-{missing.param}", missing.sentence)
        return cleaned

    def params(self) -> dict[str, str]:
        """What differs from the metric's defaults."""
        defaults = {param.name: param.default for param in self.metric.params}
        found = {}
        for name in self.param_names:
            kind, _dash, param = name.partition("-")
            value = self.cleaned_data.get(name)
            if kind == "filter":
                text = ",".join(value) if isinstance(value, list) else str(value or "").strip()
                if text:
                    found[param] = text
            elif value and str(value).strip() != defaults.get(param):
                found[param] = str(value).strip()
        return found

    def fill(self) -> Indicator:
        """The indicator as entered, not stored; call after is_valid."""
        cleaned = self.cleaned_data
        indicator = self.indicator or Indicator(code=cleaned["code"], metric=self.metric.key)
        for name in ("name", "name_zh_hant", "name_en", "category", "target", "description"):
            setattr(indicator, name, cleaned[name])
        indicator.is_active = cleaned["is_active"]
        indicator.params = self.params()
        return indicator


class MetricForm(forms.Form):
    """The first question of a new indicator: what it measures."""

    metric = forms.ChoiceField(label=_("measured by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = metric_choices()  # type: ignore[attr-defined]


def metric_choices() -> list[tuple[Any, Any]]:
    """What a company makes up itself first, then the metrics of the catalogue."""
    free = [(key, METRICS[key].label) for key in ("formula", "recorded") if key in METRICS]
    rest = [
        (key, f"{metric.label} · {key}")
        for key, metric in METRICS.items()
        if key not in ("formula", "recorded")
    ]
    return [(_("Of your own"), free), (_("From the catalogue"), rest)]


def _initial(indicator: Indicator | None) -> dict[str, Any]:
    if indicator is None:
        return {"is_active": True}
    found: dict[str, Any] = {name: getattr(indicator, name) for name in NAMES}
    found |= {
        "category": category_label(indicator.category),
        "target": None if indicator.target is None else format(indicator.target.normalize(), "f"),
        "description": indicator.description,
        "is_active": indicator.is_active,
    }
    for name, text in indicator.params.items():
        found[f"param-{name}"] = text
        found[f"filter-{name}"] = text.split(",") if name in ("channel", "kind") else text
    return found


def _expression_field() -> forms.CharField:
    return forms.CharField(
        label=_("formula"),
        max_length=1000,
        help_text=_(
            "Codes of indicators, numbers, + − * / ( ), and the functions min, max, round, abs, "
            "sum. For example: resolution - 0.5 * escalation"
        ),
        widget=forms.Textarea({"rows": 2, "spellcheck": "false", "class": "code-area"}),
    )
