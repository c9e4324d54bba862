"""Counts and sums over several sets of rows in one statement: a union of grouped selects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, QuerySet, Value

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows, what to group them by, and what to count or add up. All of it whole numbers.

    A group column that is NULL comes back as None. Sums over nothing are None.
    """

    rows: QuerySet[Any]
    groups: tuple[Any, ...]
    totals: tuple[Any, ...]


def totals(branches: Sequence[Branch]) -> list[list[Row]]:
    """For each branch its rows `(*groups, *totals)`, in no order. One statement at most.

    All branches have the same number of groups.
    """
    results: list[list[Row]] = [[] for _branch in branches]
    if len(branches) == 1:
        results[0] = list(_select(branches[0], len(branches[0].totals)))
    elif branches:
        width = max(len(branch.totals) for branch in branches)
        for part, *row in _union(branches, width):
            results[part].append(tuple(row))
    return results


def _union(branches: Sequence[Branch], width: int) -> Iterable[Any]:
    first, *others = (_select(branch, width, part) for part, branch in enumerate(branches))
    return first.union(*others, all=True)


def _select(branch: Branch, width: int, part: int | None = None) -> QuerySet[Any, Any]:
    """The grouped select, padded with zeros to `width` totals."""
    groups = {f"group_{n}": group for n, group in enumerate(branch.groups)}
    if part is not None:
        groups = {"part": _number(part)} | groups
    columns = {f"total_{n}": total for n, total in enumerate(branch.totals)}
    rows = branch.rows.order_by().values(**groups).annotate(**columns)
    padding = {f"total_{n}": _number(0) for n in range(len(columns), width)}
    return rows.annotate(**padding).values_list(*groups, *columns, *padding)


def _number(value: int) -> Value:
    return Value(value, output_field=BigIntegerField())
