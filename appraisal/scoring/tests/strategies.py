"""Random rules and cards as plain texts, so that engine and oracle read the same input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from appraisal.scoring import CardSettings, ItemInput, MissingPolicy, parse

Params = dict[str, Any]
DIRECTIONS = st.sampled_from(["up", "down"])
POLICIES = st.sampled_from([policy.value for policy in MissingPolicy])


def numbers(low: str, high: str, places: int = 2) -> st.SearchStrategy[str]:
    """Decimal strings from `low` to `high`, ends included."""
    unit = Decimal(1).scaleb(-places)
    whole = st.integers(int(Decimal(low) / unit), int(Decimal(high) / unit))
    return whole.map(lambda count: format(count * unit, "f"))


VALUES = st.one_of(numbers("0", "150", 4), numbers("-20", "200", 0), numbers("0", "5", 4))


def optional(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A text or, half of the time, a blank."""
    return st.one_of(st.just(""), texts)


@st.composite
def linears(draw: st.DrawFn) -> tuple[str, Params]:
    target = draw(numbers("0.01", "120"))
    direction = draw(DIRECTIONS)
    zero_at = ""
    if draw(st.booleans()):
        gap = Decimal(draw(numbers("0.01", "100")))
        zero_at = str(Decimal(target) - gap if direction == "up" else Decimal(target) + gap)
    cap = draw(optional(numbers("1", "200")))
    return "linear", {"direction": direction, "target": target, "zero_at": zero_at, "cap": cap}


@st.composite
def per_units(
    draw: st.DrawFn, bases: tuple[str, ...] = ("weight", "hundred")
) -> tuple[str, Params]:
    floor, start, cap = sorted(Decimal(draw(numbers("0", "120"))) for _ in range(3))
    return "per_unit", {
        "direction": draw(DIRECTIONS),
        "reference": draw(st.one_of(numbers("0", "120"), st.just("previous"))),
        "unit": draw(numbers("0.01", "30")),
        "points": draw(numbers("0.01", "30")),
        "basis": draw(st.sampled_from(bases)),
        "steps": draw(st.sampled_from(["linear", "complete", "started"])),
        "earns": draw(st.booleans()),
        "floor": str(floor),
        "start": str(start),
        "cap": str(cap),
    }


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, Params]:
    size = draw(st.integers(1, 5))
    direction = draw(DIRECTIONS)
    bounds = draw(st.lists(numbers("-10", "120"), min_size=size, max_size=size, unique_by=Decimal))
    points = draw(
        st.lists(numbers("0", "100"), min_size=size + 1, max_size=size + 1, unique_by=Decimal)
    )
    points.sort(key=Decimal, reverse=True)
    bounds.sort(key=Decimal, reverse=direction == "up")
    rows = [
        {"bound": bound, "points": worth} for bound, worth in zip(bounds, points, strict=False)
    ]
    return "tiers", {"direction": direction, "tiers": rows, "otherwise": points[-1]}


@st.composite
def thresholds(draw: st.DrawFn) -> tuple[str, Params]:
    params = {"target": draw(numbers("-10", "120")), "otherwise": draw(numbers("0", "100"))}
    return "threshold", params | {"direction": draw(DIRECTIONS)}


@st.composite
def tolerances(draw: st.DrawFn) -> tuple[str, Params]:
    direction = draw(DIRECTIONS)
    tolerance = draw(numbers("0", "90"))
    share = Decimal(tolerance) / 100
    low, high = ("0", str(1 - share)) if direction == "up" else (str(1 + share), "3")
    zero_at = draw(optional(numbers(low, high, 4)))
    if zero_at and Decimal(zero_at) == Decimal(high if direction == "up" else low):
        zero_at = ""
    means = st.sampled_from(["department_mean", "company_mean", "last_year_mean"])
    return "tolerance", {
        "direction": direction,
        "baseline": draw(st.one_of(numbers("0.01", "120"), means)),
        "tolerance": tolerance,
        "inside": draw(optional(numbers("0", "100"))),
        "better": draw(optional(numbers("0", "100"))),
        "zero_at": zero_at,
    }


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, Params]:
    return "change", {
        "direction": draw(DIRECTIONS),
        "target": draw(numbers("0.01", "50")),
        "base": draw(optional(numbers("0", "99.99"))),
        "against": draw(st.sampled_from(["previous", "last_year"])),
        "good_enough": draw(optional(numbers("0", "120"))),
    }


@st.composite
def places(draw: st.DrawFn) -> tuple[str, Params]:
    return "rank", {"direction": draw(DIRECTIONS)}


@st.composite
def vetoes(draw: st.DrawFn) -> tuple[str, Params]:
    consequence = draw(st.sampled_from(["zero_item", "cap_total", "cap_band"]))
    return "veto", {
        "direction": draw(DIRECTIONS),
        "limit": draw(numbers("-10", "150", 0)),
        "at_limit": draw(st.booleans()),
        "consequence": consequence,
        "item": "1" if consequence == "zero_item" else "",
        "cap": draw(numbers("0", "100")) if consequence == "cap_total" else "",
        "band": draw(st.sampled_from(BANDS)) if consequence == "cap_band" else "",
    }


@st.composite
def effects(draw: st.DrawFn) -> tuple[str, Params]:
    return draw(st.sampled_from(["extra", "deduction"])), {
        "direction": draw(DIRECTIONS),
        "per": draw(numbers("0.01", "20")),
        "unit": draw(optional(numbers("0.01", "30"))),
        "from": draw(optional(numbers("-10", "120"))),
        "cap": draw(numbers("0.01", "30")),
        "steps": draw(optional(st.sampled_from(["linear", "complete", "started"]))),
    }


BANDS = ("excellent", "meets", "to_improve")
WEIGHTLESS = st.one_of(vetoes(), effects())
WEIGHTED = st.one_of(
    linears(), per_units(), tables(), thresholds(), tolerances(), changes(), places()
)
RULES = st.one_of(WEIGHTED, WEIGHTED, WEIGHTED, WEIGHTLESS)


@dataclass(frozen=True)
class PlainItem:
    """An item as a person would write it down; "" is no number."""

    rule: str
    params: Params
    weight: str
    value: str
    sample: int
    min_sample: int
    policy: str
    baseline: str
    previous: str
    department_mean: str
    adjustment: str
    adjusted_to: str
    is_zeroed: bool
    place: tuple[int, int] | None
    interval: tuple[str, str] | None

    @property
    def is_weightless(self) -> bool:
        return self.rule in ("veto", "extra", "deduction")


@dataclass(frozen=True)
class PlainCard:
    items: tuple[PlainItem, ...]
    coefficient: str
    extra: str
    deduction: str
    total_adjustment: str
    maximum: str
    insufficient_above: str
    cap_total: str
    cap_band: str = ""


@st.composite
def plain_items(
    draw: st.DrawFn, rules: st.SearchStrategy[tuple[str, Params]] = RULES
) -> PlainItem:
    rule, params = draw(rules)
    adjusted_to = draw(st.one_of(st.just(""), st.just(""), numbers("0", "150")))
    value = draw(st.one_of(VALUES, VALUES, VALUES, st.just("")))
    item = PlainItem(
        rule=rule,
        params=params,
        weight=draw(st.one_of(numbers("0", "100"), numbers("5", "30", 0))),
        value=value,
        sample=draw(st.integers(0, 40)),
        min_sample=draw(st.sampled_from([0, 1, 10])),
        policy=draw(POLICIES.filter(lambda policy: policy != "not_scored")),
        baseline=draw(st.one_of(numbers("0", "120", 4), numbers("-1", "0", 0), st.just(""))),
        previous=draw(st.one_of(numbers("0", "120", 4), numbers("-1", "0", 0), st.just(""))),
        department_mean=draw(optional(numbers("0", "100"))),
        adjustment="0" if adjusted_to else draw(st.one_of(st.just("0"), numbers("-50", "50"))),
        adjusted_to=adjusted_to,
        is_zeroed=draw(st.integers(0, 9)) == 9,
        place=draw(st.one_of(st.none(), placed())),
        interval=draw(st.one_of(st.none(), around(value))),
    )
    if item.is_weightless:
        return replace(item, weight="0", adjustment="0", adjusted_to="", is_zeroed=False)
    return item


@st.composite
def placed(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, 12))
    return draw(st.integers(1, size)), size


@st.composite
def around(draw: st.DrawFn, value: str) -> tuple[str, str]:
    """The ends of an interval around a value."""
    middle = Decimal(value or "50")
    reach = Decimal(draw(numbers("0", "30", 4)))
    return str(middle - reach), str(middle + reach)


@st.composite
def plain_cards(
    draw: st.DrawFn, rules: st.SearchStrategy[tuple[str, Params]] = RULES
) -> PlainCard:
    items = draw(st.lists(plain_items(rules), min_size=1, max_size=9))
    return PlainCard(
        items=tuple(draw(aimed(item, items)) for item in items),
        coefficient=draw(st.one_of(st.just("1"), numbers("0.5", "1.5"))),
        extra=draw(st.one_of(st.just("0"), numbers("0", "20"))),
        deduction=draw(st.one_of(st.just("0"), numbers("0", "20"))),
        total_adjustment=draw(st.one_of(st.just("0"), numbers("-20", "20"))),
        maximum=draw(st.sampled_from(["100", "120"])),
        insufficient_above=draw(st.sampled_from(["50", "33.33", "100"])),
        cap_total=draw(st.one_of(st.just(""), numbers("0", "100"))),
        cap_band=draw(st.one_of(st.just(""), st.sampled_from(BANDS))),
    )


@st.composite
def aimed(draw: st.DrawFn, item: PlainItem, items: list[PlainItem]) -> PlainItem:
    """The item; a veto that zeroes another one is aimed at one with a weight, if there is any."""
    if item.params.get("consequence") != "zero_item":
        return item
    targets = [place for place, each in enumerate(items, start=1) if not each.is_weightless]
    if targets:
        return replace(item, params=item.params | {"item": str(draw(st.sampled_from(targets)))})
    limits = {"consequence": "cap_total", "item": "", "cap": "50"}
    return replace(item, params=item.params | limits)


def decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def to_item(plain: PlainItem, position: int) -> ItemInput:
    return ItemInput(
        key=f"item{position}",
        position=position,
        rule=parse(plain.rule, plain.params),
        weight=Decimal(plain.weight),
        value=decimal(plain.value),
        sample=plain.sample,
        min_sample=plain.min_sample,
        missing_policy=MissingPolicy(plain.policy),
        baseline=decimal(plain.baseline),
        previous=decimal(plain.previous),
        department_mean=decimal(plain.department_mean),
        adjustment=Decimal(plain.adjustment),
        adjusted_to=decimal(plain.adjusted_to),
        is_zeroed=plain.is_zeroed,
        rank=plain.place[0] if plain.place else None,
        size=plain.place[1] if plain.place else None,
        low=Decimal(plain.interval[0]) if plain.interval else None,
        high=Decimal(plain.interval[1]) if plain.interval else None,
    )


def to_items(card: PlainCard) -> list[ItemInput]:
    return [to_item(plain, position) for position, plain in enumerate(card.items, start=1)]


def to_settings(card: PlainCard) -> CardSettings:
    return CardSettings(
        coefficient=Decimal(card.coefficient),
        extra=Decimal(card.extra),
        deduction=Decimal(card.deduction),
        total_adjustment=Decimal(card.total_adjustment),
        maximum=Decimal(card.maximum),
        insufficient_above=Decimal(card.insufficient_above),
        cap_total=decimal(card.cap_total),
        cap_band=card.cap_band or None,
    )


def with_value(card: PlainCard, place: int, value: str) -> PlainCard:
    items = list(card.items)
    items[place] = replace(items[place], value=value)
    return replace(card, items=tuple(items))
