"""Whether what an item asks for exists: questionnaire items, values of filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appraisal.metrics.base import FILTER_LABELS, Anchor
from appraisal.metrics.registry import METRICS
from appraisal.schemes.describe import filter_words
from surveys import measures as answer_measures
from surveys.models import Questionnaire, QuestionnaireItem, SatisfactionAnswer
from tickets import measures as ticket_measures
from tickets.models import Ticket

NEWEST = 200_000
"""How many of the newest records are looked through for a filter's value: a bounded search."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A parameter that names something that does not exist."""

    param: str
    sentence: str


ITEM_OF = {"qa_item": Questionnaire.Use.QA}
"""Metrics whose parameter `item` is the code of an item of questionnaires of that use."""


def unknown(metric: str, params: Mapping[str, str]) -> Unknown | None:
    """What the parameters name that no questionnaire has; None if all is there.

    Only where a questionnaire of that use exists at all: before, nothing can be compared.
    """
    use, code = ITEM_OF.get(metric), params.get("item", "")
    if use is None or not code:
        return None
    items = QuestionnaireItem.objects.filter(version__questionnaire__use=use)
    known = sorted(set(items.values_list("code", flat=True)))
    if not known or code in known:
        return None
    text = _("no questionnaire has the item “%(item)s”. There are: %(items)s.")
    listed = pgettext("list", ", ").join(known[:12]) + ("…" if len(known) > 12 else "")
    return Unknown("item", text % {"item": code, "items": listed})


def empty_filters(metric_key: str, params: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(filter, sentence) for each filter that no record so far passes.

    Looks through the newest records only. Nothing where there are no records at all.
    """
    metric = METRICS.get(metric_key)
    asked = [(name, params[name]) for name in (metric.filters if metric else ()) if name in params]
    if metric is None or not asked:
        return
    of_answers = metric.anchor is Anchor.ANSWERED
    rows = _newest(SatisfactionAnswer if of_answers else Ticket)
    if rows is None:
        return
    for name, text in asked:
        values = [value.strip().replace("%2C", ",") for value in text.split(",") if value.strip()]
        narrowed = answer_measures.narrowed if of_answers else ticket_measures.narrowed
        if values and not rows.filter(narrowed([(name, values)])).exists():
            words = {"filter": FILTER_LABELS[name], "value": filter_words(name, text)}
            yield name, _("no record so far has the %(filter)s “%(value)s”.") % words


def _newest(model: type[Model]) -> QuerySet[Model] | None:
    """The newest rows of a table; None if it is empty."""
    rows = model._default_manager.all()
    last = rows.aggregate(last=Max("pk"))["last"]
    return None if last is None else rows.filter(pk__gt=last - NEWEST)


def codes(metrics: Iterable[str]) -> dict[str, list[str]]:
    """For each of the metrics that ask for one, the codes that there are, in order."""
    found = {}
    for metric in metrics:
        use = ITEM_OF.get(metric)
        if use is not None:
            items = QuestionnaireItem.objects.filter(version__questionnaire__use=use)
            found[metric] = sorted(set(items.values_list("code", flat=True)))
    return found
