"""Scoring: from measured values to points, cards and bands. Pure arithmetic.

No Django, no clock, no database, no randomness: equal inputs give equal digits on every
machine and for ever (ENGINE_VERSION is stored with each score). `Decimal` throughout,
half rounds up; metric values have 4 decimals, points, contributions and finals 2.

    rule = parse("linear", {"direction": "down", "target": "60"})     # JSON params; RuleError
    item = ItemInput(key="frt", position=1, rule=rule, weight=Decimal("100.00"),
                     value=Decimal("72.5000"), sample=398)
    settings = CardSettings(coefficient=Decimal("1.05"))
    card = appraise([item], settings)                                 # a CardResult
    card.final, card.band.key, card.lines[0].points
    explain_line(item, card.lines[0]); explain_card(card, settings)   # Parts: key and params

* A rule: `parse(key, params)`, or its class from `RULES`. It answers `points(value, ctx)`,
  `missing(value, ctx)`, `needs`, `describe(value, points, ctx)`, `in_words(ctx)`,
  `target_line(ctx)`, `target_words(ctx)`, `direction`, `floor`, `cap`, `is_relative`. Its
  class lists its params in `FIELDS`; `required_fields` says which may not be blank.
* What it `needs` the caller looks up and puts into `ItemInput.previous` or `.baseline`.
* A dated override or a case-mix mean of a target is put into the params before `parse`.
* `rank` takes `ItemInput.rank` and `.size`, which `ranks(values, direction)` gives.
* Items of `veto`, `extra` and `deduction` weigh 0 and are passed like any other; their lines
  have `holds` or `effect`. `settings.extra` and `.deduction` come on top of theirs.
* Intervals: `wilson`, `t_interval` into `ItemInput.low` and `.high`; `card.borderline`.
* Several finals into one: `combine_segments`, `roll_up`. Department: `lookup_coefficient`.
* Weights: `scale_to_hundred` for a scheme; `appraise` redistributes on a card.
* Bands: `BandTable.from_json` (BandError), `band_for`, `next_band`, `to_json`.
* `KEYS` and `PROBLEM_CODES` list every explanation key and every error code, `PARAMS` and
  `PROBLEMS` with their params, so that the catalogue can be proved complete.

Source: 3-scoring.md.
"""

from appraisal.scoring.bands import DEFAULT_BANDS, Band, BandTable, NextBand
from appraisal.scoring.card import (
    DEFAULT_MIN_SAMPLE,
    CardResult,
    CardSettings,
    ItemInput,
    LineResult,
    MissingPolicy,
    Status,
)
from appraisal.scoring.coefficients import (
    DEFAULT_COEFFICIENTS,
    CoefficientError,
    lookup_coefficient,
    read_coefficients,
)
from appraisal.scoring.engine import ENGINE_VERSION, appraise, why_missing
from appraisal.scoring.errors import (
    PROBLEM_CODES,
    PROBLEMS,
    BandError,
    ConfigurationError,
    Problem,
    RuleError,
)
from appraisal.scoring.explain import KEYS, PARAMS, Part
from appraisal.scoring.explain_card import explain_card, explain_line
from appraisal.scoring.intervals import t_interval, wilson
from appraisal.scoring.rollup import Rollup, combine_segments, roll_up
from appraisal.scoring.rules import RULES, RuleType, parse, required_fields
from appraisal.scoring.rules.base import Context, Direction, Field, Kind, Missing, Need, Rule
from appraisal.scoring.rules.change import Against, Change
from appraisal.scoring.rules.linear import Linear
from appraisal.scoring.rules.per_unit import Basis, PerUnit, Reference, Steps
from appraisal.scoring.rules.rank import FEWEST, Rank, ranks
from appraisal.scoring.rules.tiers import Threshold, Tier, Tiers
from appraisal.scoring.rules.tolerance import Baseline, Tolerance
from appraisal.scoring.rules.weightless import Consequence, Deduction, Extra, Veto
from appraisal.scoring.weights import effective_weights, scale_to_hundred

__all__ = [
    "DEFAULT_BANDS",
    "DEFAULT_COEFFICIENTS",
    "DEFAULT_MIN_SAMPLE",
    "ENGINE_VERSION",
    "FEWEST",
    "KEYS",
    "PARAMS",
    "PROBLEMS",
    "PROBLEM_CODES",
    "RULES",
    "Against",
    "Band",
    "BandError",
    "BandTable",
    "Baseline",
    "Basis",
    "CardResult",
    "CardSettings",
    "Change",
    "CoefficientError",
    "ConfigurationError",
    "Consequence",
    "Context",
    "Deduction",
    "Direction",
    "Extra",
    "Field",
    "ItemInput",
    "Kind",
    "LineResult",
    "Linear",
    "Missing",
    "MissingPolicy",
    "Need",
    "NextBand",
    "Part",
    "PerUnit",
    "Problem",
    "Rank",
    "Reference",
    "Rollup",
    "Rule",
    "RuleError",
    "RuleType",
    "Status",
    "Steps",
    "Threshold",
    "Tier",
    "Tiers",
    "Tolerance",
    "Veto",
    "appraise",
    "combine_segments",
    "effective_weights",
    "explain_card",
    "explain_line",
    "lookup_coefficient",
    "parse",
    "ranks",
    "read_coefficients",
    "required_fields",
    "roll_up",
    "scale_to_hundred",
    "t_interval",
    "why_missing",
    "wilson",
]
