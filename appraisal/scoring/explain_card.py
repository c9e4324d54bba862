"""Puts the explanation of a computed card together, from its input and its result.

Separate from the engine because a what-if run over thousands of cards needs none.
Source: 3-scoring.md, "Explanation".
"""

from __future__ import annotations

from decimal import Decimal

from appraisal.scoring.arithmetic import ZERO, exact, plain, round2, two_places
from appraisal.scoring.card import (
    CardResult,
    CardSettings,
    ItemInput,
    LineResult,
    MissingPolicy,
    Status,
)
from appraisal.scoring.engine import why_missing
from appraisal.scoring.explain import Part, part
from appraisal.scoring.rules.base import Missing
from appraisal.scoring.rules.rank import FEWEST


def explain_line(item: ItemInput, line: LineResult) -> tuple[Part, ...]:
    """The rule in words, how it was applied, and how the points became a contribution.

    `line` is what `appraise` made of `item`. Definition, source, numerator, denominator and
    left-out records belong to the metric and are not in here.
    """
    return (
        *item.rule.describe(item.value, _given(item, line), item.context),
        *_interval(item, line),
        *_missing(item, line),
        *_changes(item, line),
        *_weight(line),
    )


def explain_card(card: CardResult, settings: CardSettings) -> tuple[Part, ...]:
    """From the subtotal to the band, one part per step that changed something."""
    reasons = _reasons(card, settings)
    if card.subtotal is None or card.final is None:
        return reasons
    words = [*reasons, part("card.subtotal", subtotal=two_places(card.subtotal))]
    with exact():
        product = card.subtotal * card.coefficient
        total = round2(product + card.extra - card.deduction + card.total_adjustment)
    if card.coefficient != 1:
        words.append(
            part(
                "card.coefficient",
                subtotal=two_places(card.subtotal),
                coefficient=plain(card.coefficient),
                product=plain(product),
            )
        )
    if card.extra:
        words.append(part("card.extra", points=two_places(card.extra)))
    if card.deduction:
        words.append(part("card.deduction", points=two_places(card.deduction)))
    if card.total_adjustment:
        words.append(part("card.adjusted", amount=two_places(card.total_adjustment)))
    if total > settings.maximum:
        words.append(part("card.at_maximum", maximum=plain(settings.maximum)))
    if total < ZERO:
        words.append(part("card.at_zero"))
    if card.cap_total is not None and min(total, settings.maximum) > card.cap_total:
        words.append(part("card.total_capped", cap_total=plain(card.cap_total)))
    words.append(part("card.final", final=two_places(card.final)))
    return (*words, *_band(card, settings))


def _given(item: ItemInput, line: LineResult) -> Decimal | None:
    """What the rule itself gave: points of its own, or of the total; None without data."""
    if not item.rule.is_weightless:
        return line.rule_points
    return ZERO if line.missing is None else None


def _interval(item: ItemInput, line: LineResult) -> list[Part]:
    """How far the value may be off by chance, and whether that matters for the band."""
    if item.value is None or item.low is None or item.high is None:
        return []
    words = [part("line.interval", low=plain(item.low), high=plain(item.high))]
    return [*words, part("line.borderline")] if line.is_borderline else words


def _missing(item: ItemInput, line: LineResult) -> list[Part]:
    """Why nothing was measured, and what the policy made of it unless a decision did."""
    missing = why_missing(item)
    if missing is None:
        return []
    reason = _reason(item, missing)
    if item.rule.is_weightless:
        return [reason, part("policy.no_effect")]
    if line.policy is None:
        return [reason]
    nominal = two_places(line.nominal_weight)
    if line.policy is not item.missing_policy:
        return [reason, part("policy.department_mean_unknown", nominal_weight=nominal)]
    if line.policy is MissingPolicy.REDISTRIBUTE:
        return [reason, part("policy.redistribute", nominal_weight=nominal)]
    if line.policy in (MissingPolicy.FULL, MissingPolicy.DEPARTMENT_MEAN):
        return [reason, part(f"policy.{line.policy}", points=two_places(_before(line)))]
    return [reason, part(f"policy.{line.policy}")]


def _reason(item: ItemInput, missing: Missing) -> Part:
    match missing:
        case Missing.SMALL_SAMPLE:
            sizes = {"sample": str(item.sample), "min_sample": str(item.min_sample)}
            return Part("missing.small_sample", sizes)
        case Missing.NEGATIVE_PREVIOUS:
            return part("missing.negative_previous", previous=plain(item.previous or ZERO))
        case Missing.NEGATIVE_BASELINE:
            return part("missing.negative_baseline", baseline=plain(item.baseline or ZERO))
        case Missing.SMALL_GROUP:
            return part("missing.small_group", least=str(FEWEST))
        case _:
            return part(f"missing.{missing}")


def _changes(item: ItemInput, line: LineResult) -> list[Part]:
    if line.is_zeroed:
        return [part("line.zeroed")]
    if item.adjusted_to is not None:
        points = two_places(line.points or ZERO)
        if why_missing(item) is not None:
            return [part("line.adjusted_to_without_data", points=points)]
        return [part("line.adjusted_to", before=two_places(_before(line)), points=points)]
    if not item.adjustment:
        return []
    amount = two_places(item.adjustment)
    if line.points is None:
        return [part("line.adjustment_without_points", amount=amount)]
    numbers = {"before": two_places(_before(line)), "points": two_places(line.points)}
    return [Part("line.adjusted", numbers | {"amount": amount})]


def _before(line: LineResult) -> Decimal:
    """The points before the adjustment."""
    with exact():
        return (line.points or ZERO) - line.adjustment


def _weight(line: LineResult) -> list[Part]:
    if line.points is None:
        return []
    nominal, weight = two_places(line.nominal_weight), two_places(line.weight)
    kept = line.nominal_weight == line.weight
    return [
        part("line.weight_kept", weight=weight)
        if kept
        else part("line.weight_changed", nominal_weight=nominal, weight=weight),
        part(
            "line.contribution",
            points=two_places(line.points),
            weight=weight,
            contribution=two_places(line.contribution),
        ),
    ]


def _reasons(card: CardResult, settings: CardSettings) -> tuple[Part, ...]:
    """Why the card has no score or no band; empty for a scored one."""
    match card.status:
        case Status.NOT_ASSESSED:
            days = {"worked_days": str(settings.worked_days), "min_days": str(settings.min_days)}
            return (Part("card.not_assessed", days),)
        case Status.NOT_SCORED:
            return (part("card.not_scored"),)
        case Status.INSUFFICIENT:
            shares = {
                "missing_weight": two_places(card.missing_weight),
                "insufficient_above": plain(settings.insufficient_above),
            }
            return (Part("card.insufficient", shares),)
        case _:
            return ()


def _band(card: CardResult, settings: CardSettings) -> list[Part]:
    if card.band is None or card.final is None:
        return []
    key = "card.band"
    if settings.bands.band_for(card.final) != card.band:
        key = "card.band_capped"
    words = [part(key, band=card.band.key)]
    if card.next_band is not None:
        words.append(
            part(
                "card.next_band",
                band=card.next_band.band.key,
                distance=two_places(card.next_band.distance),
            )
        )
    if card.is_borderline:
        words.append(part("card.borderline"))
    return words
