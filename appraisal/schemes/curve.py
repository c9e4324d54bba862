"""Points over value, as the numbers of a small drawing; the page turns them into SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from appraisal.metric_text import value_text
from appraisal.schemes.describe import is_weightless
from appraisal.scoring import Context, Need, PerUnit, Rule, Tiers, Tolerance
from appraisal.scoring.rules.change import Change

STEPS = 120
WIDTH, HEIGHT = 240, 96
HUNDRED = Decimal(100)
MEANS = {Need.DEPARTMENT_MEAN, Need.COMPANY_MEAN, Need.LAST_YEAR_MEAN}


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis: `at` in the drawing's units, and its text."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through `points` (SVG coordinates), where the target is, and both axes' ticks.

    `table` holds (value, points) as text for whoever reads numbers rather than lines. `note`
    says what was assumed where the rule looks a number up.
    """

    points: str
    target_at: str | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    table: tuple[tuple[str, str], ...]
    note: str
    width: int = WIDTH
    height: int = HEIGHT


def curve(rule: Rule, unit: str, weight: Decimal) -> Curve | None:
    """The rule's curve over a range that shows all of it. `weight` is the item's, in percent.

    None for rules without one: a rank has no value axis, a veto, extra points or a deduction no
    points of their own. Where the rule compares with a mean or an earlier value, 100 is assumed
    for it and said.
    """
    if rule.key == "rank" or is_weightless(rule.key):
        return None
    assumed = HUNDRED if rule.needs else None
    context = Context(
        nominal_weight=weight,
        baseline=assumed if MEANS & set(rule.needs) else None,
        previous=assumed if not MEANS & set(rule.needs) else None,
    )
    low, high = _range(rule, unit, context)
    top = max(rule.cap, HUNDRED)
    values = sorted({*_even(low, high), *_corners(rule, context, low, high)})
    dots = [(value, rule.points(value, context)) for value in values]
    target = rule.target_line(context)
    return Curve(
        points=" ".join(f"{_x(v, low, high)},{_y(p, top)}" for v, p in dots),
        target_at=None if target is None or not low <= target <= high else _x(target, low, high),
        x_ticks=tuple(
            Tick(_x(v, low, high), _text(v, rule, unit)) for v in (low, (low + high) / 2, high)
        ),
        y_ticks=tuple(Tick(_y(p, top), format(p.normalize(), "f")) for p in (top, Decimal(0))),
        table=tuple(
            (_text(v, rule, unit), format(rule.points(v, context), "f"))
            for v in _even(low, high, 8)
        ),
        note=_note(rule),
    )


def _note(rule: Rule) -> str:
    if MEANS & set(rule.needs):
        return _("Values in percent of the baseline.")
    if rule.needs:
        return _("Values in percent of the earlier value, drawn for an earlier value of 100.")
    return ""


def _text(value: Decimal, rule: Rule, unit: str) -> str:
    shown = value.quantize(Decimal("0.01")).normalize()
    return value_text(shown, "percent" if rule.needs else "" if unit == "s" else unit)


def _range(rule: Rule, unit: str, context: Context) -> tuple[Decimal, Decimal]:
    """The values to draw: from where it ends giving to where it gives most, and some beyond."""
    marks = [mark for mark in _marks(rule, context) if mark is not None]
    low, high = min([Decimal(0), *marks]), max([*marks, Decimal(1)])
    if rule.is_up():
        high = high * Decimal("1.2")
    else:
        high = high * (Decimal("1.2") if len(marks) > 1 else Decimal(3))
    if unit in ("percent", "points") and not rule.needs:
        high = min(high, HUNDRED)
    if low < 0:
        low = low * Decimal("1.2")
    return low, max(high, low + 1)


def _marks(rule: Rule, context: Context) -> Sequence[Decimal | None]:
    if isinstance(rule, Tiers):
        return [tier.bound for tier in rule.tiers]
    if isinstance(rule, Tolerance):
        baseline = context.baseline or (
            rule.baseline if isinstance(rule.baseline, Decimal) else HUNDRED
        )
        multiple = rule.zero_at if rule.zero_at is not None else Decimal(2)
        return [baseline * (1 + rule.tolerance / HUNDRED), baseline * multiple, baseline]
    if isinstance(rule, Change):
        worst = rule.base * rule.target / (HUNDRED - rule.base)
        return [HUNDRED * (1 + max(worst, rule.target) / HUNDRED), HUNDRED]
    if isinstance(rule, PerUnit):
        return _per_unit_marks(rule, context)
    return [rule.target_line(context), getattr(rule, "zero_at", None)]


def _per_unit_marks(rule: PerUnit, context: Context) -> Sequence[Decimal | None]:
    """The reference, and where the points run out, if that is not too far to show."""
    reference = rule.reference if isinstance(rule.reference, Decimal) else context.previous
    reference = HUNDRED if reference is None else reference
    cost = rule.points_per_unit
    if rule.basis == "weight" and context.nominal_weight > 0:
        cost = cost * HUNDRED / context.nominal_weight
    reach = (rule.start - rule.floor) / cost * rule.unit
    return [reference, reference + reach if not rule.is_up() else reference]


def _even(low: Decimal, high: Decimal, count: int = STEPS) -> list[Decimal]:
    step = (high - low) / count
    return [(low + step * place).quantize(Decimal("0.0001")) for place in range(count + 1)]


def _corners(rule: Rule, context: Context, low: Decimal, high: Decimal) -> list[Decimal]:
    """Where the line bends or jumps, so that the drawing is sharp there."""
    found = []
    for mark in _marks(rule, context):
        if mark is not None:
            for near in (mark - Decimal("0.0001"), mark, mark + Decimal("0.0001")):
                rounded = near.quantize(Decimal("0.0001"))
                if low <= rounded <= high:
                    found.append(rounded)
    return found


def _x(value: Decimal, low: Decimal, high: Decimal) -> str:
    return f"{(value - low) / (high - low) * WIDTH:.1f}"


def _y(points: Decimal, top: Decimal) -> str:
    return f"{HEIGHT - points / top * HEIGHT:.1f}"
