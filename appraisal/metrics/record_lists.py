"""The shape in which the records behind a measurement are listed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Model, QuerySet, Value

from tickets.models import OrderVolume

# `is_hit` and `amount` of records that have none.
NONE = Value(None, output_field=BooleanField(null=True))


@dataclass(frozen=True, slots=True)
class RecordList:
    """The records of one line, as querysets for pages: count them, slice them.

    `counted`: those in the denominator, with `is_hit` (above the line too; None where nothing is
    hit or missed) and `amount` (whole seconds, or score × 10,000; None without one).
    `left_out`: the others of the anchor and filter, with `reason`, a key of REASON_LABELS.
    Both hold tickets or answers, by anchor, latest first; those of a metric with records of its
    own hold rows with `number` and `at` (the instant or day of the anchor), too. For records per
    order, `counted` are those above the line and `orders` the volumes below it.
    """

    counted: QuerySet[Any]
    left_out: QuerySet[Any]
    orders: QuerySet[OrderVolume] | None = None

    @property
    def model(self) -> type[Model]:
        """What the records are."""
        model: type[Model] = self.counted.model
        return model
