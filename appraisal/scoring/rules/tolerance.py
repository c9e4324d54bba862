"""`tolerance`: points by how far the value is from a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from appraisal.scoring.arithmetic import HUNDRED, ZERO, exact, plain, two_places
from appraisal.scoring.errors import Problem
from appraisal.scoring.explain import Part, part
from appraisal.scoring.rules.base import (
    DIRECTION,
    NOTHING_ELSE,
    Context,
    Direction,
    Field,
    Kind,
    Missing,
    Need,
    Rule,
    points_field,
)


class Baseline(StrEnum):
    """A baseline that is looked up: a mean of the metric, see Need of the same name."""

    DEPARTMENT_MEAN = "department_mean"
    COMPANY_MEAN = "company_mean"
    LAST_YEAR_MEAN = "last_year_mean"


@dataclass(frozen=True, slots=True)
class _Edges:
    """The values at which the points change; `worse` is the edge on the worse side."""

    better: Decimal
    worse: Decimal
    zero_at: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance(Rule):
    """`inside` points within baseline * (1 +/- tolerance), edges included.

    On the better side `better`; on the worse side falling in a straight line from `inside`
    at the edge to 0 at `zero_at` * baseline. `tolerance` is in percent, below 100;
    `zero_at` a multiple, None for 2 (down) or 0 (up). A fixed baseline is above 0, in the
    metric's unit. A looked-up one of 0 leaves 0 itself inside; a negative one means
    nothing, so the line is missing.
    Source: 3-scoring.md, "Rules", `tolerance`; baselines of 0 or less: ours.
    """

    direction: Direction
    baseline: Decimal | Baseline
    tolerance: Decimal
    inside: Decimal = HUNDRED
    better: Decimal = HUNDRED
    zero_at: Decimal | None = None

    key = "tolerance"
    is_relative = True
    FIELDS = (
        DIRECTION,
        Field(
            name="baseline",
            kind=Kind.NUMBER_OR_CHOICE,
            choices=Baseline,
            low=Decimal(0),
            is_open=True,
        ),
        Field(name="tolerance", low=Decimal(0), high=Decimal("99.9999")),
        points_field("inside"),
        points_field("better"),
        Field(name="zero_at", low=Decimal(0)),
    )

    @property
    def needs(self) -> tuple[Need, ...]:
        return () if isinstance(self.baseline, Decimal) else (Need(self.baseline.value),)

    def contradictions(self) -> Sequence[Problem]:
        edge = 1 + self._share() if not self.is_up() else 1 - self._share()
        params = {"zero_at": plain(self._multiple()), "bound": plain(edge)}
        if self.is_up() and self._multiple() >= edge:
            return (Problem("zero_at_not_below", params, "zero_at"),)
        if not self.is_up() and self._multiple() <= edge:
            return (Problem("zero_at_not_above", params, "zero_at"),)
        return ()

    def missing(self, value: Decimal, ctx: Context = NOTHING_ELSE) -> Missing | None:
        baseline = self._baseline(ctx)
        if baseline is None:
            return Missing.NO_BASELINE
        return Missing.NEGATIVE_BASELINE if baseline < 0 else None

    def unlimited(self, value: Decimal, ctx: Context) -> Decimal:
        edges = self._edges(ctx)
        if self._is_worse(value, edges.worse):
            if value == edges.zero_at or self._is_worse(value, edges.zero_at):
                return ZERO
            return (edges.zero_at - value) * self.inside / (edges.zero_at - edges.worse)
        return self.better if self._is_worse(edges.better, value) else self.inside

    def target_line(self, ctx: Context = NOTHING_ELSE) -> Decimal | None:
        return self._baseline(ctx)

    def target_words(self, ctx: Context = NOTHING_ELSE) -> Part:
        baseline, tolerance = self._baseline(ctx), plain(self.tolerance)
        if baseline is None:
            return part(f"target.around_{self.baseline}", tolerance=tolerance)
        return part("target.around", baseline=plain(baseline), tolerance=tolerance)

    def in_words(self, ctx: Context = NOTHING_ELSE) -> tuple[Part, ...]:
        words = [
            part(
                f"rule.tolerance.{self.direction}",
                tolerance=plain(self.tolerance),
                inside=plain(self.inside),
                better=plain(self.better),
                zero_at=plain(self._multiple()),
            )
        ]
        if isinstance(self.baseline, Decimal):
            words.append(part("rule.tolerance.number", baseline=plain(self.baseline)))
        else:
            words.append(part(f"rule.tolerance.{self.baseline}"))
        baseline = self._baseline(ctx)
        if baseline is not None and baseline >= 0:
            lower, upper = sorted((self._edges(ctx).better, self._edges(ctx).worse))
            words.append(
                part(
                    "rule.tolerance.baseline_is",
                    baseline=plain(baseline),
                    lower=plain(lower),
                    upper=plain(upper),
                )
            )
        return tuple(words)

    def result_words(self, value: Decimal, ctx: Context) -> tuple[Part, ...]:
        edges = self._edges(ctx)
        shown = {"value": plain(value), "points": two_places(self.points(value, ctx))}
        if self._is_worse(edges.better, value):
            return (Part("result.tolerance.better", shown | {"edge": plain(edges.better)}),)
        if not self._is_worse(value, edges.worse):
            lower, upper = sorted((edges.better, edges.worse))
            bounds = {"lower": plain(lower), "upper": plain(upper)}
            return (Part("result.tolerance.inside", shown | bounds),)
        zero = {"zero_at": plain(edges.zero_at)}
        if value == edges.zero_at or self._is_worse(value, edges.zero_at):
            return (Part("result.tolerance.zero", shown | zero),)
        line = {"edge": plain(edges.worse), "inside": plain(self.inside)}
        return (Part("result.tolerance.worse", shown | zero | line),)

    def _baseline(self, ctx: Context) -> Decimal | None:
        return self.baseline if isinstance(self.baseline, Decimal) else ctx.baseline

    def _share(self) -> Decimal:
        with exact():
            return self.tolerance / HUNDRED

    def _multiple(self) -> Decimal:
        if self.zero_at is not None:
            return self.zero_at
        return Decimal(0) if self.is_up() else Decimal(2)

    def _edges(self, ctx: Context) -> _Edges:
        baseline = self._baseline(ctx)
        if baseline is None:
            raise ValueError("tolerance has no baseline")
        with exact():
            margin = self._share() if self.is_up() else -self._share()
            better, worse = baseline * (1 + margin), baseline * (1 - margin)
            return _Edges(better, worse, baseline * self._multiple())

    def _is_worse(self, value: Decimal, than: Decimal) -> bool:
        return value < than if self.is_up() else value > than
