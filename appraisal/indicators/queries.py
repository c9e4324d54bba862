"""The indicator library in words: what is measured, from what, by whom it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from appraisal.formulas import FormulaError, parse_formula
from appraisal.metric_text import unit_label, value_text
from appraisal.metrics.arguments import request
from appraisal.metrics.base import REASON_LABELS, Anchor, Direction, Level, Metric, Owner, Reason
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.registry import METRICS
from appraisal.models import Coverage, Indicator, SchemeItem, SchemeVersion
from appraisal.schemes.describe import param_words
from appraisal.schemes.formulas import unit_of
from appraisal.schemes.guard import whom_label
from appraisal.schemes.words import CATEGORIES, RULE_NAMES, category_label, named
from appraisal.templates_catalogue import keys, template
from kpi_portal.core.search import SearchHit
from kpi_portal.people.models import User

ANCHORS: Mapping[str, Any] = {
    Anchor.CREATED: pgettext_lazy("anchor", "when the ticket was created"),
    Anchor.RESOLVED: pgettext_lazy("anchor", "when the ticket was first resolved"),
    Anchor.PROMISED: pgettext_lazy("anchor", "when the promised time falls"),
    Anchor.ANSWERED: pgettext_lazy("anchor", "when the customer answered"),
    Anchor.WINDOW_END: pgettext_lazy("anchor", "when the days that are watched have passed"),
    Anchor.VISIT: pgettext_lazy("anchor", "when the visit was due"),
    Anchor.INVITED: pgettext_lazy("anchor", "when the customer was invited"),
    Anchor.REVIEW: pgettext_lazy("anchor", "when the assessment was submitted"),
    Anchor.EFFECTIVE: pgettext_lazy("anchor", "on the day that the figure is for"),
}
DIRECTIONS: Mapping[str, Any] = {
    Direction.UP: pgettext_lazy("direction", "higher is better"),
    Direction.DOWN: pgettext_lazy("direction", "lower is better"),
}
LEVELS: Mapping[str, Any] = {
    Level.AGENT: pgettext_lazy("level", "per agent"),
    Level.DEPARTMENT: pgettext_lazy("level", "per department"),
}
OWNERS: Mapping[str, Any] = {
    Owner.AGENT: pgettext_lazy("owner", "whoever handled it"),
    Owner.FIRST_AGENT: pgettext_lazy("owner", "whoever responded first"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator in the list. `schemes`: how many of the reader's schemes in force use it."""

    indicator: Indicator
    metric: Metric | None
    category: str
    unit: str
    direction: str
    level: str
    policies: tuple[str, ...]
    target: str
    schemes: int


@dataclass(frozen=True, slots=True)
class Use:
    """A version in force that has the indicator as an item."""

    version: SchemeVersion
    weight: Decimal
    rule: str
    params: tuple[tuple[str, str], ...]
    coverage: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is said about one indicator. `facts` are (label, words) in reading order."""

    entry: Entry
    definition: str
    facts: tuple[tuple[str, str], ...]
    params: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    expression: str
    operands: tuple[Indicator, ...]


def library(
    user: User, *, text: str = "", category: str = "", policy: str = "", retired: bool = False
) -> list[Entry]:
    """The library by category and code, narrowed as asked. Three queries however long it is."""
    rows = Indicator.objects.all() if retired else Indicator.objects.filter(is_active=True)
    if category:
        rows = rows.filter(category=category)
    if text:
        words = Q(code__icontains=text) | Q(metric__icontains=text)
        for field in ("name", "name_zh_hant", "name_en"):
            words |= Q(**{f"{field}__icontains": text})
        rows = rows.filter(words)
    counts = _use_counts(user)
    found = [_entry(each, counts.get(each.pk, 0)) for each in rows]
    if policy:
        found = [each for each in found if policy in policy_keys(each.indicator)]
    order = {key: place for place, key in enumerate(CATEGORIES)}
    return sorted(
        found,
        key=lambda each: (order.get(each.indicator.category, 99), each.indicator.code),
    )


def categories() -> list[tuple[str, str]]:
    """The categories that indicators have, with their names."""
    stored = Indicator.objects.exclude(category="").values_list("category", flat=True)
    order = {key: place for place, key in enumerate(CATEGORIES)}
    found = sorted(set(stored), key=lambda key: (order.get(key, 99), key))
    return [(key, category_label(key)) for key in found]


def policies() -> list[tuple[str, str]]:
    """The published policies, with their names."""
    return [(key, named(template(key).names)) for key in keys()]


def sheet(indicator: Indicator, user: User) -> Sheet:
    """The indicator in words."""
    metric = METRICS.get(indicator.metric)
    entry = _entry(indicator, _use_counts(user).get(indicator.pk, 0))
    expression = indicator.params.get("expression", "") if indicator.metric == "formula" else ""
    shown = {name: text for name, text in indicator.params.items() if name != "expression"}
    return Sheet(
        entry=entry,
        definition=indicator.description or (str(metric.definition) if metric else ""),
        facts=tuple(_facts(indicator, metric, entry)),
        params=(*_always(metric), *param_words(indicator.metric, shown)),
        left_out=tuple(_left_out(indicator, metric)),
        expression=expression,
        operands=tuple(_operands(expression)),
    )


def uses(indicator: Indicator, user: User, today: date) -> list[Use]:
    """The versions in force on `today` that use it, as far as the reader may see them."""
    items = (
        SchemeItem.objects.filter(indicator=indicator)
        .filter(version__in=SchemeVersion.objects.visible_to(user).in_force(today))
        .select_related("version__scheme")
        .prefetch_related(
            Prefetch(
                "version__coverage", Coverage.objects.select_related("department", "position")
            )
        )
        .order_by("version__scheme__cycle", "version__scheme__key", "position")
    )
    return [
        Use(
            version=item.version,
            weight=item.weight,
            rule=str(RULE_NAMES.get(item.rule, item.rule)),
            params=tuple(param_words(indicator.metric, item.params)),
            coverage=tuple(
                whom_label(each.department, each.position) for each in item.version.coverage.all()
            ),
        )
        for item in items
    ]


def policy_keys(indicator: Indicator) -> tuple[str, ...]:
    """The published policies that name the indicator.

    Those whose templates have just this one; where it is the metric itself, or in no template,
    those that name the metric.
    """
    known, metric = keys(), METRICS.get(indicator.metric)
    own = _templates_with(indicator.code) if indicator.params else ()
    words = metric.source.replace(",", " ").split() if metric else []
    return own or tuple(word for word in words if word in known)


@cache
def _templates_with(code: str) -> tuple[str, ...]:
    """The policies that have the indicator among their items or optional items."""
    found = {key: template(key) for key in keys()}
    return tuple(
        key
        for key, each in found.items()
        if code in {item.indicator for item in (*each.items, *(o.item for o in each.optional))}
    )


def search(user: User, text: str, limit: int = 5) -> list[SearchHit]:
    """Indicators whose code or name holds `text`."""
    return [
        SearchHit(
            _("indicator"),
            each.indicator.label,
            _address(each.indicator),
            each.indicator.code,
        )
        for each in library(user, text=text)[:limit]
    ]


def _address(indicator: Indicator) -> str:
    return reverse("appraisal:indicator", args=[indicator.code])


def _use_counts(user: User) -> dict[int, int]:
    """How many schemes in force use each indicator, of those that the reader may see."""
    versions = SchemeVersion.objects.visible_to(user).in_force(timezone.localdate())
    pairs = set(
        SchemeItem.objects.filter(version__in=versions)
        .order_by()
        .values_list("indicator", "version__scheme")
    )
    counts: dict[int, int] = {}
    for indicator, _scheme in pairs:
        counts[indicator] = counts.get(indicator, 0) + 1
    return counts


def _entry(indicator: Indicator, schemes: int) -> Entry:
    metric = METRICS.get(indicator.metric)
    unit = unit_of(indicator.metric, indicator.params)
    target = "" if indicator.target is None else value_text(indicator.target.normalize(), unit)
    levels = [str(LEVELS[each]) for each in metric.levels if each in LEVELS] if metric else []
    return Entry(
        indicator=indicator,
        metric=metric,
        category=category_label(indicator.category) or _("Other"),
        unit=unit_label(unit),
        direction=_direction(indicator, metric),
        level=pgettext("list", ", ").join(levels),
        policies=tuple(named(template(key).names) for key in policy_keys(indicator)),
        target=target,
        schemes=schemes,
    )


def _direction(indicator: Indicator, metric: Metric | None) -> str:
    if metric is None:
        return ""
    if indicator.metric in ("formula", "recorded"):
        return _("as the scheme's rule says")
    return str(DIRECTIONS[metric.direction])


def _facts(indicator: Indicator, metric: Metric | None, entry: Entry) -> list[tuple[str, str]]:
    if metric is None:
        return []
    rows = [
        (_("Unit"), entry.unit or _("a plain number")),
        (_("Direction"), entry.direction),
        (_("Measured"), entry.level),
        (_("Counts in the period"), str(ANCHORS.get(metric.anchor, metric.anchor))),
    ]
    if metric.read is not None and metric.anchor is not Anchor.ANSWERED:
        rows.append((_("Counts for"), str(OWNERS[metric.owner])))
    if metric.is_signed:
        rows.append((_("Range"), _("from −100 to 100")))
    if entry.target:
        rows.append((_("Usual target"), entry.target))
    return rows


def _always(metric: Metric | None) -> list[tuple[str, str]]:
    """The filters that are part of the metric."""
    if metric is None:
        return []
    return param_words(metric.key, {name: ",".join(values) for name, values in metric.always})


def _left_out(indicator: Indicator, metric: Metric | None) -> list[str]:
    """Why a record may stand beside the denominator, as far as the metric reads records."""
    if metric is None or metric.read is None:
        return []
    needed = {param.name: "0" for param in metric.params if param.required}
    try:
        asked = request(metric.key, needed | dict(indicator.params))
    except BadMetric:
        return []
    reasons = [*metric.read(asked, timezone.now()).left_out, Reason.EXCLUDED]
    return [str(REASON_LABELS[reason]) for reason in dict.fromkeys(reasons)]


def _operands(expression: str) -> list[Indicator]:
    """The indicators that a formula names, in its order."""
    try:
        names = parse_formula(expression).names if expression else ()
    except FormulaError:
        return []
    known = {each.code: each for each in Indicator.objects.filter(code__in=names)}
    return [known[name] for name in names if name in known]
