"""Rows of an anchor, reasons and service hours in pandas: what catalogue_pandas is built from."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from appraisal.metrics.tests.world import HOLIDAYS, HOURS, MAKEUPS, World

ZONE = "Asia/Shanghai"
Frame = Any


class View(NamedTuple):
    """The period `[start, end)` and how far the run looks."""

    start: pd.Timestamp
    end: pd.Timestamp
    cutoff: pd.Timestamp


class Figure(NamedTuple):
    value: Decimal | None
    sample: int
    reasons: dict[str, int]


def four(top: Fraction | int, bottom: int = 1) -> Decimal:
    exact = Fraction(top) / bottom
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    return shown.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def within(rows: Frame, anchor: Any, view: View, seen: bool = True) -> Frame:
    inside = (anchor >= view.start) & (anchor < view.end)
    return rows[inside & (anchor <= view.cutoff)] if seen else rows[inside]


def known(world: World, view: View) -> Frame:
    rows = world.tickets[world.tickets.created_at <= view.cutoff].copy()
    rows["first"] = rows.first_agent.where(rows.first_agent.notna(), rows.agent)
    return rows


def created(world: World, view: View) -> Frame:
    rows = known(world, view)
    return within(rows, rows.created_at, view).copy()


def resolved(world: World, view: View) -> Frame:
    rows = known(world, view)
    return within(rows, rows.resolved_at, view).copy()


def after(world: World, view: View, days: int) -> Frame:
    """Resolved tickets whose window ends in the period."""
    rows = known(world, view)
    rows = rows[rows.resolved_at <= view.cutoff]
    return within(rows, rows.resolved_at + pd.Timedelta(days=days), view, seen=False).copy()


def answers(world: World, view: View) -> Frame:
    return within(world.answers, world.answers.answered_at, view).copy()


def seconds(start: Any, end: Any) -> Any:
    return (end - start).dt.total_seconds()


def verdict(rows: Frame, amount: Any, *reasons: tuple[Any, str]) -> Frame:
    """The first reason that holds leaves a record out."""
    rows = rows.assign(amount=pd.Series(amount, index=rows.index).astype(float), reason="")
    for holds, reason in reversed(reasons):
        rows.loc[holds.reindex(rows.index), "reason"] = reason
    return rows


def flag(rows: Frame, name: str) -> Any:
    return rows[name].map(lambda value: float(bool(value)))


def told(rows: Frame, name: str, hit: Any = None) -> Frame:
    """A rate over a field; where it is NULL, missing."""
    missing = rows[name].isna()
    return verdict(rows, flag(rows, name) if hit is None else hit, (missing, "missing"))


# --- service hours, minute by minute of nothing but days


def served(rows: Frame, start: Any, end: Any, departments: list[int]) -> Any:
    days = pd.date_range("2026-05-01", "2026-12-31", tz=ZONE)
    spans: dict[tuple[int, str], list[tuple[float, float]]] = {}

    def hours(department: int, channel: str, kind: str) -> list[tuple[int, int]]:
        for place in ((department, channel), (department, ""), (None, channel), (None, "")):
            found = [
                (opens, closes)
                for number, of, days_, opens, closes in HOURS
                if days_ == kind and (None if number is None else departments[number], of) == place
            ]
            if found:
                return found
        return []

    def of_place(department: int, channel: str) -> list[tuple[float, float]]:
        if (department, channel) not in spans:
            made = []
            for day in days:
                kind = "weekend" if day.weekday() >= 5 else "workday"
                kind = "holiday" if day.date() in HOLIDAYS else kind
                kind = "workday" if day.date() in MAKEUPS else kind
                for opens, closes in hours(department, channel, kind):
                    midnight = day.timestamp()
                    made.append((midnight + opens * 60, midnight + closes * 60))
            spans[department, channel] = made
        return spans[department, channel]

    def one(row: Any) -> float | None:
        if pd.isna(row.start) or pd.isna(row.end):
            return None
        start, end = row.start.timestamp(), row.end.timestamp()
        total: float = sum(
            max(0.0, min(closes, end) - max(opens, start))
            for opens, closes in of_place(row.department, row.channel)
        )
        return total

    frame = rows.assign(start=start, end=end)
    return pd.Series([one(row) for row in frame.itertuples()], index=rows.index, dtype=float)
