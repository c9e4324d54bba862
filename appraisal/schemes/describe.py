"""Items of a scheme in words: what is measured, how it is scored, where the target is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from appraisal.metrics.base import FILTER_LABELS, Level
from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator, SchemeItem
from appraisal.rule_sentences import problem_sentence, sentence, sentences
from appraisal.schemes.content import Content, ItemContent, part_total
from appraisal.schemes.formulas import unit_of
from appraisal.schemes.words import RULE_NAMES, category_label, named
from appraisal.scoring import RULES, Context, Rule, RuleError, parse
from tickets.models import Ticket

FILTER_CHOICES: Mapping[str, Any] = {
    "channel": Ticket.Channel.choices,
    "kind": Ticket.Kind.choices,
}
"""The filters whose values are a closed set; the others are the company's own words."""

LEVELS: Mapping[str, Any] = {
    Level.AGENT: pgettext_lazy("level", "each agent"),
    Level.DEPARTMENT: pgettext_lazy("level", "the whole department"),
}
"""Over whose records an item of an agent's scheme may be measured."""


@dataclass(frozen=True, slots=True)
class ItemWords:
    """One item for a page. `rule` holds sentences; `blanks` what is still to be filled in."""

    position: int
    code: str
    name: str
    category: str
    definition: str
    unit: str
    target: str
    rule_name: str
    rule: tuple[str, ...]
    params: tuple[tuple[str, str], ...]
    weight: Decimal
    missing: str
    min_sample: int
    part: str
    is_weightless: bool
    blanks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring items of one category and what they weigh together."""

    category: str
    label: str
    weight: Decimal
    items: tuple[ItemWords, ...]
    part: str = ""


def describe(item: ItemContent, indicator: Indicator, position: int = 0) -> ItemWords:
    """The item in the reader's language."""
    metric = METRICS.get(indicator.metric)
    unit = unit_of(indicator.metric, item.params)
    rule, blanks = rule_of(item)
    context = Context(nominal_weight=item.weight)
    return ItemWords(
        position=position,
        code=indicator.code,
        name=indicator.label,
        category=item.category,
        definition=indicator.description or (str(metric.definition) if metric else ""),
        unit=unit,
        target=sentence(rule.target_words(context), unit) if rule else "",
        rule_name=str(RULE_NAMES.get(item.rule, item.rule)),
        rule=tuple(sentences(rule.in_words(context), unit)) if rule else (),
        params=tuple(param_words(indicator.metric, item.params)),
        weight=item.weight,
        missing=str(SchemeItem.Missing(item.missing_policy).label),
        min_sample=item.min_sample,
        part=item.part,
        is_weightless=is_weightless(item.rule),
        blanks=blanks,
    )


def rule_of(item: ItemContent) -> tuple[Rule | None, tuple[str, ...]]:
    """The item's rule, or None and what is wrong with it in sentences."""
    try:
        return parse(item.rule, item.rule_params), ()
    except RuleError as error:
        return None, tuple(problem_sentence(problem) for problem in error.problems)


def param_words(metric_key: str, params: Mapping[str, str]) -> list[tuple[str, str]]:
    """Parameters and filters as (label, value) in words; those left at nothing are absent."""
    metric = METRICS.get(metric_key)
    if metric is None:
        return [(name, text) for name, text in params.items() if text]
    known = {param.name: param for param in metric.params}
    words = []
    for name, text in params.items():
        if not text:
            continue
        if name == "level":
            words.append((_("measured for"), str(LEVELS.get(text, text))))
        elif name in known:
            param = known[name]
            shown = f"{param.choices.get(text, text)} {param.unit}".strip()
            words.append((str(param.label), shown))
        else:
            label = str(FILTER_LABELS.get(name, name))
            words.append((label, filter_words(name, text)))
    return words


def filter_words(name: str, text: str) -> str:
    """The values of a filter in words: `complaint,repair` as its kinds' names."""
    choices = dict(FILTER_CHOICES.get(name, ()))
    values = [part.strip() for part in text.split(",") if part.strip()]
    return pgettext("list", ", ").join(str(choices.get(value, value)) for value in values)


def groups(items: Sequence[ItemContent], indicators: Mapping[str, Indicator]) -> list[Group]:
    """The items in order, neighbours of one category and part together.

    Unknown indicators are left out.
    """
    words = [
        describe(item, indicators[item.indicator], place)
        for place, item in enumerate(items, start=1)
        if item.indicator in indicators
    ]
    found = []
    for (part, category), rows in groupby(words, key=attrgetter("part", "category")):
        members = tuple(rows)
        weight = sum((row.weight for row in members), Decimal("0.00"))
        label = category_label(category) or _("Other")
        found.append(Group(category, label, weight, members, part))
    return found


@dataclass(frozen=True, slots=True)
class PartWords:
    """A part of the card: its name, its share in words, its weight and its groups."""

    key: str
    name: str
    share: str
    weight: Decimal
    groups: tuple[Group, ...]


def parts_of(content: Content, found: Sequence[Group]) -> list[PartWords]:
    """The groups by part, in the order of the parts; empty for a scheme without parts."""
    return [
        PartWords(
            key=str(part.get("key") or ""),
            name=part_name(part),
            share=str(part.get("share") or ""),
            weight=part_total(content, str(part.get("key") or "")),
            groups=tuple(group for group in found if group.part == part.get("key")),
        )
        for part in content.parts
    ]


def part_name(part: Mapping[str, Any]) -> str:
    """The part's name for the reader, else its key."""
    return named(part.get("names") or {}, str(part.get("key") or "—"))


def is_weightless(rule: str) -> bool:
    """Whether items of this rule carry no weight: veto, extra, deduction."""
    return bool(getattr(RULES.get(rule), "is_weightless", False))


def stored_indicators(items: Sequence[ItemContent]) -> dict[str, Indicator]:
    """The indicators that the items name, by code. One query."""
    codes = {item.indicator for item in items}
    return {each.code: each for each in Indicator.objects.filter(code__in=codes)}


def as_plain(item: ItemContent) -> dict[str, Any]:
    """The item as plain data, in the order and form of a scheme file."""
    row: dict[str, Any] = {
        "indicator": item.indicator,
        "category": item.category,
        "weight": str(item.weight),
    }
    if item.part:
        row["part"] = item.part
    if item.params:
        row["params"] = dict(item.params)
    row |= {"rule": item.rule, "rule_params": dict(item.rule_params)}
    return row | {"missing_policy": item.missing_policy, "min_sample": item.min_sample}
