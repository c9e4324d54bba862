"""The indicator library in Django's admin. Nothing that is judged is registered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator
from appraisal.resources import IndicatorResource
from appraisal.schemes.services import save_indicator
from appraisal.schemes.words import CATEGORIES
from kpi_portal.people.admin import TableAdmin
from kpi_portal.people.admin_site import site


class IndicatorForm(forms.ModelForm):  # type: ignore[type-arg]
    """The metric is chosen from the registry, the category from the usual ones."""

    metric = forms.ChoiceField(label=Indicator._meta.get_field("metric").verbose_name)
    category = forms.ChoiceField(
        label=Indicator._meta.get_field("category").verbose_name, required=False
    )

    class Meta:
        model = Indicator
        fields = (
            "code", "name", "name_zh_hant", "name_en", "metric", "params", "category", "target",
            "description", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        metrics = [(key, f"{metric.label} ({key})") for key, metric in METRICS.items()]
        categories = [("", "—"), *CATEGORIES.items()]
        own = self.instance.category
        if own and own not in CATEGORIES:
            categories.append((own, own))
        self.fields["metric"].choices = metrics  # type: ignore[attr-defined]
        self.fields["category"].choices = categories  # type: ignore[attr-defined]


@admin.register(Indicator, site=site)
class IndicatorAdmin(TableAdmin):
    form = IndicatorForm
    resource_classes = (IndicatorResource,)
    list_display = ("code", "name", "metric", "category", "target", "is_active")
    list_filter = ("category", "is_active")
    search_fields = ("code", "name", "name_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code stands in files and comparisons: it is given once."""
        return ("code",) if obj else ()

    def save_by_service(self, stored: Any, data: dict[str, Any], by: Any) -> Indicator:
        indicator = stored or Indicator()
        for name, value in data.items():
            setattr(indicator, name, value)
        return save_indicator(indicator, by=by)
