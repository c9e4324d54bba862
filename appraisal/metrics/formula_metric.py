"""Formulas over other indicators, measured together with them. Source: 2-indicators, `formula`.

The names in a formula are codes of the indicator library. Missing operands and a division by
zero give no data; so does a formula that leads back to itself, which saving one refuses.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from appraisal.formula_sentences import formula_problem
from appraisal.formulas import FormulaError, parse_formula
from appraisal.metrics.base import (
    Anchor,
    Collected,
    Direction,
    Measurement,
    Metric,
    MetricRequest,
    Param,
    Shape,
    Unit,
)
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.recorded import UNIT
from appraisal.models.indicators import Indicator
from kpi_portal.core.time import Window


def _expression(text: str) -> str:
    try:
        parse_formula(text)
    except FormulaError as error:
        raise BadMetric(formula_problem(error)) from None
    return text


EXPRESSION = Param(name="expression", label=_("formula"), read=_expression)

Operands = Mapping[str, MetricRequest | None]


def collect(
    requests: Sequence[MetricRequest],
    window: Window,
    cutoff: datetime,
    decided_by: datetime | None = None,
) -> Collected:
    """The values of all formulas for everybody who has a value of one of their indicators."""
    # The collector of all metrics knows this one by the registry.
    from appraisal.metrics.collecting import collect as collect_all

    operands = {request: operands_of(request) for request in requests}
    wanted = {each for found in operands.values() for each in found.values() if each is not None}
    measured = collect_all(wanted, window, cutoff, decided_by=decided_by) if wanted else {}
    return {request: _evaluated(request, operands[request], measured) for request in requests}


def operands_of(request: MetricRequest) -> Operands:
    """Code → what is measured under it, None for an indicator that cannot be.

    Cannot be: one that is not in the library, takes other parameters by now, is not measured at
    this level, or leads back to this formula.
    """
    names = parse_formula(request["expression"]).names
    return {name: _operand(name, request, frozenset({request["expression"]})) for name in names}


def _operand(code: str, request: MetricRequest, above: frozenset[str]) -> MetricRequest | None:
    # The parser of arguments knows this metric by the registry.
    from appraisal.metrics.arguments import request as request_of

    indicator = Indicator.objects.filter(code=code).first()
    if indicator is None:
        return None
    try:
        found = request_of(indicator.metric, indicator.params).at(request.level)
    except BadMetric:
        return None
    if found.metric != "formula":
        return found
    text = found["expression"]
    if text in above:
        return None
    inner = (_operand(name, found, above | {text}) for name in parse_formula(text).names)
    return found if all(each is not None for each in inner) else None


def _evaluated(
    request: MetricRequest, operands: Operands, measured: Collected
) -> dict[int, Measurement]:
    formula = parse_formula(request["expression"])
    places = {place for each in operands.values() if each for place in measured[each]}
    found = {}
    for place in places:
        of_place = {
            name: measured[each].get(place) if each else None for name, each in operands.items()
        }
        values = {name: each.value if each else None for name, each in of_place.items()}
        samples = [each.sample for each in of_place.values() if each is not None]
        is_line = any(each.is_department_line for each in of_place.values() if each)
        found[place] = _measurement(formula.evaluate(values), min(samples, default=0), is_line)
    return found


def _measurement(value: Decimal | None, sample: int, is_line: bool) -> Measurement:
    """Numerator: the value itself, over 1. The sample is the smallest of the operands'."""
    if value is None:
        return Measurement(None, 0, 0, 0, {}, is_line)
    return Measurement(value, Fraction(value), 1, sample, {}, is_line)


METRICS = (
    Metric(
        key="formula",
        label=_("Formula"),
        definition=_(
            "A formula over other indicators, each with its value of the period. Where one is "
            "missing, or a division would be by zero, there is no value."
        ),
        unit=Unit.NUMBER,
        direction=Direction.UP,
        anchor=Anchor.EFFECTIVE,
        shape=Shape.OWN,
        collect=collect,
        is_signed=True,
        params=(EXPRESSION, UNIT),
        filters=(),
        source="catalogue",
    ),
)
