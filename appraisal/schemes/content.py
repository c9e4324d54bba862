"""What a scheme version says, as one plain value: in templates, forms, files and comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from appraisal.models import Coverage, SchemeItem, SchemeVersion
from appraisal.scoring import DEFAULT_BANDS, DEFAULT_MIN_SAMPLE, scale_to_hundred

HUNDRED, ZERO = Decimal("100.00"), Decimal("0.00")

Whom = tuple[int, int | None]
"""A department's id and a position's; None is the whole department."""


@dataclass(frozen=True, slots=True)
class ItemContent:
    """One item. `indicator` is a code; `params` and `rule_params` as on SchemeItem.

    `weight` percent, two decimals. The place in the list is the position. `part` is the key of
    one of the version's parts, "" without.
    """

    indicator: str
    rule: str
    weight: Decimal
    category: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    rule_params: Mapping[str, Any] = field(default_factory=dict)
    missing_policy: str = SchemeItem.Missing.REDISTRIBUTE.value
    min_sample: int = DEFAULT_MIN_SAMPLE
    part: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Items in order, bands best first as stored, settings, and whom the version covers.

    The fields are those of SchemeVersion; `coefficient_table` and `parts` as stored there.
    """

    items: tuple[ItemContent, ...] = ()
    bands: tuple[Mapping[str, Any], ...] = tuple(DEFAULT_BANDS.to_json())
    maximum: Decimal = HUNDRED
    coefficient_mode: str = SchemeVersion.CoefficientMode.NONE.value
    coefficient_table: tuple[Mapping[str, Any], ...] = ()
    rollup: str = SchemeVersion.Rollup.RECOMPUTE.value
    blend_share: Decimal = Decimal("50.00")
    parts: tuple[Mapping[str, Any], ...] = ()
    newcomer_months: int | None = None
    missing_limit: Decimal = Decimal("50.00")
    min_days: int = 10
    note: str = ""
    coverage: tuple[Whom, ...] = ()

    @property
    def total(self) -> Decimal:
        """The weights together, in percent."""
        return sum((item.weight for item in self.items), Decimal("0.00"))


def scaled(content: Content) -> Content:
    """The same with weights in proportion that total exactly 100.00.

    Where all parts have a share, the weights of each part total its share. Raises ValueError
    if there is no weight to scale. Source: 3-scoring.md, "Arithmetic".
    """
    weights = [item.weight for item in content.items]
    shares = {str(part["key"]): share_of(part) or ZERO for part in content.parts}
    if shares and all(share > 0 for share in shares.values()):
        weights = _within_parts(content, shares)
    items = (
        replace(item, weight=weight)
        for item, weight in zip(content.items, scale_to_hundred(weights), strict=True)
    )
    return replace(content, items=tuple(items))


def _within_parts(content: Content, shares: Mapping[str, Decimal]) -> list[Decimal]:
    """The weights scaled to each part's share; a part without weights shares equally."""
    weights = [item.weight for item in content.items]
    for key, share in shares.items():
        places = [place for place, item in enumerate(content.items) if item.part == key]
        given = [weights[place] for place in places]
        if places:
            parts = shared_out(share, given if any(given) else [Decimal(1)] * len(given))
            for place, weight in zip(places, parts, strict=True):
                weights[place] = weight
    return weights


def shared_out(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`total` in proportion to `weights`, to the cent, by largest remainder, ties to the earlier.

    Some weight must be above 0. Source: 3-scoring.md, "Arithmetic".
    """
    whole = sum((Fraction(weight) for weight in weights), Fraction(0))
    exact = [Fraction(total) * 100 * Fraction(weight) / whole for weight in weights]
    cents = [int(each) for each in exact]
    order = sorted(range(len(exact)), key=lambda place: (cents[place] - exact[place], place))
    for place in order[: int(total * 100) - sum(cents)]:
        cents[place] += 1
    return [Decimal(each).scaleb(-2) for each in cents]


def part_total(content: Content, key: str) -> Decimal:
    """The weights of a part together, in percent."""
    return sum((item.weight for item in content.items if item.part == key), Decimal("0.00"))


def share_of(part: Mapping[str, Any]) -> Decimal | None:
    """The share of a part, two decimals; None while it is blank or no number."""
    try:
        share = Decimal(str(part.get("share") or ""))
    except InvalidOperation:
        return None
    if not share.is_finite() or abs(share) > 1000 or share != round(share, 2):
        return None
    return round(share, 2)


def content_of(version: SchemeVersion) -> Content:
    """What the version says, read from the database: at most two queries, none if prefetched."""
    return Content(
        items=tuple(item_content(item) for item in version.items.all()),
        bands=tuple(version.bands),
        maximum=version.maximum,
        coefficient_mode=version.coefficient_mode,
        coefficient_table=tuple(version.coefficient_table),
        rollup=version.rollup,
        blend_share=version.blend_share,
        parts=tuple(version.parts),
        newcomer_months=version.newcomer_months,
        missing_limit=version.missing_limit,
        min_days=version.min_days,
        note=version.note,
        coverage=tuple((each.department_id, each.position_id) for each in version.coverage.all()),
    )


def item_content(item: SchemeItem) -> ItemContent:
    """The plain value of a stored item; its indicator should be loaded."""
    return ItemContent(
        indicator=item.indicator.code,
        category=item.category,
        params=dict(item.params),
        rule=item.rule,
        rule_params=dict(item.rule_params),
        weight=item.weight,
        missing_policy=item.missing_policy,
        min_sample=item.min_sample,
        part=item.part,
    )


def without_doubles(coverage: Sequence[Whom]) -> tuple[Whom, ...]:
    """Each pair once, in order; a whole department swallows its single positions."""
    whole = {department for department, position in coverage if position is None}
    kept = dict.fromkeys(
        (department, position)
        for department, position in coverage
        if position is None or department not in whole
    )
    return tuple(kept)


def covers_same(one: Coverage | Whom, other: Coverage | Whom) -> bool:
    """Whether two entries share somebody: same department, and the same or any position."""
    (department, position), (department2, position2) = _whom(one), _whom(other)
    if department != department2:
        return False
    return position is None or position2 is None or position == position2


def _whom(entry: Coverage | Whom) -> Whom:
    if isinstance(entry, Coverage):
        return entry.department_id, entry.position_id
    return entry
