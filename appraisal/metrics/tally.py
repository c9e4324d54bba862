"""What requests count and add up over one set of rows, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import F, IntegerField, Q, Value

from appraisal.metrics import measuring
from appraisal.metrics.base import Anchor, MetricRequest, Shape
from appraisal.metrics.excluded import Exclusions
from appraisal.metrics.measuring import Columns, Measured
from appraisal.metrics.populations import (
    Key,
    group_of,
    metric_of,
    narrow_of,
    reading_of,
    rows_of,
)
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Branch, Row
from tickets.measures import customers, number, squares, total

SQUARED = (Shape.MEAN, Shape.MEDIAN, Shape.SCORE)


class Share(Protocol):
    """A part of a statement: one or more of its branches, and what their rows say."""

    def branches(self, window: Window, cutoff: datetime) -> list[Branch]: ...

    def measured(self, rows: Sequence[list[Row]]) -> dict[MetricRequest, Measured]: ...


@dataclass(slots=True)
class Tally:
    """The counts and sums wanted of one set of rows; equal ones are asked for once.

    `with_squares`: sums of squares, too.
    """

    key: Key
    exclusions: Exclusions = ()
    with_squares: bool = False
    columns: dict[Any, tuple[int, Any]] = field(default_factory=dict)
    requests: dict[MetricRequest, Columns] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[Any, ...]:
        """Answers also go by scale, so that their sums stay whole."""
        if self.key.anchor is Anchor.ANSWERED:
            return group_of(self.key), F("scale")
        if self.key.anchor is Anchor.INVITED:
            return group_of(self.key), Value(1, output_field=IntegerField())
        return (group_of(self.key),)

    def add(self, request: MetricRequest, cutoff: datetime) -> None:
        """A further request of the same key."""
        narrow, reading = narrow_of(request), reading_of(request, cutoff, self.exclusions)
        top = narrow & (reading.counted if reading.hit is None else reading.hit)
        counted = narrow & reading.counted
        is_of_customers = metric_of(request).shape is Shape.CUSTOMERS
        every = self._number(narrow)
        left_out = tuple(
            (str(reason), self._number(narrow & condition))
            for reason, condition in reading.left_out.items()
        )
        if is_of_customers:
            self.requests[request] = Columns(
                every, left_out, self._customers(top), sample=self._customers(counted)
            )
            return
        self.requests[request] = Columns(
            every,
            left_out,
            self._number(top) if reading.amount is None else self._total(reading.amount, top),
            squares=self._squares(request, reading.amount, counted),
        )

    def branches(self, window: Window, cutoff: datetime) -> list[Branch]:
        """One."""
        wanted = tuple(expression for _place, expression in self.columns.values())
        return [Branch(rows_of(self.key, window, cutoff), self.groups, wanted)]

    def measured(self, rows: Sequence[list[Row]]) -> dict[MetricRequest, Measured]:
        """The measurements of all requests."""
        [found] = rows
        of = measuring.of_answers if self.key.anchor is Anchor.ANSWERED else measuring.of_records
        return {
            request: of(metric_of(request).shape, found, columns)
            for request, columns in self.requests.items()
        }

    def _number(self, condition: Q) -> int:
        return self._column(("number", condition), lambda: number(condition))

    def _total(self, amount: Any, condition: Q) -> int:
        return self._column(("total", amount, condition), lambda: total(amount, condition))

    def _customers(self, condition: Q) -> int:
        return self._column(("customers", condition), lambda: customers(condition))

    def _squares(
        self, request: MetricRequest, amount: Any, condition: Q
    ) -> tuple[int, int] | None:
        if not self.with_squares or metric_of(request).shape not in SQUARED:
            return None
        high, low = squares(amount, condition)
        return (
            self._column(("high", amount, condition), lambda: high),
            self._column(("low", amount, condition), lambda: low),
        )

    def _column(self, what: Any, make: Any) -> int:
        """The place of a column in a row."""
        if what not in self.columns:
            self.columns[what] = len(self.groups) + len(self.columns), make()
        return self.columns[what][0]
