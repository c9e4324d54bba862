"""What can be wrong with a rule or a band table. Codes and numbers; sentences are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

PROBLEMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Any field.
        "unknown_rule": ("rule",),
        "not_an_object": (),
        "not_a_list": (),
        "unknown_field": (),
        "blank": (),
        "bad_number": ("value",),
        "bad_choice": ("value", "choices"),
        "not_a_flag": ("value",),
        "too_precise": ("value", "places"),
        "too_small": ("value", "low"),
        "too_small_or_equal": ("value", "low"),
        "too_large": ("value", "high"),
        "too_large_or_equal": ("value", "high"),
        # One rule.
        "zero_at_required": ("target",),
        "zero_at_not_below": ("zero_at", "bound"),
        "zero_at_not_above": ("zero_at", "bound"),
        "start_outside": ("start", "floor", "cap"),
        "tiers_empty": (),
        "tiers_not_falling": ("previous", "value"),
        "tiers_not_rising": ("previous", "value"),
        # Bands.
        "bands_empty": (),
        "band_doubled": ("band",),
        "band_empty": ("band",),
        "band_open_above": ("band",),
        "band_open_below": ("band",),
        "band_gap": ("better", "worse"),
        "band_overlap": ("better", "worse"),
        # The table of department coefficients.
        "coefficients_empty": (),
        "coefficients_open_below": (),
    }
)
"""Every problem code, with the names of its params."""

PROBLEM_CODES: tuple[str, ...] = tuple(PROBLEMS)
"""All codes; the Django side proves that each has a sentence in each language."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code of PROBLEMS, its params, and the field it is about.

    `field` is a name from the params of the rule, with rows counted from 0:
    `zero_at`, `tiers.2.bound`, `bands.0.upper`.
    """

    code: str
    params: Mapping[str, str]
    field: str

    def __post_init__(self) -> None:
        if set(self.params) != set(PROBLEMS[self.code]):
            raise ValueError(f"{self.code} needs {PROBLEMS[self.code]}, not {self.params}")


class ConfigurationError(ValueError):
    """Params that a person entered do not make a rule or a table.

    `problems` lists all that was found; `code`, `params` and `field` are the first one's.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        self.code, self.params, self.field = first.code, first.params, first.field
        super().__init__(f"{self.field}: {self.code} {dict(self.params)}")


class RuleError(ConfigurationError):
    """The params of a scoring rule are refused."""


class BandError(ConfigurationError):
    """The bands do not hold every final exactly once."""
