"""What is wrong with the items of a scheme, each at its field, and what deserves a thought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appraisal.metrics.arguments import request
from appraisal.metrics.base import Level, Metric
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator, Scheme, SchemeItem
from appraisal.rule_sentences import problem_sentence
from appraisal.schemes import questions
from appraisal.schemes.content import Content, ItemContent
from appraisal.schemes.describe import is_weightless
from appraisal.schemes.formulas import FREE, check_formula
from appraisal.schemes.obstacles import Obstacle
from appraisal.schemes.words import field_label, named
from appraisal.scoring import RULES, Problem, RuleError, parse

Trouble = Iterator[tuple[str, str]]
"""(field of the item, sentence) pairs."""


def item_obstacles(content: Content, scheme: Scheme) -> list[Obstacle]:
    """Blanks and mistakes of each item, with the indicator's name before the sentence."""
    known = indicators_of(content)
    found: list[Obstacle] = []
    for place, item in enumerate(content.items):
        indicator = known.get(item.indicator)
        troubles = [*_measuring(item, indicator, scheme), *_scoring(item, indicator, scheme)]
        troubles += _together(place, item, content)
        found += _placed(place, item, indicator, troubles)
    return found


def item_warnings(content: Content) -> list[Obstacle]:
    """What a writer should think of although nothing forbids it."""
    known = indicators_of(content)
    found: list[Obstacle] = []
    for place, item in enumerate(content.items):
        indicator = known.get(item.indicator)
        if indicator is not None:
            found += _placed(place, item, indicator, _thoughts(item, indicator))
    return found


def indicators_of(content: Content) -> dict[str, Indicator]:
    """The indicators that the items name, by code. One query."""
    codes = {item.indicator for item in content.items}
    return {each.code: each for each in Indicator.objects.filter(code__in=codes)}


def rule_problems(rule: str, params: Mapping[str, object]) -> tuple[Problem, ...]:
    """What is wrong with a rule's parameters; empty if nothing."""
    try:
        parse(rule, params)
    except RuleError as error:
        return error.problems
    return ()


def named_problem(rule: str, problem: Problem) -> str:
    """The problem's sentence, led by the name of the field where that is one of the rule's."""
    name = problem.field.split(".")[0]
    text = problem_sentence(problem)
    if rule in RULES and any(field.name == name for field in RULES[rule].FIELDS):
        return f"{field_label(rule, name)} – {text}"
    return text


def _placed(
    place: int, item: ItemContent, indicator: Indicator | None, troubles: Iterable[tuple[str, str]]
) -> list[Obstacle]:
    name = indicator.label if indicator else item.indicator
    colon = pgettext("colon", ": ")
    return [Obstacle(f"items.{place}.{field}", f"{name}{colon}{text}") for field, text in troubles]


def _measuring(item: ItemContent, indicator: Indicator | None, scheme: Scheme) -> Trouble:
    if indicator is None:
        yield "indicator", _("this indicator is not in the library. Remove the item.")
        return
    metric = METRICS.get(indicator.metric)
    if metric is None:
        yield "indicator", _("nothing measures this indicator any more. Remove the item.")
        return
    try:
        request(indicator.metric, measured_params(item.params, metric, scheme))
    except BadMetric as error:
        yield "params", str(error.message)
        return
    if indicator.metric == "formula":
        wrong = check_formula(indicator.code, item.params)
        if wrong:
            yield "params.expression", wrong
    unknown = questions.unknown(indicator.metric, item.params)
    if unknown:
        yield f"params.{unknown.param}", unknown.sentence


def measured_params(params: Mapping[str, str], metric: Metric, scheme: Scheme) -> dict[str, str]:
    """The parameters with the level at which a scheme of that subject measures."""
    if scheme.subject == Scheme.Subject.DEPARTMENT:
        return {**params, "level": Level.DEPARTMENT.value}
    return dict(params)


def _scoring(item: ItemContent, indicator: Indicator | None, scheme: Scheme) -> Trouble:
    for problem in rule_problems(item.rule, item.rule_params):
        yield f"rule_params.{problem.field}", named_problem(item.rule, problem)
    metric = METRICS.get(indicator.metric) if indicator else None
    if metric is None:
        return
    direction = item.rule_params.get("direction")
    if direction and direction != metric.direction and metric.key not in FREE:
        yield "rule_params.direction", _("the rule runs the wrong way for this indicator.")
    rule = RULES.get(item.rule)
    if rule is not None and rule.is_relative and metric.is_signed:
        yield (
            "rule",
            _(
                "its values can lie below 0, so that a change in percent means nothing. Choose "
                "another rule."
            ),
        )
    if scheme.subject == Scheme.Subject.DEPARTMENT:
        yield from _of_a_department(item)


def _of_a_department(item: ItemContent) -> Trouble:
    if item.rule == "rank":
        yield "rule", _("departments are not ranked among each other. Choose another rule.")
    if item.missing_policy == SchemeItem.Missing.DEPARTMENT_MEAN:
        yield (
            "missing_policy",
            _("a department's own card has no department's mean. Choose another policy."),
        )


def _together(place: int, item: ItemContent, content: Content) -> Trouble:
    """What is wrong with the item among the others."""
    if is_weightless(item.rule) and item.weight != 0:
        yield "weight", _("this rule acts on the total and carries no weight. Set it to 0.")
    if item.rule == "veto":
        yield from _veto(place, item, content)
    keys = [part.get("key") for part in content.parts]
    if keys and item.part not in keys and not is_weightless(item.rule):
        yield "part", _("it belongs to none of the parts. Choose one.")
    if not keys and item.part:
        yield "part", _("this scheme has no parts. Choose none.")


def _veto(place: int, item: ItemContent, content: Content) -> Trouble:
    params, consequence = item.rule_params, item.rule_params.get("consequence")
    if consequence == "zero_item" and params.get("item"):
        target = _number(params["item"])
        if target is None or not 1 <= target <= len(content.items):
            yield (
                "rule_params.item",
                _("there is no item %(item)s. The items are numbered from 1 to %(count)s.")
                % {"item": params["item"], "count": len(content.items)},
            )
        elif target == place + 1 or is_weightless(content.items[int(target) - 1].rule):
            yield (
                "rule_params.item",
                _("item %(item)s carries no weight that a veto could take.")
                % {"item": params["item"]},
            )
    bands = {band.get("key"): band for band in content.bands}
    if consequence == "cap_band" and params.get("band") and params["band"] not in bands:
        names = ", ".join(
            f"{key} ({named(band.get('name') or {}, str(key))})" for key, band in bands.items()
        )
        yield (
            "rule_params.band",
            _("there is no band “%(band)s”. There are: %(bands)s.")
            % {"band": params["band"], "bands": names},
        )


def _number(text: Any) -> Decimal | None:
    return Decimal(text) if isinstance(text, str) and text.isdecimal() else None


def _thoughts(item: ItemContent, indicator: Indicator) -> Trouble:
    if item.rule == "rank":
        yield (
            "rule",
            _(
                "somebody is always last, however good all are. Last in rank is not unfit; do "
                "not tie consequences to it."
            ),
        )
    for name, text in questions.empty_filters(indicator.metric, item.params):
        yield f"params.{name}", text
