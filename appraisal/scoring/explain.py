"""What is stored to explain a score: keys and numbers, never sentences.

A sentence for every key is in the message catalogue of the Django side, rendered in the
reader's language. Keys are for ever: a sentence is never changed, only superseded by a new
key. Params are strings: decimals in plain notation (`72.5`, points and weights with two
decimals), whole numbers, or keys of bands.
Source: 3-scoring.md, "Explanation".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PARAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # The target column of a line.
        "target.at_least": ("target",),
        "target.at_most": ("target",),
        "target.around": ("baseline", "tolerance"),
        "target.around_department_mean": ("tolerance",),
        "target.around_company_mean": ("tolerance",),
        "target.around_last_year_mean": ("tolerance",),
        "target.previous": (),
        "target.rise": ("percent",),
        "target.fall": ("percent",),
        "target.rank": (),
        "target.above": ("target",),
        "target.below": ("target",),
        # The rule in words.
        "rule.linear.up": ("target", "cap"),
        "rule.linear.down": ("target", "cap"),
        "rule.linear.zero_at": ("target", "zero_at", "cap"),
        "rule.per_unit.up": ("reference", "unit", "cost", "start", "floor", "cap"),
        "rule.per_unit.down": ("reference", "unit", "cost", "start", "floor", "cap"),
        "rule.per_unit.up_previous": ("unit", "cost", "start", "floor", "cap"),
        "rule.per_unit.down_previous": ("unit", "cost", "start", "floor", "cap"),
        "rule.per_unit.earns": ("unit", "cost", "cap"),
        "rule.per_unit.of_weight": ("points", "nominal_weight", "cost"),
        "rule.per_unit.complete": (),
        "rule.per_unit.started": (),
        "rule.tiers.up": ("bound", "points"),
        "rule.tiers.down": ("bound", "points"),
        "rule.tiers.otherwise": ("points",),
        "rule.threshold.up": ("target", "otherwise"),
        "rule.threshold.down": ("target", "otherwise"),
        "rule.tolerance.up": ("tolerance", "inside", "better", "zero_at"),
        "rule.tolerance.down": ("tolerance", "inside", "better", "zero_at"),
        "rule.tolerance.number": ("baseline",),
        "rule.tolerance.department_mean": (),
        "rule.tolerance.company_mean": (),
        "rule.tolerance.last_year_mean": (),
        "rule.tolerance.baseline_is": ("baseline", "lower", "upper"),
        "rule.change.up": ("percent", "base"),
        "rule.change.down": ("percent", "base"),
        "rule.change.previous": (),
        "rule.change.last_year": (),
        "rule.change.good_enough_up": ("good_enough",),
        "rule.change.good_enough_down": ("good_enough",),
        "rule.rank": (),
        "rule.veto.below": ("limit",),
        "rule.veto.above": ("limit",),
        "rule.veto.at_most": ("limit",),
        "rule.veto.at_least": ("limit",),
        "rule.veto.zero_item": ("item",),
        "rule.veto.cap_total": ("cap",),
        "rule.veto.cap_band": ("band",),
        "rule.extra.up": ("unit", "reference", "points", "cap"),
        "rule.extra.down": ("unit", "reference", "points", "cap"),
        "rule.deduction.up": ("unit", "reference", "points", "cap"),
        "rule.deduction.down": ("unit", "reference", "points", "cap"),
        # How the value became points.
        "result.linear.up": ("value", "target", "points"),
        "result.linear.down": ("value", "target", "points"),
        "result.linear.zero_at": ("value", "target", "zero_at", "points"),
        "result.linear.nothing": ("value", "points"),
        "result.per_unit.worse": ("value", "reference", "units", "cost", "start", "points"),
        "result.per_unit.better": ("value", "reference", "units", "cost", "start", "points"),
        "result.per_unit.start": ("value", "reference", "points"),
        "result.per_unit.no_weight": ("value", "reference", "points"),
        "result.tiers.up": ("value", "bound", "points"),
        "result.tiers.down": ("value", "bound", "points"),
        "result.tiers.otherwise": ("value", "points"),
        "result.threshold.met": ("value", "target", "points"),
        "result.threshold.missed": ("value", "target", "points"),
        "result.tolerance.inside": ("value", "lower", "upper", "points"),
        "result.tolerance.better": ("value", "edge", "points"),
        "result.tolerance.worse": ("value", "edge", "zero_at", "inside", "points"),
        "result.tolerance.zero": ("value", "zero_at", "points"),
        "result.change.better": ("value", "previous", "percent", "points"),
        "result.change.worse": ("value", "previous", "percent", "points"),
        "result.change.same": ("value", "previous", "points"),
        "result.change.good_enough": ("value", "good_enough", "points"),
        "result.change.from_zero": ("value", "points"),
        "result.rank": ("quartile", "points"),
        "result.veto.holds": ("value",),
        "result.veto.not": ("value",),
        "result.extra": ("value", "reference", "units", "per", "points"),
        "result.extra.nothing": ("value", "reference"),
        "result.extra.at_cap": ("cap",),
        "result.deduction": ("value", "reference", "units", "per", "points"),
        "result.deduction.nothing": ("value", "reference"),
        "result.deduction.at_cap": ("cap",),
        "result.at_cap": ("cap",),
        "result.at_floor": ("floor",),
        # Why there is no value to score, and what happens then.
        "missing.no_value": (),
        "missing.small_sample": ("sample", "min_sample"),
        "missing.no_previous": (),
        "missing.no_baseline": (),
        "missing.negative_previous": ("previous",),
        "missing.negative_baseline": ("baseline",),
        "missing.no_rank": (),
        "missing.small_group": ("least",),
        "policy.redistribute": ("nominal_weight",),
        "policy.full": ("points",),
        "policy.zero": (),
        "policy.department_mean": ("points",),
        "policy.department_mean_unknown": ("nominal_weight",),
        "policy.not_scored": (),
        "policy.no_effect": (),
        # What happens to the points of a line afterwards.
        "line.adjusted": ("before", "amount", "points"),
        "line.adjusted_to": ("before", "points"),
        "line.adjusted_to_without_data": ("points",),
        "line.adjustment_without_points": ("amount",),
        "line.zeroed": (),
        "line.weight_kept": ("weight",),
        "line.weight_changed": ("nominal_weight", "weight"),
        "line.contribution": ("points", "weight", "contribution"),
        "line.interval": ("low", "high"),
        "line.borderline": (),
        # The card.
        "card.subtotal": ("subtotal",),
        "card.coefficient": ("subtotal", "coefficient", "product"),
        "card.extra": ("points",),
        "card.deduction": ("points",),
        "card.adjusted": ("amount",),
        "card.at_maximum": ("maximum",),
        "card.at_zero": (),
        "card.total_capped": ("cap_total",),
        "card.final": ("final",),
        "card.band": ("band",),
        "card.band_capped": ("band",),
        "card.next_band": ("band", "distance"),
        "card.borderline": (),
        "card.insufficient": ("missing_weight", "insufficient_above"),
        "card.not_scored": (),
        "card.not_assessed": ("worked_days", "min_days"),
    }
)
"""Every key there is, with the names of its params. The only place that lists them."""

KEYS: tuple[str, ...] = tuple(PARAMS)
"""All keys; the Django side proves that each has a sentence in each language."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence of an explanation: a key of KEYS and exactly the params of that key.

    Raises ValueError if key and params do not fit together (a programmer's error).
    """

    key: str
    params: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.key not in PARAMS:
            raise ValueError(f"unknown explanation key {self.key}")
        if set(self.params) != set(PARAMS[self.key]):
            raise ValueError(f"{self.key} needs {PARAMS[self.key]}, not {tuple(self.params)}")

    def as_json(self) -> dict[str, object]:
        """`{"key": …, "params": {…}}`, as it is stored with a score."""
        return {"key": self.key, "params": dict(self.params)}


def part(key: str, **params: str) -> Part:
    """`Part(key, params)` for callers that write the params out."""
    return Part(key, params)
