"""The published policy `complaints` as data, and the loader's errors."""

from decimal import Decimal

import pytest

from appraisal.metrics.registry import METRICS
from appraisal.scoring import CardSettings, ItemInput, appraise, parse, scale_to_hundred
from appraisal.templates_catalogue import TemplateError, keys, library, template
from appraisal.templates_catalogue.loader import read

MINIMAL = """
key: small
names: {zh-hans: 小, zh-hant: 小, en: Small}
bands: [{key: all, name: {zh-hans: 全部}, lower: null}]
items:
  - indicator: frt_mean
    weight: "100"
    rule: linear
    rule_params: {direction: down, target: "60"}
"""


def test_the_weights_of_complaints_total_110_as_published() -> None:
    found = template("complaints")

    assert [str(item.weight) for item in found.items] == [
        "20.00", "15.00", "25.00", "20.00", "10.00", "10.00", "10.00",
    ]  # fmt: skip
    assert found.weights_total == Decimal("110.00")


def test_complaints_gives_the_card_of_the_worked_example() -> None:
    found = template("complaints")
    weights = scale_to_hundred([item.weight for item in found.items])
    measured = {
        "frt_mean": ("72.5", None, None),
        "aht_full": ("5400", "4300", None),
        "fcr": ("82.3529", None, None),
        "complaint_csat": ("91.2", None, None),
        "escalation": ("6.4", None, None),
        "complaint_rate": ("1.84", None, "1.96"),
        "repeat_complaint": ("3.2", None, "5"),
    }
    items = []
    for place, (item, weight) in enumerate(zip(found.items, weights, strict=True), start=1):
        value, baseline, previous = measured[item.indicator]
        items.append(
            ItemInput(
                key=item.indicator,
                position=place,
                rule=parse(item.rule, item.rule_params),
                weight=weight,
                value=Decimal(value),
                sample=100,
                baseline=Decimal(baseline) if baseline else None,
                previous=Decimal(previous) if previous else None,
            )
        )

    card = appraise(items, CardSettings(coefficient=Decimal("1.05"), maximum=found.maximum))

    assert card.subtotal == Decimal("87.62")
    assert card.final == Decimal("92.00")
    assert card.band is not None and card.band.key == "excellent"


def test_complaints_has_no_blank_that_would_bar_activation() -> None:
    for item in template("complaints").items:
        parse(item.rule, item.rule_params)


def test_every_template_uses_indicators_of_the_library_only() -> None:
    known = {spec.code for spec in library()}

    for key in keys():
        assert {item.indicator for item in template(key).items} <= known


def test_the_library_measures_what_there_are_metrics_for() -> None:
    free = {"formula", "recorded"}

    assert {spec.metric for spec in library()} >= set(METRICS) - free


def test_optional_items_are_listed_and_not_included() -> None:
    found = template("complaints")

    included = {item.indicator for item in found.items}
    assert {each.item.indicator for each in found.optional} >= {"refund_dispute", "return_time"}
    assert included.isdisjoint(each.item.indicator for each in found.optional)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('weight: "100"', 'weight: "100.001"', "items[0].weight"),
        ('weight: "100"', 'weight: "-1"', "items[0].weight"),
        ('weight: "100"', "weight: 99.5", "items[0].weight"),
        ("rule: linear", "rule: magic", "items[0].rule"),
        ('target: "60"', 'target: "0"', "items[0].rule_params.zero_at"),
        ("en: Small", "fr: Petit", "names.fr"),
        ("key: small", "colour: red", "colour"),
        ("lower: null", 'lower: "70"', "bands[0].lower"),
        ("items:", 'weights_total: "110"\nitems:', "weights_total"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(old: str, new: str, where: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read(MINIMAL.replace(old, new))

    problem = next(each for each in caught.value.problems if each.where == where)
    assert problem.line is not None
    assert problem.sentence


def test_a_blank_is_no_mistake_of_the_file() -> None:
    found = read(MINIMAL.replace('target: "60"', 'target: ""'))

    assert found.items[0].rule_params["target"] == ""
