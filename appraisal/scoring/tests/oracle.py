"""A second implementation of 3-scoring.md, written to be read beside it, in fractions.

It shares no code with the package, so that a slip in one shows as a difference. Naive on
purpose: one function per paragraph of the policy, params as they are stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from appraisal.scoring.tests.strategies import PlainCard, PlainItem

Params = dict[str, Any]


@dataclass
class Answer:
    status: str
    points: list[Fraction | None]
    weights: list[Fraction]
    contributions: list[Fraction]
    subtotal: Fraction | None
    final: Fraction | None
    band: str | None
    effects: list[Fraction | None] = field(default_factory=list)
    holds: list[bool | None] = field(default_factory=list)
    borderline: list[int] = field(default_factory=list)


def cents(number: Fraction) -> Fraction:
    """Rounded to 2 decimals, half away from zero."""
    sign = -1 if number < 0 else 1
    return sign * Fraction(floor(abs(number) * 100 + Fraction(1, 2)), 100)


def read(params: Params, name: str, default: str) -> Fraction:
    return Fraction(params.get(name) or default)


def between(low: Fraction | int, number: Fraction | int, high: Fraction | int) -> Fraction:
    return Fraction(max(low, min(number, high)))


def linear(item: PlainItem, v: Fraction) -> Fraction:
    t, cap = Fraction(item.params["target"]), read(item.params, "cap", "100")
    if item.params["zero_at"]:
        z = Fraction(item.params["zero_at"])
        return between(0, (v - z) / (t - z) * 100, cap)
    if item.params["direction"] == "up":
        return between(0, v / t * 100, cap)
    return cap if v <= 0 else between(0, t / v * 100, cap)


def per_unit(item: PlainItem, v: Fraction) -> Fraction | None:
    p = item.params
    if p["reference"] == "previous" and not item.previous:
        return None
    reference = Fraction(item.previous if p["reference"] == "previous" else p["reference"])
    better = v - reference if p["direction"] == "up" else reference - v
    units = abs(better) / Fraction(p["unit"])
    if p["steps"] == "complete":
        units = Fraction(floor(units))
    if p["steps"] == "started":
        units = Fraction(ceil(units))
    low, start, cap = Fraction(p["floor"]), Fraction(p["start"]), Fraction(p["cap"])
    if units == 0 or (better > 0 and not p["earns"]):
        return start
    if p["basis"] == "weight" and Fraction(item.weight) == 0:
        return cap if better > 0 else low
    worth = Fraction(p["points"])
    if p["basis"] == "weight":
        worth = worth / Fraction(item.weight) * 100
    return between(low, start + units * worth * (1 if better > 0 else -1), cap)


def tiers(item: PlainItem, v: Fraction) -> Fraction:
    reached = [Fraction(item.params["otherwise"])]
    for row in item.params["tiers"]:
        bound = Fraction(row["bound"])
        if v >= bound if item.params["direction"] == "up" else v <= bound:
            reached.append(Fraction(row["points"]))
    return max(reached)


def threshold(item: PlainItem, v: Fraction) -> Fraction:
    t = Fraction(item.params["target"])
    met = v >= t if item.params["direction"] == "up" else v <= t
    return Fraction(100) if met else Fraction(item.params["otherwise"])


def tolerance(item: PlainItem, v: Fraction) -> Fraction | None:
    p = item.params
    fixed = p["baseline"][0].isdigit()
    if not fixed and not item.baseline:
        return None
    b = Fraction(p["baseline"] if fixed else item.baseline)
    if b < 0:
        return None
    share = Fraction(p["tolerance"]) / 100
    inside, better = read(p, "inside", "100"), read(p, "better", "100")
    if p["direction"] == "up":
        zero = b * read(p, "zero_at", "0")
        if v > b * (1 + share):
            return better
        if v >= b * (1 - share):
            return inside
        return Fraction(0) if v <= zero else inside * (v - zero) / (b * (1 - share) - zero)
    zero = b * read(p, "zero_at", "2")
    if v < b * (1 - share):
        return better
    if v <= b * (1 + share):
        return inside
    return Fraction(0) if v >= zero else inside * (zero - v) / (zero - b * (1 + share))


def change(item: PlainItem, v: Fraction) -> Fraction | None:
    p, up = item.params, item.params["direction"] == "up"
    base = read(p, "base", "60")
    if p["good_enough"]:
        enough = Fraction(p["good_enough"])
        if v >= enough if up else v <= enough:
            return Fraction(100)
    if not item.previous or Fraction(item.previous) < 0:
        return None
    previous = Fraction(item.previous)
    if previous == 0:
        if up:
            return base if v == 0 else Fraction(100 if v > 0 else 0)
        return Fraction(100 if v <= 0 else 0)
    delta = (v - previous) / previous * 100 * (1 if up else -1)
    return between(0, base + (100 - base) * delta / Fraction(p["target"]), 100)


def rank(item: PlainItem, v: Fraction) -> Fraction | None:
    if item.place is None or item.place[1] < 5:
        return None
    place, n = item.place
    return Fraction(n - place, n - 1) * 100


def is_worse(p: Params, v: Fraction, limit: Fraction) -> bool:
    return v < limit if p["direction"] == "up" else v > limit


def effect(item: PlainItem) -> Fraction:
    """What an extra adds or a deduction takes, in points of the total."""
    p, v = item.params, Fraction(item.value)
    start, unit = read(p, "from", "0"), read(p, "unit", "1")
    worse = is_worse(p, v, start)
    if v == start or worse != (item.rule == "deduction"):
        return Fraction(0)
    units = abs(v - start) / unit
    if p["steps"] == "complete":
        units = Fraction(floor(units))
    if p["steps"] == "started":
        units = Fraction(ceil(units))
    points = min(units * Fraction(p["per"]), Fraction(p["cap"]))
    return cents(-points if worse else points)


def has_data(item: PlainItem) -> bool:
    return bool(item.value) and item.sample >= item.min_sample


def vetoes(card: PlainCard) -> list[bool | None]:
    """Whether each item is a veto that holds; None for what is none."""
    found: list[bool | None] = []
    for item in card.items:
        if item.rule != "veto":
            found.append(None)
            continue
        v, limit = Fraction(item.value or 0), Fraction(item.params["limit"])
        bad = is_worse(item.params, v, limit) or (v == limit and item.params["at_limit"])
        found.append(has_data(item) and bad)
    return found


BANDS = ["excellent", "meets", "to_improve"]

RULES = {
    "linear": linear,
    "per_unit": per_unit,
    "tiers": tiers,
    "threshold": threshold,
    "tolerance": tolerance,
    "change": change,
    "rank": rank,
}


def highest(item: PlainItem) -> Fraction:
    return read(item.params, "cap", "100")


def measured(item: PlainItem) -> Fraction | None:
    """The points from data, None for missing data."""
    if not has_data(item):
        return None
    points = RULES[item.rule](item, Fraction(item.value))
    return None if points is None else cents(points)


def by_policy(item: PlainItem) -> Fraction | None:
    """The points without data, None where the weight is given away."""
    if item.policy == "full":
        return min(Fraction(100), highest(item))
    if item.policy == "zero":
        return Fraction(0)
    if item.policy == "department_mean" and item.department_mean:
        return between(0, Fraction(item.department_mean), highest(item))
    return None


def largest_remainder(weights: list[Fraction]) -> list[Fraction]:
    total = sum(weights)
    if total == 0:
        return [Fraction(0) for _ in weights]
    shares = [weight / total * 10000 for weight in weights]
    given = [floor(share) for share in shares]
    while sum(given) < 10000:
        rests = [share - got for share, got in zip(shares, given, strict=True)]
        given[rests.index(max(rests))] += 1
    return [Fraction(got, 100) for got in given]


def answer(card: PlainCard) -> Answer:
    """The card with its borderline items: computed again with each end of each interval."""
    found = one_answer(card)
    for place, item in enumerate(card.items):
        if not item.interval or not item.value or found.band is None:
            continue
        for end in item.interval:
            items = list(card.items)
            items[place] = replace(item, value=end)
            other = one_answer(replace(card, items=tuple(items)))
            if other.band not in (None, found.band) and place not in found.borderline:
                found.borderline.append(place)
    return found


def one_answer(card: PlainCard) -> Answer:
    """The card, in the order of "Arithmetic"."""
    points: list[Fraction | None] = []
    missing = Fraction(0)
    holds = vetoes(card)
    active = [item.params for item, held in zip(card.items, holds, strict=True) if held]
    zeroed = [params["item"] for params in active]
    effects = [
        (effect(item) if has_data(item) else Fraction(0))
        if item.rule in ("extra", "deduction")
        else None
        for item in card.items
    ]
    for place, item in enumerate(card.items, start=1):
        if item.is_weightless:
            points.append(None)
            continue
        p = measured(item)
        if item.is_zeroed or str(place) in zeroed:
            points.append(Fraction(0))
        elif item.adjusted_to:
            points.append(between(0, Fraction(item.adjusted_to), highest(item)))
        else:
            if p is None:
                missing += Fraction(item.weight)
                p = by_policy(item)
            if p is not None:
                p = between(0, p + Fraction(item.adjustment), highest(item))
            points.append(p)
    pairs = list(zip(card.items, points, strict=True))
    weights = largest_remainder(
        [Fraction(0) if p is None else Fraction(item.weight) for item, p in pairs]
    )
    contributions = [
        cents((p or Fraction(0)) * w / 100) for p, w in zip(points, weights, strict=True)
    ]
    total = sum((Fraction(item.weight) for item in card.items), Fraction(0))
    too_little = missing == total or missing / total * 100 > Fraction(card.insufficient_above)
    status = "insufficient" if too_little else "scored"
    if sum(weights) == 0:
        nothing = Answer(status, points, weights, contributions, None, None, None)
        return replace(nothing, effects=effects, holds=holds)
    subtotal = sum(contributions, Fraction(0))
    sums = Fraction(card.extra) - Fraction(card.deduction) + Fraction(card.total_adjustment)
    sums += sum(given for given in effects if given)
    final = between(0, cents(subtotal * Fraction(card.coefficient) + sums), int(card.maximum))
    for cap in [card.cap_total, *(params["cap"] for params in active)]:
        if cap:
            final = min(final, Fraction(cap))
    band = "excellent" if final >= 90 else "meets" if final >= 70 else "to_improve"
    for best in [card.cap_band, *(params["band"] for params in active)]:
        if best and BANDS.index(best) > BANDS.index(band):
            band = best
    shown = None if too_little else band
    found = Answer(status, points, weights, contributions, subtotal, final, shown)
    return replace(found, effects=effects, holds=holds)


def weighted_mean(rows: list[tuple[Fraction, int]]) -> Fraction | None:
    if not rows:
        return None
    if all(weight == 0 for _, weight in rows):
        rows = [(number, 1) for number, _ in rows]
    return sum(number * weight for number, weight in rows) / Fraction(sum(w for _, w in rows))


def combined(segments: list[tuple[str, int, str]]) -> tuple[Fraction | None, str]:
    """Segments as (final or "", working days, status)."""
    seen = [each for each in segments if each[2] != "not_assessed"]
    statuses = [status for _, _, status in seen]
    if not seen:
        return None, "not_assessed"
    if "not_scored" in statuses:
        return None, "not_scored"
    mean = weighted_mean([(Fraction(final), days) for final, days, _ in seen if final])
    if mean is None:
        return None, "insufficient"
    return cents(mean), "insufficient" if "insufficient" in statuses else "scored"


def rolled(
    mode: str, recomputed: str, parts: list[tuple[str, int]], share: str
) -> Fraction | None:
    whole = Fraction(recomputed) if recomputed else None
    mean = weighted_mean([(Fraction(final), months) for final, months in parts if final])
    part = Fraction(share) / 100
    if mode == "recompute":
        result = whole
    elif mode == "average":
        result = mean
    elif whole is None or mean is None:
        result = whole if mean is None else mean
    else:
        result = whole * part + mean * (1 - part)
    return None if result is None else cents(result)


def coefficient(rows: list[Params], final: str) -> Fraction:
    if not final:
        return Fraction(1)
    reached = [
        row for row in rows if not row["lower"] or Fraction(final) >= Fraction(row["lower"])
    ]
    return Fraction(reached[0]["value"])
