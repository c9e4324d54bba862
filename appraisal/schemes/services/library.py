"""The indicator library: what comes with the portal, and what the company changes in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.metrics.arguments import request
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator, SchemeItem
from appraisal.schemes.formulas import check_formula
from appraisal.templates_catalogue import IndicatorSpec, library
from kpi_portal.audit.services import difference, record
from kpi_portal.people.models import User
from kpi_portal.people.services.changes import Invalid, checked

FIELDS = (
    "code", "name", "name_zh_hant", "name_en", "metric", "params", "category", "target",
    "description", "is_active",
)  # fmt: skip


@transaction.atomic
def seed_indicators(*, by: User | None = None) -> list[Indicator]:
    """Add the indicators of the library that the company does not have; those created.

    Safe to run again: what is there, changed by the company or not, is left alone.
    """
    return add_indicators([spec for spec in library() if spec.metric in METRICS], by=by)


@transaction.atomic
def add_indicators(specs: Iterable[IndicatorSpec], *, by: User | None) -> list[Indicator]:
    """Those of `specs` whose code the library does not have yet, created. Raises Invalid."""
    known = set(Indicator.objects.values_list("code", flat=True))
    return [_created(spec, by) for spec in specs if spec.code not in known]


@transaction.atomic
def save_indicator(indicator: Indicator, *, by: User | None, reason: str = "") -> Indicator:
    """Store a new or changed indicator and record what changed.

    Its metric must be one of the registry and its parameters those that the metric reads;
    needed ones may be left to the scheme. Raises Invalid.
    """
    stored = Indicator.objects.filter(pk=indicator.pk).first() if indicator.pk else None
    checked(indicator)
    _check_metric(indicator)
    if stored is not None and stored.metric != indicator.metric:
        _check_unused(stored)
    indicator.save()
    old, new = difference(_plain(stored) if stored else {}, _plain(indicator))
    if new or stored is None:
        act = "indicator.changed" if stored else "indicator.created"
        record(act, indicator, actor=by, before=old, after=new, reason=reason)
    return indicator


def _check_metric(indicator: Indicator) -> None:
    metric = METRICS.get(indicator.metric)
    if metric is None:
        text = _("There is no metric “%(key)s”.") % {"key": indicator.metric}
        raise Invalid(text, fields={"metric": text})
    if not isinstance(indicator.params, dict):
        text = _("Parameters are written as {“name”: “value”}.")
        raise Invalid(text, fields={"params": text})
    given = {param.name: "0" for param in metric.params if param.required} | indicator.params
    try:
        request(indicator.metric, given)
    except BadMetric as error:
        raise Invalid(str(error.message), fields={"params": str(error.message)}) from error
    if indicator.metric == "formula":
        wrong = check_formula(indicator.code, indicator.params)
        if wrong:
            raise Invalid(wrong, fields={"params": wrong})


def _check_unused(indicator: Indicator) -> None:
    """What was submitted keeps its meaning: the metric of an indicator in use stays."""
    if SchemeItem.objects.filter(indicator=indicator).exists():
        text = _(
            "Schemes use this indicator; what measures it stays. Add a new indicator instead."
        )
        raise Invalid(text, fields={"metric": text})


def _created(spec: IndicatorSpec, by: User | None) -> Indicator:
    indicator = Indicator(
        code=spec.code,
        metric=spec.metric,
        category=spec.category,
        params=dict(spec.params),
        target=spec.target,
        name=spec.names["zh-hans"],
        name_zh_hant=spec.names.get("zh-hant", ""),
        name_en=spec.names.get("en", ""),
        description=spec.description,
    )
    return save_indicator(indicator, by=by)


def _plain(indicator: Indicator) -> dict[str, Any]:
    return {name: getattr(indicator, name) for name in FIELDS}
