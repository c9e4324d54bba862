"""What a scheme file says, once read: plain values, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """One indicator; `metric` is its code where the file names none."""

    code: str
    metric: str
    category: str
    names: Mapping[str, str]
    params: Mapping[str, str]
    target: Decimal | None
    description: str = ""


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One item as published; the fields are those of a scheme item."""

    indicator: str
    category: str
    weight: Decimal
    params: Mapping[str, str]
    rule: str
    rule_params: Mapping[str, Any]
    missing_policy: str
    min_sample: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class OptionalItem:
    """An item that the policy names but does not include; its weight is 0."""

    item: TemplateItem
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """A published policy, or a scheme that a company has written out.

    `weights_total` is what its weights add up to, 100 or not. `companion_of` is the policy
    beside which it is meant. `cycle` is "" where it is meant for any; `coverage` holds codes
    of departments and positions. `template` is the policy that a written-out scheme came from.
    """

    key: str
    names: Mapping[str, str]
    description: Mapping[str, str]
    items: tuple[TemplateItem, ...]
    bands: tuple[Mapping[str, Any], ...]
    coefficient_mode: str
    maximum: Decimal
    missing_limit: Decimal
    min_days: Mapping[str, int]
    optional: tuple[OptionalItem, ...] = ()
    subject: str = "agent"
    coefficient_table: tuple[Mapping[str, Any], ...] = ()
    rollup: str = "recompute"
    blend_share: Decimal = Decimal("50.00")
    parts: tuple[Mapping[str, Any], ...] = ()
    newcomer_months: int | None = None
    note: str = ""
    cycle: str = ""
    companion_of: str = ""
    template: str = ""
    coverage: tuple[tuple[str, str | None], ...] = ()
    indicators: tuple[IndicatorSpec, ...] = field(default=())

    @property
    def weights_total(self) -> Decimal:
        return sum((item.weight for item in self.items), Decimal("0.00"))
