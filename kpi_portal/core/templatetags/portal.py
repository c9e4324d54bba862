"""What templates say often: icons, numbers, times, links that keep their filters, fields."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.paginator import Page
from django.forms import BoundField
from django.utils.safestring import SafeString

from kpi_portal.core import charts as drawings
from kpi_portal.core import icons, text
from kpi_portal.core.text import Number

register = template.Library()

register.filter("points", text.points)
register.filter("percent", text.percent)
register.filter("seconds_text", text.seconds_text)
register.filter("thin_number", text.thin_number)
register.filter("signed", text.signed)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """The icon `name` inline; decorative unless it gets a `label`."""
    return icons.svg(name, label)


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file; empty where it was not installed (pages do without)."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return ""


@register.simple_tag
def metric_value(value: Number, unit: str) -> str:
    """`72.5 秒`, `18.18 %`, `87.62`, `1 204`; a dash where nothing was measured."""
    return text.metric_value(value, unit)


@register.simple_tag
def metric_number(value: Number, unit: str) -> str:
    """As `metric_value` without its unit, for a column whose head names the unit."""
    return text.metric_number(value, unit)


@register.simple_tag
def unit_name(unit: str) -> str:
    """The unit as the head of a column names it: `秒`, `%`, `分`; empty for counts."""
    return text.unit_name(unit)


@register.filter
def local_dt(value: datetime | None, style: str = "") -> str:
    """`2026-10-31 14:05` in company time; `"weekday"` adds the day of the week."""
    return text.local_dt(value, style)


@register.filter
def local_date(value: datetime | date | None, style: str = "") -> str:
    """`2026-10-31` in company time; `"weekday"` adds the day of the week."""
    return text.local_date(value, style)


@register.filter
def deadline(value: date | None) -> str:
    """`10月31日 周六 24:00`: a due date is the end of its day."""
    return text.deadline(value)


@register.simple_tag(takes_context=True)
def query_transform(context: template.Context, **changes: Any) -> str:
    """The query of this page with `changes`; None or "" takes a key away. Begins with `?`."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query.setlist(key, value) if isinstance(value, list) else query.update({key: value})
    return f"?{query.urlencode()}"


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's input with the classes of the look; no placeholder that repeats its label."""
    attrs: dict[str, str | bool] = {"class": _control_class(field)}
    if field.field.widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = ""
    return field.as_widget(attrs=attrs)


def _control_class(field: BoundField) -> str:
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    if isinstance(widget, forms.CheckboxInput):
        look = "form-check-input"
    elif isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        look = "choices"
    elif isinstance(widget, forms.Select):
        look = "form-select"
    else:
        look = "form-control"
    return " ".join(filter(None, (look, "is-invalid" if field.errors else "", own)))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the input is one box that stands before its label."""
    widget = field.field.widget
    return isinstance(widget, forms.CheckboxInput)


@register.filter
def page_numbers(page: "Page[Any]") -> list[int]:
    """The numbers that a pager shows around `page`; 0 is a gap."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [each if isinstance(each, int) else 0 for each in shown]


@register.filter
def get_item(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or None."""
    return mapping.get(key) if mapping is not None else None


@register.simple_tag
def score_bar(points: Number, target: Number = None, label: str = "") -> SafeString:
    """A bar of 0 to 100 points with a tick at `target`."""
    return drawings.score_bar(points, target=target, label=label)


@register.simple_tag
def trend_chart(
    points: Sequence[drawings.Dot], title: str, desc: str = "", bands: Sequence[Any] = ()
) -> SafeString:
    """See `charts.trend`."""
    return drawings.trend(points, title=title, desc=desc, bounds=bands)
