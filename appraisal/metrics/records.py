"""The records behind one measurement: which counted, which did not and why.

The conditions are those of the aggregate, from the same place.
"""

from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    F,
    IntegerField,
    Max,
    QuerySet,
    Value,
    When,
)
from django.db.models import Window as Over
from django.db.models.functions import RowNumber
from django.db.models.lookups import Exact

from appraisal.metrics import excluded
from appraisal.metrics.base import Level, MetricRequest, Reading, Shape
from appraisal.metrics.populations import (
    OF_SURVEYS,
    OWNER_FIELD,
    Key,
    group_of,
    key_of,
    metric_of,
    narrow_of,
    reading_of,
    rows_of,
)
from appraisal.metrics.record_lists import RecordList
from kpi_portal.core.time import Window
from tickets import hours, measures
from tickets.models import OrderVolume, Ticket


def records(
    request: MetricRequest,
    owner_id: int,
    window: Window,
    cutoff: datetime,
    *,
    decided_by: datetime | None = None,
) -> RecordList:
    """What is behind the measurement that `collect` gives for the request under `owner_id`: an
    employee's id, or at department level a department's. A metric that lists nothing gives
    empty lists.
    """
    metric = metric_of(request)
    if metric.behind is not None:
        found: RecordList = metric.behind(request, owner_id, window, cutoff)
        return found
    if metric.read is None:
        return RecordList(Ticket.objects.none(), Ticket.objects.none())
    exclusions = excluded.approved(window, decided_by)
    is_working = ("clock", "working") in request.params
    table = hours.table(window.end, cutoff) if is_working else None
    with hours.served(table.places if table else (), table):
        return _listed(request, owner_id, window, cutoff, exclusions)


def _listed(
    request: MetricRequest,
    owner_id: int,
    window: Window,
    cutoff: datetime,
    exclusions: excluded.Exclusions,
) -> RecordList:
    key = key_of(request, cutoff, exclusions)
    reading = reading_of(request, cutoff, exclusions)
    owned = rows_of(key, window, cutoff).alias(counts_for=group_of(key))
    rows = owned.filter(narrow_of(request), counts_for=owner_id)
    rows = rows.order_by(f"-{key.instant}", "-id")
    counted = rows.filter(reading.counted).annotate(
        is_hit=_when(reading.hit), amount=_or_none(reading.amount)
    )
    if metric_of(request).shape is Shape.CUSTOMERS:
        counted = _once_per_customer(counted, reading, key)
    conditions = [
        When(condition, then=Value(str(reason))) for reason, condition in reading.left_out.items()
    ]
    if not conditions:
        left_out = rows.none().annotate(reason=Value("", output_field=CharField()))
    else:
        reason = Case(*conditions, output_field=CharField())
        left_out = rows.annotate(reason=reason).filter(reason__isnull=False)
    return RecordList(
        _with_names(counted, request),
        _with_names(left_out, request),
        _orders(request, owner_id, window, cutoff),
    )


def _once_per_customer(rows: QuerySet[Any], reading: Reading, key: Key) -> QuerySet[Any]:
    """The latest record of each customer, a hit where any of the customer's is."""
    customer = F("customer_hash")
    hit = Case(When(reading.hit, then=1), default=0, output_field=IntegerField())
    once: QuerySet[Any] = rows.annotate(
        is_hit=Case(
            When(Exact(Over(Max(hit), partition_by=customer), 1), then=Value(True)),
            default=Value(False),
        ),
        nth=Over(RowNumber(), partition_by=customer, order_by=[f"-{key.instant}", "-id"]),
    )
    return once.filter(nth=1)


def _when(condition: Any) -> Any:
    if condition is None:
        return Value(None, output_field=BooleanField(null=True))
    if not condition:
        return Value(True)
    return Case(When(condition, then=Value(True)), default=Value(False))


def _or_none(amount: Any) -> Any:
    return Value(None, output_field=BooleanField(null=True)) if amount is None else amount


def _with_names(rows: QuerySet[Any], request: MetricRequest) -> QuerySet[Any]:
    if metric_of(request).anchor in OF_SURVEYS:
        return rows.select_related("agent", "ticket")
    return rows.select_related("agent", "first_agent")


def _orders(
    request: MetricRequest, owner_id: int, window: Window, cutoff: datetime
) -> QuerySet[OrderVolume] | None:
    if metric_of(request).shape is not Shape.PER_ORDER:
        return None
    volumes = measures.orders(window, cutoff).select_related("department", "agent")
    if request.level is Level.DEPARTMENT:
        return volumes.filter(department_id=owner_id)
    return volumes.filter(**{f"{OWNER_FIELD[metric_of(request).owner]}_id": owner_id})
