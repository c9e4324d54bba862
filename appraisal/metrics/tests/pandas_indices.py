"""The satisfaction index and records per order, reckoned by pandas."""

from fractions import Fraction

from appraisal.metrics.tests.pandas_rows import (
    Figure,
    View,
    answers,
    created,
    four,
)
from appraisal.metrics.tests.world import World


def index(argument: str, world: World, view: View, level: str) -> dict[int, Figure]:
    weights = {"attitude": 1, "efficiency": 1, "outcome": 1, "expertise": 1}
    if "attitude:50" in argument:
        weights = {"attitude": 50, "outcome": 30, "speed": 20}
    elif argument.endswith("=attitude"):
        weights = {"attitude": 1}
    rows = answers(world, view)
    group = "agent" if level == "agent" else "department"
    found = {}
    for who, each in rows[rows[group].notna()].groupby(group):
        means = {}
        for name in weights:
            points = [
                Fraction(row.spoken[name] * 100, row.scale)
                for row in each.itertuples()
                if name in row.spoken
            ]
            if points:
                means[name] = sum(points, Fraction(0)) / len(points)
        sample = sum(any(name in row.spoken for name in weights) for row in each.itertuples())
        reasons = {"missing": len(each) - sample} if len(each) > sample else {}
        value = None
        if means:
            top = sum((weights[name] * mean for name, mean in means.items()), Fraction(0))
            value = four(top / sum(weights[name] for name in means))
        found[int(who)] = Figure(value, sample, reasons)
    return found


def per_order(metric: str, world: World, view: View, level: str) -> dict[int, Figure]:
    """Of agents with orders of their own by these, of the others by their department's."""
    kind = {"complaint_rate": "complaint", "refund_dispute": "refund_dispute"}[metric]
    rows = created(world, view)
    rows = rows[rows.kind == kind]
    by_department = world.volumes.groupby("department").orders.sum()
    of_department = {
        int(d): Figure(four(int((rows.department == d).sum()) * 100, int(n)), int(n), {})
        for d, n in by_department.items()
    }
    if level != "agent":
        return of_department
    by_agent = world.volumes[world.volumes.agent.notna()].groupby("agent").orders.sum()
    return {
        int(a): Figure(four(int((rows.agent == a).sum()) * 100, int(n)), int(n), {})
        for a, n in by_agent.items()
    } | {-world.departments[1]: of_department[world.departments[1]]}
