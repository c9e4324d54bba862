"""Which records a request is about. The aggregates and the lists of records both come here, so
that they cannot drift apart.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Value

from appraisal.metrics.base import (
    COMPANY,
    Anchor,
    Filters,
    Level,
    Metric,
    MetricRequest,
    Owner,
    Reading,
    Shape,
)
from appraisal.metrics.registry import METRICS
from kpi_portal.core.time import Window
from surveys import measures as answers
from tickets import measures as tickets

OWNER_FIELD = {Owner.AGENT: "agent", Owner.FIRST_AGENT: "first_owner"}
ANCHOR_FIELD = {
    Anchor.CREATED: "created_at",
    Anchor.RESOLVED: "resolved_at",
    Anchor.PROMISED: "promised_at",
    Anchor.ANSWERED: "answered_at",
    Anchor.WINDOW_END: "created_at",
}


@dataclass(frozen=True, slots=True)
class Key:
    """What requests must share to be read from the same rows, grouped in the same way."""

    anchor: Anchor
    owner: Owner
    level: Level
    days: int = 0
    is_whole: bool = False  # at department level: bots' records, too


def key_of(request: MetricRequest) -> Key:
    """The rows and groups that a request needs."""
    metric = METRICS[request.metric]
    days = int(request["window"]) if metric.anchor is Anchor.WINDOW_END else 0
    is_whole = metric.shape is Shape.PER_ORDER
    return Key(metric.anchor, metric.owner, request.level, days, is_whole)


def rows_of(key: Key, window: Window, cutoff: datetime) -> QuerySet[Any]:
    """The records of an anchor, those that count for nobody left out.

    At agent level that is every record without an owner; at no level does a bot's count, except
    where a department is measured as a whole.
    """
    if key.anchor is Anchor.ANSWERED:
        rows: QuerySet[Any] = answers.answered(window, cutoff)
    elif key.anchor is Anchor.WINDOW_END:
        rows = tickets.followed_complaints(window, cutoff, key.days)
    else:
        of_anchor = {
            Anchor.CREATED: tickets.created,
            Anchor.RESOLVED: tickets.resolved,
            Anchor.PROMISED: tickets.promised,
        }
        rows = of_anchor[key.anchor](window, cutoff)
    owner = OWNER_FIELD[key.owner]
    if key.level is Level.AGENT:
        return tickets.of_people(rows, owner)
    if key.is_whole:
        return rows
    return tickets.of_departments(rows, owner)


def group_of(key: Key) -> Any:
    """The id that a record counts for: of an employee, a department, or COMPANY."""
    owner = OWNER_FIELD[key.owner]
    if key.level is Level.AGENT:
        return F(f"{owner}_id")
    if key.level is Level.COMPANY:
        return Value(COMPANY, output_field=IntegerField())
    own = "ticket__department_id" if key.anchor is Anchor.ANSWERED else "department_id"
    return tickets.department_id(owner, ANCHOR_FIELD[key.anchor], own)


def narrow_of(request: MetricRequest) -> Q:
    """The condition of the metric's own filters and of the request's."""
    return _narrowed(request, (*METRICS[request.metric].always, *request.filters))


def own_of(request: MetricRequest) -> Q:
    """The condition of the metric's own filters."""
    return _narrowed(request, METRICS[request.metric].always)


def asked_of(request: MetricRequest) -> Q:
    """The condition of the request's filters alone."""
    return _narrowed(request, request.filters)


def _narrowed(request: MetricRequest, filters: Filters) -> Q:
    is_answer = METRICS[request.metric].anchor is Anchor.ANSWERED
    return answers.narrowed(filters) if is_answer else tickets.narrowed(filters)


def reading_of(request: MetricRequest, cutoff: datetime) -> Reading:
    """How the request reads one record."""
    read = metric_of(request).read
    assert read is not None, request.metric
    return read(request, cutoff)


def metric_of(request: MetricRequest) -> Metric:
    """The declaration behind a request."""
    return METRICS[request.metric]
