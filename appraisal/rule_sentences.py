"""The sentences behind explanation keys: every rule, result and step of a card in words.

A stored explanation is `{key, params}`; here stands what the reader sees. A key's sentence is
never changed, only superseded by a new key. Source: 3-scoring.md, "Explanation".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from appraisal.metric_text import step_text, value_text
from appraisal.scoring import Part, Problem

SENTENCES: Mapping[str, Any] = {
    # The target column of a line.
    "target.at_least": _("≥ %(target)s"),
    "target.at_most": _("≤ %(target)s"),
    "target.around": _("%(baseline)s ± %(tolerance)s %%"),
    "target.around_department_mean": _("department mean ± %(tolerance)s %%"),
    "target.around_company_mean": _("company mean ± %(tolerance)s %%"),
    "target.around_last_year_mean": _("mean of last year ± %(tolerance)s %%"),
    "target.previous": _("value of the previous period"),
    "target.rise": _("up by %(percent)s %%"),
    "target.fall": _("down by %(percent)s %%"),
    "target.rank": _("place among colleagues"),
    "target.above": _("> %(target)s"),
    "target.below": _("< %(target)s"),
    # The rule in words.
    "rule.linear.up": _("Points = actual value ÷ target %(target)s × 100, from 0 to %(cap)s."),
    "rule.linear.down": _("Points = target %(target)s ÷ actual value × 100, from 0 to %(cap)s."),
    "rule.linear.zero_at": _(
        "%(target)s is worth 100 points and %(zero_at)s is worth 0, in a straight line between "
        "them, at most %(cap)s."
    ),
    "rule.per_unit.up": _(
        "%(reference)s is worth %(start)s points; each %(unit)s lower costs %(cost)s points, "
        "from %(floor)s to %(cap)s."
    ),
    "rule.per_unit.down": _(
        "%(reference)s is worth %(start)s points; each %(unit)s higher costs %(cost)s points, "
        "from %(floor)s to %(cap)s."
    ),
    "rule.per_unit.up_previous": _(
        "Equal to the previous period is worth %(start)s points; each %(unit)s lower costs "
        "%(cost)s points, from %(floor)s to %(cap)s."
    ),
    "rule.per_unit.down_previous": _(
        "Equal to the previous period is worth %(start)s points; each %(unit)s higher costs "
        "%(cost)s points, from %(floor)s to %(cap)s."
    ),
    "rule.per_unit.earns": _("Each %(unit)s better earns %(cost)s points, up to %(cap)s."),
    "rule.per_unit.of_weight": _(
        "That is %(points)s of the %(nominal_weight)s points that this item is worth, or "
        "%(cost)s on the scale of 100."
    ),
    "rule.per_unit.complete": _("Only whole units count."),
    "rule.per_unit.started": _("A started unit counts as a whole one."),
    "rule.tiers.up": _("From %(bound)s: %(points)s points."),
    "rule.tiers.down": _("Up to and including %(bound)s: %(points)s points."),
    "rule.tiers.otherwise": _("Otherwise: %(points)s points."),
    "rule.threshold.up": _("At least %(target)s: 100 points. Otherwise: %(otherwise)s points."),
    "rule.threshold.down": _("At most %(target)s: 100 points. Otherwise: %(otherwise)s points."),
    "rule.tolerance.up": _(
        "Within ± %(tolerance)s %% of the baseline: %(inside)s points. Above: %(better)s points. "
        "Below, falling in a straight line to 0 points at %(zero_at)s times the baseline."
    ),
    "rule.tolerance.down": _(
        "Within ± %(tolerance)s %% of the baseline: %(inside)s points. Below: %(better)s points. "
        "Above, falling in a straight line to 0 points at %(zero_at)s times the baseline."
    ),
    "rule.tolerance.number": _("The baseline is fixed at %(baseline)s."),
    "rule.tolerance.department_mean": _("The baseline is the department's mean of the period."),
    "rule.tolerance.company_mean": _("The baseline is the company's mean of the period."),
    "rule.tolerance.last_year_mean": _(
        "The baseline is the department's mean of the same period last year."
    ),
    "rule.tolerance.baseline_is": _(
        "The baseline is %(baseline)s, so the range goes from %(lower)s to %(upper)s."
    ),
    "rule.change.up": _(
        "No change is worth %(base)s points, a rise by %(percent)s %% is worth 100, in a "
        "straight line, from 0 to 100."
    ),
    "rule.change.down": _(
        "No change is worth %(base)s points, a fall by %(percent)s %% is worth 100, in a "
        "straight line, from 0 to 100."
    ),
    "rule.change.previous": _("Compared with the person's own previous period."),
    "rule.change.last_year": _("Compared with the person's own same period last year."),
    "rule.change.good_enough_up": _(
        "%(good_enough)s or more is worth 100 points whatever the change."
    ),
    "rule.change.good_enough_down": _(
        "%(good_enough)s or less is worth 100 points whatever the change."
    ),
    "rule.rank": _(
        "Points by the place within department and position: 100 for the best, 0 for the last, in "
        "equal steps. Equal values share the better place."
    ),
    "rule.veto.below": _("The veto holds when the value is below %(limit)s."),
    "rule.veto.above": _("The veto holds when the value is above %(limit)s."),
    "rule.veto.at_most": _("The veto holds when the value is %(limit)s or less."),
    "rule.veto.at_least": _("The veto holds when the value is %(limit)s or more."),
    "rule.veto.zero_item": _("Item %(item)s then counts with 0 points."),
    "rule.veto.cap_total": _("The total is then at most %(cap)s."),
    "rule.veto.cap_band": _("The band is then at best %(band)s."),
    "rule.extra.up": _(
        "Each %(unit)s above %(reference)s adds %(points)s points to the total, at most %(cap)s."
    ),
    "rule.extra.down": _(
        "Each %(unit)s below %(reference)s adds %(points)s points to the total, at most %(cap)s."
    ),
    "rule.deduction.up": _(
        "Each %(unit)s below %(reference)s takes %(points)s points from the total, at most "
        "%(cap)s."
    ),
    "rule.deduction.down": _(
        "Each %(unit)s above %(reference)s takes %(points)s points from the total, at most "
        "%(cap)s."
    ),
    # How the value became points.
    "result.linear.up": _("%(value)s ÷ %(target)s × 100 = %(points)s points."),
    "result.linear.down": _("%(target)s ÷ %(value)s × 100 = %(points)s points."),
    "result.linear.zero_at": _(
        "%(value)s lies between %(zero_at)s (0 points) and %(target)s (100 points): "
        "%(points)s points."
    ),
    "result.linear.nothing": _("%(value)s cannot be better: %(points)s points."),
    "result.per_unit.worse": _(
        "%(value)s is %(units)s units worse than %(reference)s: %(start)s − %(units)s × %(cost)s "
        "= %(points)s points."
    ),
    "result.per_unit.better": _(
        "%(value)s is %(units)s units better than %(reference)s: %(start)s + %(units)s × "
        "%(cost)s = %(points)s points."
    ),
    "result.per_unit.start": _(
        "%(value)s against %(reference)s costs and earns nothing: %(points)s points."
    ),
    "result.per_unit.no_weight": _(
        "%(value)s against %(reference)s; an item without a weight goes straight to %(points)s "
        "points."
    ),
    "result.tiers.up": _("%(value)s reaches %(bound)s: %(points)s points."),
    "result.tiers.down": _("%(value)s stays within %(bound)s: %(points)s points."),
    "result.tiers.otherwise": _("%(value)s reaches none of the tiers: %(points)s points."),
    "result.threshold.met": _("%(value)s meets the target of %(target)s: %(points)s points."),
    "result.threshold.missed": _(
        "%(value)s does not meet the target of %(target)s: %(points)s points."
    ),
    "result.tolerance.inside": _(
        "%(value)s lies between %(lower)s and %(upper)s: %(points)s points."
    ),
    "result.tolerance.better": _("%(value)s is better than %(edge)s: %(points)s points."),
    "result.tolerance.worse": _(
        "%(value)s lies between %(edge)s (%(inside)s points) and %(zero_at)s (0 points): "
        "%(points)s points."
    ),
    "result.tolerance.zero": _("%(value)s has reached %(zero_at)s: %(points)s points."),
    "result.change.better": _(
        "%(value)s is %(percent)s %% better than %(previous)s: %(points)s points."
    ),
    "result.change.worse": _(
        "%(value)s is %(percent)s %% worse than %(previous)s: %(points)s points."
    ),
    "result.change.same": _("%(value)s equals %(previous)s: %(points)s points."),
    "result.change.good_enough": _("%(value)s reaches %(good_enough)s: %(points)s points."),
    "result.change.from_zero": _(
        "The earlier value was 0 and it is now %(value)s: %(points)s points."
    ),
    "result.rank": _("In quarter %(quartile)s of 4, the first being the best: %(points)s points."),
    "result.veto.holds": _("The value is %(value)s: the veto holds."),
    "result.veto.not": _("The value is %(value)s: the veto does not hold."),
    "result.extra": _(
        "%(value)s is %(units)s units better than %(reference)s: %(units)s × %(per)s, so the "
        "total gains %(points)s points."
    ),
    "result.extra.nothing": _("%(value)s against %(reference)s adds nothing to the total."),
    "result.extra.at_cap": _("More than %(cap)s points are not added."),
    "result.deduction": _(
        "%(value)s is %(units)s units worse than %(reference)s: %(units)s × %(per)s, so the "
        "total loses %(points)s points."
    ),
    "result.deduction.nothing": _("%(value)s against %(reference)s takes nothing from the total."),
    "result.deduction.at_cap": _("More than %(cap)s points are not taken."),
    "result.at_cap": _("More than %(cap)s points are not given."),
    "result.at_floor": _("Fewer than %(floor)s points are not given."),
    # Why there is no value to score, and what happens then.
    "missing.no_value": _("There is nothing to measure in this period."),
    "missing.small_sample": _(
        "The sample is %(sample)s; at least %(min_sample)s are needed for a score."
    ),
    "missing.no_previous": _("There is no earlier value to compare with."),
    "missing.no_baseline": _("There is no baseline to compare with."),
    "missing.negative_previous": _(
        "The earlier value %(previous)s is below 0 and cannot be compared with."
    ),
    "missing.negative_baseline": _(
        "The baseline %(baseline)s is below 0 and cannot be compared with."
    ),
    "missing.no_rank": _("There is no place among colleagues for this value."),
    "missing.small_group": _(
        "Fewer than %(least)s colleagues in department and position have a value; among so few "
        "no place is given."
    ),
    "policy.redistribute": _(
        "Its weight of %(nominal_weight)s %% goes to the other items in proportion."
    ),
    "policy.full": _("Without data this item counts with %(points)s points."),
    "policy.zero": _("Without data this item counts with 0 points."),
    "policy.department_mean": _(
        "Without data this item counts with the department's mean of %(points)s points."
    ),
    "policy.department_mean_unknown": _(
        "The department has no mean either; the weight of %(nominal_weight)s %% goes to the "
        "other items in proportion."
    ),
    "policy.not_scored": _("Without data for this item the card has no score."),
    "policy.no_effect": _("Without data this item has no effect on the total."),
    # What happens to the points of a line afterwards.
    "line.adjusted": _("Adjusted by %(amount)s: from %(before)s to %(points)s points."),
    "line.adjusted_to": _("Corrected from %(before)s to %(points)s points."),
    "line.adjusted_to_without_data": _("Set to %(points)s points although there is no data."),
    "line.adjustment_without_points": _(
        "The adjustment of %(amount)s has no effect, as the item has no points."
    ),
    "line.zeroed": _("A veto sets this item to 0 points."),
    "line.weight_kept": _("The weight is %(weight)s %%."),
    "line.weight_changed": _(
        "The weight is %(weight)s %% instead of %(nominal_weight)s %%, as items without data "
        "have given theirs away."
    ),
    "line.contribution": _("%(points)s × %(weight)s %% = %(contribution)s."),
    "line.interval": _(
        "With a sample of this size the true value lies between %(low)s and %(high)s with 95 %% "
        "confidence."
    ),
    "line.borderline": _("At one end of this range the card would be in another band."),
    # The card.
    "card.subtotal": _("The lines add up to %(subtotal)s."),
    "card.coefficient": _("%(subtotal)s × department coefficient %(coefficient)s = %(product)s."),
    "card.extra": _("Extra points: + %(points)s."),
    "card.deduction": _("Deduction: − %(points)s."),
    "card.adjusted": _("Adjustment of the total: %(amount)s."),
    "card.at_maximum": _("More than %(maximum)s is not given."),
    "card.at_zero": _("Less than 0 is not given."),
    "card.total_capped": _("A veto limits the total to %(cap_total)s."),
    "card.final": _("The final is %(final)s."),
    "card.band": _("The band is %(band)s."),
    "card.band_capped": _("A veto limits the band to %(band)s."),
    "card.next_band": _("%(distance)s points are missing to the band %(band)s."),
    "card.borderline": _(
        "The result is borderline: within the range of chance of a single line the band would be "
        "another."
    ),
    "card.insufficient": _(
        "Items with %(missing_weight)s %% of the weight have no data, more than the "
        "%(insufficient_above)s %% allowed: the card has no band."
    ),
    "card.not_scored": _("The card has no score."),
    "card.not_assessed": _(
        "%(worked_days)s working days are fewer than the %(min_days)s needed: not assessed."
    ),
}

PROBLEMS: Mapping[str, Any] = {
    "unknown_rule": _("There is no scoring rule “%(rule)s”. Choose one from the list."),
    "not_an_object": _("The parameters cannot be read. Fill the fields in again."),
    "not_a_list": _("The rows cannot be read. Fill them in again."),
    "unknown_field": _("This rule has no such field. Leave it out."),
    "blank": _("Still blank. Fill it in before submitting."),
    "bad_number": _("“%(value)s” is not a number. Write digits such as 72.5."),
    "bad_choice": _("“%(value)s” is none of the choices: %(choices)s."),
    "not_a_flag": _("“%(value)s” is neither yes nor no."),
    "too_precise": _("%(value)s has more than %(places)s decimals."),
    "too_small": _("%(value)s is too small. The least is %(low)s."),
    "too_small_or_equal": _("%(value)s is too small. It has to be more than %(low)s."),
    "too_large": _("%(value)s is too large. The most is %(high)s."),
    "too_large_or_equal": _("%(value)s is too large. It has to be less than %(high)s."),
    "zero_at_required": _(
        "With a target of %(target)s the value worth 0 points has to be given, too."
    ),
    "zero_at_not_below": _("The value worth 0 points (%(zero_at)s) has to lie below %(bound)s."),
    "zero_at_not_above": _("The value worth 0 points (%(zero_at)s) has to lie above %(bound)s."),
    "start_outside": _(
        "The points to start with (%(start)s) have to lie between %(floor)s and %(cap)s."
    ),
    "tiers_empty": _("At least one tier is needed."),
    "tiers_not_falling": _("%(value)s has to be less than the %(previous)s of the row above."),
    "tiers_not_rising": _("%(value)s has to be more than the %(previous)s of the row above."),
    "bands_empty": _("At least one band is needed."),
    "band_doubled": _("Two bands are called “%(band)s”. Each needs a key of its own."),
    "band_empty": _("No total can fall into the band “%(band)s”. Check its lower bound."),
    "band_open_above": _("The best band, “%(band)s”, must have no upper bound."),
    "band_open_below": _(
        "The lowest band, “%(band)s”, must have no lower bound. Leave its bound empty."
    ),
    "band_gap": _("Between the bands “%(better)s” and “%(worse)s” there is a gap."),
    "band_overlap": _("The bands “%(better)s” and “%(worse)s” overlap."),
    "coefficients_empty": _("At least one row is needed."),
    "coefficients_open_below": _(
        "The lowest row must have no lower bound, so that every total has a coefficient. Leave "
        "its bound empty."
    ),
}

IN_UNIT = frozenset(
    [
        "target",
        "value",
        "zero_at",
        "reference",
        "bound",
        "baseline",
        "lower",
        "upper",
        "edge",
        "previous",
        "good_enough",
        "limit",
        "low",
        "high",
    ]
)
MULTIPLES = frozenset({("rule.tolerance.up", "zero_at"), ("rule.tolerance.down", "zero_at")})
"""Params of those names that are not in the metric's unit after all."""


def sentence(
    part: Part | Mapping[str, Any],
    unit: str = "",
    band_name: Callable[[str], str] = str,
) -> str:
    """The sentence of one explanation part, in the reader's language.

    `part` may be the stored `{"key", "params"}`. `unit` is the metric's (see metric_text);
    `band_name` turns a band's key into its name. Raises KeyError for an unknown key.
    """
    key, params = _read(part)
    words = {name: _shown(key, name, text, unit, band_name) for name, text in params.items()}
    return str(SENTENCES[key]) % words


def sentences(
    parts: Iterable[Part | Mapping[str, Any]],
    unit: str = "",
    band_name: Callable[[str], str] = str,
) -> list[str]:
    """`sentence` of each part, in order."""
    return [sentence(part, unit, band_name) for part in parts]


def problem_sentence(problem: Problem) -> str:
    """What is wrong with a field of a rule or a band table, and how to mend it."""
    return str(PROBLEMS[problem.code]) % problem.params


def _read(part: Part | Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
    if isinstance(part, Part):
        return part.key, part.params
    return part["key"], part["params"]


def _shown(key: str, name: str, text: str, unit: str, band_name: Callable[[str], str]) -> str:
    if name == "band":
        return band_name(text)
    if name == "unit":
        return step_text(text, unit)
    if name in IN_UNIT and (key, name) not in MULTIPLES:
        return value_text(text, unit)
    return text
