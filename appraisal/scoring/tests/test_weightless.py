"""Vetoes, extra points and deductions: no weight, but an effect on the card."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import (
    RULES,
    CardSettings,
    Context,
    ItemInput,
    MissingPolicy,
    Part,
    Problem,
    RuleError,
    Status,
    appraise,
    explain_card,
    explain_line,
    parse,
)
from appraisal.scoring.tests.factories import make_item

D = Decimal
UP: dict[str, Any] = {"direction": "up"}
DOWN: dict[str, Any] = {"direction": "down"}
VETO = DOWN | {"limit": "3", "consequence": "cap_total", "cap": "60"}
EXTRA = UP | {"per": "2", "cap": "5", "from": "10"}
TAKEN = DOWN | {"per": "2", "cap": "5"}


def light(value: str | None, key: str, params: dict[str, Any], **fields: Any) -> ItemInput:
    defaults: dict[str, Any] = {"position": 2, "weight": D(0)}
    return make_item(value, rule=parse(key, params), **(defaults | fields))


@pytest.mark.parametrize(
    ("params", "value", "holds"),
    [
        (VETO, "3", False),
        (VETO, "3.0001", True),
        (VETO, "2", False),
        (VETO | {"at_limit": True}, "3", True),
        (VETO | {"at_limit": True}, "2.9999", False),
        (VETO | UP, "3", False),
        (VETO | UP, "2.9999", True),
        (VETO | UP, "4", False),
        (VETO | UP | {"at_limit": True}, "3", True),
        (VETO | UP | {"at_limit": True}, "3.0001", False),
    ],
)
def test_a_veto_holds_where_the_value_is_worse_than_its_limit(
    params: dict[str, Any], value: str, holds: bool
) -> None:
    card = appraise([make_item("80"), light(value, "veto", params)])

    line = card.lines[1]
    assert line.holds is holds
    assert (line.points, line.effect) == (None, None)
    assert line.weight == line.contribution == D(0)
    assert str(card.final) == ("60.00" if holds else "80.00")
    assert card.cap_total == (60 if holds else None)
    assert (card.lines[0].holds, card.lines[0].effect) == (None, None)


def test_a_veto_without_data_does_not_hold() -> None:
    for item in (
        light(None, "veto", VETO, missing_policy=MissingPolicy.NOT_SCORED),
        light("9", "veto", VETO, sample=9),
    ):
        card = appraise([make_item("80"), item])

        assert (card.status, str(card.final)) == (Status.SCORED, "80.00")
        assert (card.lines[1].holds, card.lines[1].policy) == (False, None)
        assert card.missing_weight == 0
        assert explain_line(item, card.lines[1])[-1] == Part("policy.no_effect", {})


@pytest.mark.parametrize("target", [None, "item1"])
def test_a_veto_zeroes_the_item_at_its_position(target: str | None) -> None:
    zeroes = DOWN | {"limit": "0", "consequence": "zero_item", "item": "1"}
    items = [
        make_item("80", weight=D(40)),
        make_item("90", position=3, weight=D(60)),
        light("1", "veto", zeroes, target=target),
    ]

    card = appraise(items)

    assert [line.key for line in card.lines if line.is_zeroed] == ["item1"]
    assert [str(line.points) for line in card.lines] == ["0.00", "None", "90.00"]
    assert str(card.lines[0].rule_points) == "80.00"
    assert (str(card.subtotal), str(card.final)) == ("54.00", "54.00")
    assert Part("line.zeroed", {}) in explain_line(items[0], card.lines[0])
    assert Part("line.zeroed", {}) not in explain_line(items[1], card.lines[2])


def test_a_key_goes_before_a_position() -> None:
    zeroes = DOWN | {"limit": "0", "consequence": "zero_item", "item": "1"}
    items = [
        make_item("80", weight=D(40)),
        make_item("90", position=3, weight=D(60)),
        light("1", "veto", zeroes, target="item3"),
    ]

    assert [line.is_zeroed for line in appraise(items).lines] == [False, False, True]


def test_a_zeroed_item_without_data_counts_and_is_not_missing() -> None:
    zeroes = DOWN | {"limit": "0", "consequence": "zero_item", "item": "1"}
    items = [make_item(None, weight=D(60)), make_item("90", position=3, weight=D(40))]

    card = appraise([*items, light("1", "veto", zeroes)])

    assert (card.status, str(card.final)) == (Status.SCORED, "36.00")
    assert card.lines[0].missing is None
    assert card.lines[0].adjustment == 0


def test_an_adjusted_item_is_zeroed_all_the_same() -> None:
    zeroes = DOWN | {"limit": "0", "consequence": "zero_item", "item": "1"}

    card = appraise([make_item("80", adjusted_to=D(95)), light("1", "veto", zeroes)])

    assert (str(card.final), card.lines[0].adjustment) == ("0.00", D(0))


@pytest.mark.parametrize(
    ("target", "item"), [("item9", "1"), (None, "9"), ("item2", "1"), (None, "2")]
)
def test_a_veto_of_nothing_with_points_is_a_mistake(target: str | None, item: str) -> None:
    zeroes = DOWN | {"limit": "0", "consequence": "zero_item", "item": item}

    with pytest.raises(ValueError, match="zeroes no item"):
        appraise([make_item("80"), light("-1", "veto", zeroes, target=target)])


def test_other_consequences_need_no_item() -> None:
    appraise([make_item("80"), light("1", "veto", VETO | {"item": "9"}, target="item9")])


def test_the_strictest_of_several_vetoes_counts() -> None:
    band = DOWN | {"limit": "0", "consequence": "cap_band"}
    items = [
        make_item("95"),
        light("9", "veto", VETO | {"cap": "91"}),
        light("9", "veto", VETO | {"cap": "92"}, position=3),
        light("9", "veto", band | {"band": "to_improve"}, position=4),
        light("9", "veto", band | {"band": "meets"}, position=5),
        light("0", "veto", band | {"band": "to_improve"}, position=6),
    ]

    card = appraise(items, CardSettings(cap_total=D(93), cap_band="excellent"))

    assert (str(card.final), card.cap_total) == ("91.00", D(91))
    assert card.band is not None
    assert (card.band.key, card.cap_band) == ("to_improve", "to_improve")
    stricter = appraise(items, CardSettings(cap_total=D(50), cap_band="to_improve"))
    assert str(stricter.final) == "50.00"


def test_a_band_cap_leaves_the_final_alone_and_is_explained() -> None:
    band = DOWN | {"limit": "0", "consequence": "cap_band", "band": "meets"}
    items = [make_item("95"), light("1", "veto", band)]

    card = appraise(items)

    assert (str(card.final), card.band and card.band.key) == ("95.00", "meets")
    assert Part("card.band_capped", {"band": "meets"}) in explain_card(card, CardSettings())


def test_a_total_cap_of_a_veto_is_explained() -> None:
    card = appraise([make_item("95"), light("4", "veto", VETO)])

    assert Part("card.total_capped", {"cap_total": "60"}) in explain_card(card, CardSettings())


def test_a_veto_of_an_unknown_band_is_a_mistake() -> None:
    band = DOWN | {"limit": "0", "consequence": "cap_band", "band": "best"}

    with pytest.raises(KeyError):
        appraise([make_item("95"), light("1", "veto", band)])


@pytest.mark.parametrize(
    ("key", "params", "value", "effect"),
    [
        ("extra", EXTRA, "10", "0.00"),
        ("extra", EXTRA, "9", "0.00"),
        ("extra", EXTRA, "10.25", "0.50"),
        ("extra", EXTRA, "10.75", "1.50"),
        ("extra", EXTRA, "12.5", "5.00"),
        ("extra", EXTRA, "99", "5.00"),
        ("extra", EXTRA | {"unit": "4"}, "13", "1.50"),
        ("extra", EXTRA | {"unit": "4", "steps": "complete"}, "17.9", "2.00"),
        ("extra", EXTRA | {"unit": "4", "steps": "complete"}, "13.9", "0.00"),
        ("extra", EXTRA | {"unit": "4", "steps": "started"}, "10.1", "2.00"),
        ("extra", EXTRA | DOWN, "9.5", "1.00"),
        ("extra", EXTRA | DOWN, "11", "0.00"),
        ("extra", EXTRA | {"per": "0.33", "unit": "3"}, "11", "0.11"),
        ("deduction", TAKEN, "0", "0.00"),
        ("deduction", TAKEN, "0.25", "-0.50"),
        ("deduction", TAKEN, "1", "-2.00"),
        ("deduction", TAKEN, "1.5", "-3.00"),
        ("deduction", TAKEN, "3", "-5.00"),
        ("deduction", TAKEN | {"steps": "complete"}, "1.9", "-2.00"),
        ("deduction", TAKEN | {"steps": "started"}, "1.1", "-4.00"),
        ("deduction", TAKEN | UP | {"from": "95"}, "94", "-2.00"),
        ("deduction", TAKEN | UP | {"from": "95"}, "96", "0.00"),
    ],
)
def test_extras_add_and_deductions_take_by_the_unit(
    key: str, params: dict[str, Any], value: str, effect: str
) -> None:
    card = appraise([make_item("80"), light(value, key, params)])

    line = card.lines[1]
    assert str(line.effect) == effect
    assert (line.points, line.holds, line.contribution) == (None, None, D(0))
    assert card.subtotal == 80
    assert card.final == 80 + D(effect)
    assert card.extra == max(D(effect), 0)
    assert card.deduction == max(-D(effect), 0)


def test_an_extra_without_data_has_no_effect() -> None:
    for policy in MissingPolicy:
        item = light(None, "extra", EXTRA, missing_policy=policy)

        card = appraise([make_item("80"), item])

        assert (card.status, str(card.final)) == (Status.SCORED, "80.00")
        assert (str(card.lines[1].effect), card.lines[1].policy) == ("0.00", None)
        assert [part.key for part in explain_line(item, card.lines[1])] == [
            "rule.extra.up",
            "missing.no_value",
            "policy.no_effect",
        ]


def test_extras_come_after_the_coefficient_and_before_the_maximum() -> None:
    items = [
        make_item("80"),
        light("11", "extra", EXTRA),
        light("1.5", "deduction", TAKEN, position=3),
        light("2", "deduction", TAKEN, position=4),
    ]

    card = appraise(items, CardSettings(coefficient=D("1.1"), extra=D(1), deduction=D("0.5")))

    assert (card.extra, card.deduction) == (D(3), D("7.5"))
    assert str(card.final) == "83.50"
    told = explain_card(card, CardSettings())
    assert Part("card.extra", {"points": "3.00"}) in told
    assert Part("card.deduction", {"points": "7.50"}) in told


@pytest.mark.parametrize(
    "fields",
    [
        {"weight": D("0.01")},
        {"adjustment": D(1)},
        {"adjusted_to": D(0)},
        {"is_zeroed": True},
    ],
)
def test_an_item_without_weight_takes_neither_weight_nor_points(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="neither weight nor points"):
        light("1", "veto", VETO, **fields)


@pytest.mark.parametrize(
    ("key", "params", "code", "field"),
    [
        ("veto", VETO | {"cap": ""}, "blank", "cap"),
        ("veto", VETO | {"consequence": "zero_item"}, "blank", "item"),
        ("veto", VETO | {"consequence": "cap_band"}, "blank", "band"),
        ("veto", VETO | {"consequence": "dismiss"}, "bad_choice", "consequence"),
        ("veto", VETO | {"limit": ""}, "blank", "limit"),
        ("veto", VETO | {"cap": "-1"}, "too_small", "cap"),
        ("veto", VETO | {"cap": "200.01"}, "too_large", "cap"),
        ("veto", VETO | {"item": "0"}, "too_small", "item"),
        ("veto", VETO | {"item": "1000"}, "too_large", "item"),
        ("veto", VETO | {"item": "1.5"}, "too_precise", "item"),
        ("veto", VETO | {"at_limit": "yes"}, "not_a_flag", "at_limit"),
        ("extra", EXTRA | {"per": "0"}, "too_small", "per"),
        ("extra", EXTRA | {"per": ""}, "blank", "per"),
        ("extra", EXTRA | {"cap": ""}, "blank", "cap"),
        ("extra", EXTRA | {"cap": "0"}, "too_small", "cap"),
        ("extra", EXTRA | {"cap": "100.01"}, "too_large", "cap"),
        ("extra", EXTRA | {"per": "100.01"}, "too_large", "per"),
        ("extra", EXTRA | {"per": "1.001"}, "too_precise", "per"),
        ("extra", EXTRA | {"cap": "1.001"}, "too_precise", "cap"),
        ("deduction", TAKEN | {"unit": "0"}, "too_small_or_equal", "unit"),
        ("deduction", TAKEN | {"from": "x"}, "bad_number", "from"),
        ("deduction", TAKEN | {"steps": "some"}, "bad_choice", "steps"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(
    key: str, params: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse(key, params)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert isinstance(caught.value.problems[0], Problem)


def test_limits_of_a_veto_may_be_anything() -> None:
    for cap in ("0", "200"):
        parse("veto", VETO | {"cap": cap, "limit": "-5", "item": "999"})
    parse("veto", VETO | {"item": "1"})
    parse("extra", EXTRA | {"per": "100", "cap": "100"})


def test_only_these_three_have_no_weight() -> None:
    assert {key for key, rule in RULES.items() if rule.is_weightless} == {
        "veto",
        "extra",
        "deduction",
    }


def test_a_rule_by_itself_gives_what_the_total_changes_by() -> None:
    extra, taken, veto = (
        parse(key, params)
        for key, params in (("extra", EXTRA), ("deduction", TAKEN), ("veto", VETO))
    )

    assert [extra.floor, extra.cap, extra.points(D(11))] == [D(0), D(5), D(2)]
    assert [taken.floor, taken.cap, taken.points(D(1))] == [D(-5), D(0), D(-2)]
    assert [veto.floor, veto.cap, veto.points(D(9), Context())] == [D(0)] * 3


def test_weightless_items_say_nothing_of_the_missing_share() -> None:
    card = appraise(
        [make_item("80"), replace(light(None, "veto", VETO), min_sample=5)],
        CardSettings(insufficient_above=D(0)),
    )

    assert card.status is Status.SCORED


def test_an_extra_says_where_it_ends() -> None:
    item = light("99", "extra", EXTRA)

    (_line, line) = appraise([make_item("80"), item]).lines

    assert explain_line(item, line)[-1] == Part("result.extra.at_cap", {"cap": "5"})
