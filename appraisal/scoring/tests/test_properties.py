"""The properties of 3-scoring.md that speak of points and cards, on random ones.

The sixth (import files) belongs to the metrics.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from appraisal.scoring import (
    CardResult,
    Context,
    Direction,
    Tolerance,
    appraise,
    explain_card,
    explain_line,
    parse,
    scale_to_hundred,
)
from appraisal.scoring.tests.strategies import (
    RULES,
    VALUES,
    WEIGHTLESS,
    PlainCard,
    changes,
    effects,
    linears,
    numbers,
    per_units,
    places,
    plain_cards,
    tables,
    thresholds,
    to_item,
    to_items,
    to_settings,
    tolerances,
    vetoes,
    with_value,
)

D = Decimal
CONTEXTS = st.builds(
    Context,
    nominal_weight=numbers("0", "100").map(D),
    baseline=numbers("0", "120", 4).map(D),
    previous=numbers("0", "120", 4).map(D),
    rank=st.integers(1, 5),
    size=st.integers(5, 30),
)
ABSOLUTE = st.one_of(
    linears(), per_units(), tables(), thresholds(), tolerances(), vetoes(), effects()
)
SCALE_FREE = st.one_of(
    linears(),
    per_units(bases=("hundred",)),
    tables(),
    thresholds(),
    tolerances(),
    changes(),
    places(),
    WEIGHTLESS,
)
WEIGHTS = st.lists(numbers("0", "120").map(D), min_size=1, max_size=12).filter(any)


def computed(plain: PlainCard) -> CardResult:
    return appraise(to_items(plain), to_settings(plain))


@given(rule=RULES, value=VALUES, ctx=CONTEXTS)
def test_points_never_leave_their_range(
    rule: tuple[str, dict[str, Any]], value: str, ctx: Context
) -> None:
    parsed = parse(*rule)
    points = parsed.points(D(value), ctx)

    assert parsed.floor <= points <= parsed.cap
    assert parsed.floor >= 0 or parsed.key == "deduction"
    assert points.as_tuple().exponent == -2


@given(plain_cards())
def test_a_card_never_leaves_its_range(plain: PlainCard) -> None:
    card = computed(plain)

    assert card.final is None or 0 <= card.final <= D(plain.maximum)
    for line, item in zip(card.lines, to_items(plain), strict=True):
        assert line.points is None or 0 <= line.points <= item.rule.cap


@given(rule=RULES, one=VALUES, other=VALUES, ctx=CONTEXTS)
def test_a_better_value_never_has_fewer_points(
    rule: tuple[str, dict[str, Any]], one: str, other: str, ctx: Context
) -> None:
    parsed = parse(*rule)
    assume(not isinstance(parsed, Tolerance) or parsed.better >= parsed.inside)
    worse, better = sorted((D(one), D(other)), reverse=parsed.direction is Direction.DOWN)

    assert parsed.points(worse, ctx) <= parsed.points(better, ctx)


@given(plain=plain_cards(ABSOLUTE), other=VALUES, data=st.data())
def test_a_better_value_never_lowers_the_total(
    plain: PlainCard, other: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(plain.items) - 1))
    item = plain.items[place]
    assume(item.value)
    rule = to_item(item, 1).rule
    assume(not isinstance(rule, Tolerance) or rule.better >= rule.inside)
    falling = rule.direction is Direction.DOWN
    worse, better = sorted((item.value, other), key=D, reverse=falling)

    low, high = (computed(with_value(plain, place, value)) for value in (worse, better))

    # A veto that zeroes an item without data takes back the weight that it had given away.
    assume([line.weight for line in low.lines] == [line.weight for line in high.lines])
    assert low.final == high.final is None or low.final <= high.final  # type: ignore[operator]


@given(plain_cards())
def test_lines_add_up_and_weights_total_a_hundred(plain: PlainCard) -> None:
    card = computed(plain)

    counting = [line for line in card.lines if line.points is not None]
    carries_weight = any(line.nominal_weight > 0 for line in counting)
    assert sum(line.weight for line in card.lines) == (100 if carries_weight else 0)
    if card.subtotal is not None:
        assert sum(line.contribution for line in card.lines) == card.subtotal


@given(plain=plain_cards(), data=st.data())
def test_the_order_of_the_items_changes_nothing(plain: PlainCard, data: st.DataObject) -> None:
    items = to_items(plain)
    shuffled = data.draw(st.permutations(items))

    assert appraise(shuffled, to_settings(plain)) == appraise(items, to_settings(plain))


@given(plain_cards())
def test_computing_twice_gives_the_same_whatever_the_thread_is_set_to(plain: PlainCard) -> None:
    first = computed(plain)
    with localcontext(prec=3, rounding=ROUND_DOWN) as context:
        context.clear_traps()
        second = computed(plain)
        told = explain_card(second, to_settings(plain))

    assert repr(first) == repr(second)
    assert told == explain_card(first, to_settings(plain))


@given(plain=plain_cards(SCALE_FREE), factor=numbers("0.1", "7", 1))
def test_scaling_all_weights_by_one_factor_changes_nothing(plain: PlainCard, factor: str) -> None:
    items = [replace(item, weight=str(int(D(item.weight)))) for item in plain.items]
    whole = replace(plain, items=tuple(items))
    scaled = replace(
        plain,
        items=tuple(replace(item, weight=str(D(item.weight) * D(factor))) for item in items),
    )

    one, other = computed(whole), computed(scaled)

    assert (one.final, one.subtotal, one.status) == (other.final, other.subtotal, other.status)
    assert [line.weight for line in one.lines] == [line.weight for line in other.lines]


@given(weights=WEIGHTS, factor=numbers("0.01", "50").map(D).filter(bool))
def test_scaled_weights_total_a_hundred_and_stay_in_proportion(
    weights: list[Decimal], factor: Decimal
) -> None:
    scaled = scale_to_hundred(weights)

    assert sum(scaled) == 100
    assert scale_to_hundred([weight * factor for weight in weights]) == scaled
    total = sum(weights)
    for weight, share in zip(weights, scaled, strict=True):
        assert abs(share - weight * 100 / total) < D("0.01")
    for (weight, share), (heavier, larger) in zip(
        sorted(zip(weights, scaled, strict=True)),
        sorted(zip(weights, scaled, strict=True))[1:],
        strict=False,
    ):
        assert weight <= heavier
        assert share <= larger


@given(plain_cards())
def test_an_item_of_no_weight_changes_nothing(plain: PlainCard) -> None:
    items = to_items(plain)
    lightless = [item for item in items if item.weight > 0 or item.rule.is_weightless]
    kept = {str(item.position) for item in lightless}
    aims = {each.params.get("item") or "1" for each in plain.items if each.rule == "veto"}
    assume(lightless)
    assume(aims <= kept)

    with_all, without = (appraise(each, to_settings(plain)) for each in (items, lightless))

    assert (with_all.final, with_all.status) == (without.final, without.status)


@given(value=numbers("0", "500", 1), target=numbers("0.1", "500", 1), zero=numbers("1", "9", 1))
def test_seconds_and_minutes_give_the_same_points(value: str, target: str, zero: str) -> None:
    def points(factor: int) -> Decimal:
        far = D(target) + D(zero)
        params = {"target": str(D(target) * factor), "zero_at": str(far * factor)}
        return parse("linear", params | {"direction": "down"}).points(D(value) * factor)

    assert points(1) == points(60)


@given(plain_cards())
def test_every_line_can_be_explained(plain: PlainCard) -> None:
    items = to_items(plain)
    card = appraise(items, to_settings(plain))

    for item, line in zip(items, card.lines, strict=True):
        parts = explain_line(item, line)
        ended = "line.contribution" if line.points is not None else "policy."
        if item.rule.is_weightless:
            ended = "result." if line.missing is None else "policy.no_effect"
        assert any(each.key.startswith(ended) for each in parts)
        assert all(isinstance(text, str) for each in parts for text in each.params.values())
    assert explain_card(card, to_settings(plain))


@given(plain_cards())
def test_the_borderline_mark_changes_no_number(plain: PlainCard) -> None:
    items = to_items(plain)

    marked = appraise(items, to_settings(plain))
    bare = appraise([replace(item, low=None, high=None) for item in items], to_settings(plain))

    lines = tuple(replace(line, is_borderline=False) for line in marked.lines)
    assert replace(marked, lines=lines, borderline=()) == bare
    assert marked.borderline == tuple(line.key for line in marked.lines if line.is_borderline)


@given(plain_cards())
def test_a_veto_never_raises_anything(plain: PlainCard) -> None:
    items = to_items(plain)
    bare = [replace(item, value=None) if item.rule.key == "veto" else item for item in items]

    with_vetoes, without = (appraise(each, to_settings(plain)) for each in (items, bare))

    assume([line.weight for line in with_vetoes.lines] == [line.weight for line in without.lines])
    assert with_vetoes.final == without.final is None or with_vetoes.final <= without.final  # type: ignore[operator]
