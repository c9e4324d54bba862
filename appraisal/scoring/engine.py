"""From measured values to a card: the order of the arithmetic, and nothing else.

Source: 3-scoring.md, "Arithmetic", "Missing data" and "Small samples".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from appraisal.scoring.arithmetic import HUNDRED, ZERO, clamp, exact, round2
from appraisal.scoring.card import (
    CardResult,
    CardSettings,
    ItemInput,
    LineResult,
    MissingPolicy,
    Status,
)
from appraisal.scoring.limits import Limits, limits
from appraisal.scoring.rules.base import Missing
from appraisal.scoring.rules.weightless import Veto
from appraisal.scoring.weights import effective_weights

ENGINE_VERSION = "1"
"""Stored with every score. It changes whenever an input could give another result."""

STANDARD = CardSettings()


@dataclass(frozen=True, slots=True)
class _Scored:
    """An item with its points; the weights of all are needed before its contribution."""

    item: ItemInput
    missing: Missing | None
    policy: MissingPolicy | None
    rule_points: Decimal | None
    points: Decimal | None
    adjustment: Decimal
    effect: Decimal | None = None
    holds: bool | None = None
    is_zeroed: bool = False

    @property
    def keeps_weight(self) -> bool:
        return self.policy is not MissingPolicy.REDISTRIBUTE


def appraise(items: Sequence[ItemInput], settings: CardSettings = STANDARD) -> CardResult:
    """Score one card.

    Line adjustments and vetoes change p; then contributions and their subtotal S; then
    S * k + extra - deduction + total adjustment, rounded and clamped to [0, maximum]; then
    `cap_total`; then the band, limited by `cap_band`. The order of `items` changes nothing.
    Where several reasons against a score hold, the status is the first of `not_assessed`,
    `not_scored`, `insufficient`. Then the lines that alone could have led to another band are
    marked, which changes no number.
    Raises ValueError if two items share a position or key, or a veto zeroes none with a
    weight; KeyError if it names an unknown band.
    """
    ordered = sorted(items, key=lambda item: item.position)
    _refuse_doubles(ordered)
    _refuse_lost_vetoes(ordered)
    with exact():
        scored = [_score(item) for item in ordered]
        card = _card(scored, settings)
        return _marked(card, scored, settings)


def why_missing(item: ItemInput) -> Missing | None:
    """Why an item has nothing to score; None if its rule can be applied to its value."""
    if item.value is None:
        return Missing.NO_VALUE
    if item.sample < item.min_sample:
        return Missing.SMALL_SAMPLE
    return item.rule.missing(item.value, item.context)


def _score(item: ItemInput) -> _Scored:
    """One item by itself: before any veto of another."""
    missing = why_missing(item)
    if item.rule.is_weightless:
        return _score_weightless(item, missing)
    policy = None if missing is None else _policy(item)
    rule_points = None
    if missing is None and item.value is not None:
        rule_points = item.rule.points(item.value, item.context)
    before = rule_points if policy is None else _points_without_data(item, policy)
    if item.is_zeroed:
        return _Scored(item, None, None, rule_points, ZERO, ZERO, is_zeroed=True)
    if item.adjusted_to is not None:
        points = round2(clamp(item.adjusted_to, ZERO, item.rule.cap))
        return _Scored(item, None, None, rule_points, points, points - (before or ZERO))
    if before is None:
        return _Scored(item, missing, policy, None, None, ZERO)
    points = round2(clamp(before + item.adjustment, ZERO, item.rule.cap))
    return _Scored(item, missing, policy, rule_points, points, points - before)


def _score_weightless(item: ItemInput, missing: Missing | None) -> _Scored:
    value = item.value if missing is None else None
    if isinstance(item.rule, Veto):
        holds = value is not None and item.rule.holds(value)
        return _Scored(item, missing, None, None, None, ZERO, holds=holds)
    effect = ZERO if value is None else item.rule.points(value, item.context)
    return _Scored(item, missing, None, None, None, ZERO, effect=effect)


def _zeroed(scored: Sequence[_Scored]) -> list[_Scored]:
    """The items after the vetoes that zero one of them."""
    vetoes = [each.item for each in scored if each.holds]
    return [
        _Scored(each.item, None, None, each.rule_points, ZERO, ZERO, is_zeroed=True)
        if any(each.item.is_zeroed_by(veto) for veto in vetoes)
        else each
        for each in scored
    ]


def _policy(item: ItemInput) -> MissingPolicy:
    is_mean = item.missing_policy is MissingPolicy.DEPARTMENT_MEAN
    if is_mean and item.department_mean is None:
        return MissingPolicy.REDISTRIBUTE
    return item.missing_policy


def _points_without_data(item: ItemInput, policy: MissingPolicy) -> Decimal | None:
    """The points that a policy gives; never more than the rule can."""
    if policy is MissingPolicy.FULL:
        return round2(min(HUNDRED, item.rule.cap))
    if policy is MissingPolicy.ZERO:
        return ZERO
    if policy is MissingPolicy.DEPARTMENT_MEAN and item.department_mean is not None:
        return round2(clamp(item.department_mean, ZERO, item.rule.cap))
    return None


def _line(scored: _Scored, weight: Decimal) -> LineResult:
    item = scored.item
    points = ZERO if scored.points is None else scored.points
    return LineResult(
        key=item.key,
        position=item.position,
        value=item.value,
        sample=item.sample,
        missing=scored.missing,
        policy=scored.policy,
        rule_points=scored.rule_points,
        points=scored.points,
        adjustment=scored.adjustment,
        nominal_weight=item.weight,
        weight=weight,
        contribution=round2(points * weight / HUNDRED),
        target=item.rule.target_line(item.context),
        effect=scored.effect,
        holds=scored.holds,
        is_zeroed=scored.is_zeroed,
    )


def _card(before_vetoes: Sequence[_Scored], settings: CardSettings) -> CardResult:
    scored = _zeroed(before_vetoes)
    weights = effective_weights(
        [each.item.weight for each in scored], [each.keeps_weight for each in scored]
    )
    lines = tuple(_line(each, weight) for each, weight in zip(scored, weights, strict=True))
    limited = limits(
        [each.item.rule for each in scored if each.holds],
        [each.effect for each in scored if each.effect is not None],
        settings,
    )
    missing_weight, is_insufficient = _missing_weight(lines, settings)
    status = _status(scored, settings, is_insufficient)
    carries_points = any(line.weight > 0 for line in lines)
    subtotal = final = band = next_band = None
    if status in (Status.SCORED, Status.INSUFFICIENT) and carries_points:
        subtotal = sum((line.contribution for line in lines), ZERO)
        final = _final(subtotal, settings, limited)
    if status is Status.SCORED and final is not None:
        band = settings.bands.band_for(final)
        if limited.cap_band is not None:
            band = settings.bands.limited(band, limited.cap_band)
        next_band = settings.bands.next_band(final)
    return CardResult(
        status=status,
        lines=lines,
        missing_weight=missing_weight,
        subtotal=subtotal,
        coefficient=settings.coefficient,
        extra=limited.extra,
        deduction=limited.deduction,
        total_adjustment=settings.total_adjustment,
        final=final,
        band=band,
        next_band=next_band,
        engine_version=ENGINE_VERSION,
        cap_total=limited.cap_total,
        cap_band=limited.cap_band,
    )


def _marked(card: CardResult, scored: Sequence[_Scored], settings: CardSettings) -> CardResult:
    """The card with its borderline lines marked; only a card with a band has any."""
    if card.band is None:
        return card
    found = {
        each.item.key
        for place, each in enumerate(scored)
        if _could_cross(card, scored, place, settings)
    }
    if not found:
        return card
    lines = tuple(replace(line, is_borderline=line.key in found) for line in card.lines)
    return replace(
        card, lines=lines, borderline=tuple(line.key for line in lines if line.is_borderline)
    )


def _could_cross(
    card: CardResult, scored: Sequence[_Scored], place: int, settings: CardSettings
) -> bool:
    """Whether one line alone, at either end of its interval, would change the band."""
    now = scored[place]
    if now.item.value is None:
        return False
    for end in (now.item.low, now.item.high):
        if end is None:
            continue
        then = _score(replace(now.item, value=end))
        if _same(then, now):
            continue
        other = _card([*scored[:place], then, *scored[place + 1 :]], settings)
        if other.band is not None and other.band != card.band:
            return True
    return False


def _same(one: _Scored, other: _Scored) -> bool:
    """Whether both do the same to a card."""
    return (one.points, one.policy, one.effect, one.holds) == (
        other.points,
        other.policy,
        other.effect,
        other.holds,
    )


def _missing_weight(lines: Sequence[LineResult], settings: CardSettings) -> tuple[Decimal, bool]:
    """The missing share of the nominal weight, in percent, and whether it is too much.

    Nothing measured at all is always too much, whatever the setting.
    """
    total = sum((line.nominal_weight for line in lines), ZERO)
    missing = sum((line.nominal_weight for line in lines if line.missing is not None), ZERO)
    if total == missing:
        return round2(HUNDRED), True
    share = missing * HUNDRED / total
    return round2(share), missing * HUNDRED > settings.insufficient_above * total


def _status(scored: Sequence[_Scored], settings: CardSettings, is_insufficient: bool) -> Status:
    if not settings.is_assessed:
        return Status.NOT_ASSESSED
    if any(each.policy is MissingPolicy.NOT_SCORED for each in scored):
        return Status.NOT_SCORED
    return Status.INSUFFICIENT if is_insufficient else Status.SCORED


def _final(subtotal: Decimal, settings: CardSettings, limited: Limits) -> Decimal:
    total = (
        subtotal * settings.coefficient
        + limited.extra
        - limited.deduction
        + settings.total_adjustment
    )
    final = clamp(round2(total), ZERO, round2(settings.maximum))
    return final if limited.cap_total is None else min(final, round2(limited.cap_total))


def _refuse_doubles(items: Sequence[ItemInput]) -> None:
    if len({item.position for item in items}) < len(items):
        raise ValueError("two items share a position")
    if len({item.key for item in items}) < len(items):
        raise ValueError("two items share a key")


def _refuse_lost_vetoes(items: Sequence[ItemInput]) -> None:
    for veto in items:
        if not isinstance(veto.rule, Veto) or not veto.rule.zeroes:
            continue
        zeroed = [item for item in items if item.is_zeroed_by(veto)]
        if not zeroed or zeroed[0].rule.is_weightless:
            raise ValueError(f"{veto.key} zeroes no item with points")
