"""What a line takes from colleagues: the rank of its value, and the mean of their points.

Source: 3-scoring.md, `rank` and "Missing data".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from appraisal.metrics import MetricRequest
from appraisal.models import Period, SchemeItem, SchemeVersion
from appraisal.periods.values import Owner, Values, request_of, when_of
from appraisal.scorecards.build import BuiltCard
from appraisal.scorecards.inputs import ZERO, Part
from appraisal.scoring import Direction, ranks
from kpi_portal.core.decimals import rounded

RANK = "rank"
Person = tuple[int, Sequence[Part]]
Place = tuple[int, int, int]
"""An employee's id, the number of a part, and the position of an item."""


Group = tuple[int, int | None, MetricRequest, Direction]
"""Those who are ranked together: department, position, what is measured, which is better."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Rank and number of colleagues by place; those without a value have none."""

    found: dict[Place, tuple[int, int]] = field(default_factory=dict)

    def of(self, employee_id: int, part: Part, item: SchemeItem) -> tuple[int | None, int | None]:
        return self.found.get((employee_id, part.number, item.position), (None, None))


def rank_everybody(period: Period, people: Iterable[Person], values: Values) -> Ranks:
    """The rank of each value of an item with rule `rank` among those of the same department and
    position that measure the same, from samples that are large enough."""
    groups: dict[Group, dict[Place, Decimal]] = {}
    for employee_id, parts in people:
        for part in parts:
            for item in ranked_items(part.version):
                owner = Owner(employee_id, part.department_id)
                found = values.measurement(item, owner, when_of(part, period))
                if found is None or found.value is None or found.sample < item.min_sample:
                    continue
                direction = Direction(item.rule_params["direction"])
                group = (part.department_id, part.position_id, request_of(item), direction)
                place = (employee_id, part.number, item.position)
                groups.setdefault(group, {})[place] = found.value
    result = Ranks()
    for group, members in groups.items():
        result.found.update(ranks(members, group[-1]))
    return result


def ranked_items(version: SchemeVersion) -> list[SchemeItem]:
    """The items of a loaded version whose rule is `rank`."""
    return [item for item in version.items.all() if item.rule == RANK]


def mean_items(version: SchemeVersion) -> list[SchemeItem]:
    """The items of a loaded version that take the department's mean where data are missing."""
    return [
        item
        for item in version.items.all()
        if item.missing_policy == SchemeItem.Missing.DEPARTMENT_MEAN
    ]


def needs_peers(version: SchemeVersion) -> bool:
    """Whether somebody's card cannot be computed without their colleagues' values."""
    return bool(ranked_items(version) or mean_items(version))


Key = tuple[int, int, int]
"""Department, version, position of the item."""


@dataclass(frozen=True, slots=True)
class Means:
    """Sum and number of the points of those with data, by department and item."""

    found: dict[Key, tuple[Decimal, int]] = field(default_factory=dict)

    def of(self, part: Part, item: SchemeItem) -> Decimal | None:
        """The mean of the points, 2 decimals; None where nobody of the department has any.

        Who asks has no data, so that the mean is that of the others.
        """
        key = (part.department_id, part.version.pk, item.position)
        total, count = self.found.get(key, (ZERO, 0))
        return rounded(total / count, 2) if count else None


NO_MEANS = Means()


def mean_points(
    people: Iterable[tuple[Sequence[Part], Callable[[], BuiltCard]]],
) -> Means:
    """The means of one run, from cards computed without them; a second pass uses them."""
    result = Means()
    for parts, build in people:
        wanted = {
            (part.number, item.position): (part.department_id, part.version.pk, item.position)
            for part in parts
            for item in mean_items(part.version)
        }
        if not wanted:
            continue
        for line in build().lines:
            key = wanted.get((line.segment, line.position))
            if key is None or line.is_missing or line.points is None:
                continue
            total, count = result.found.get(key, (ZERO, 0))
            result.found[key] = (total + line.points, count + 1)
    return result
