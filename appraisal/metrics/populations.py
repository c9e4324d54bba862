"""Which records a request is about. The aggregates and the lists of records both come here, so
that they cannot drift apart.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Value

from appraisal.metrics import covered, excluded
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
from tickets import sequels

OWNER_FIELD = {Owner.AGENT: "agent", Owner.FIRST_AGENT: "first_owner"}
ANCHOR_FIELD = {
    Anchor.CREATED: "created_at",
    Anchor.RESOLVED: "resolved_at",
    Anchor.PROMISED: "promised_at",
    Anchor.VISIT: "appointment_at",
    Anchor.ANSWERED: "answered_at",
    Anchor.INVITED: "invited_at",
}
OF_SURVEYS = (Anchor.ANSWERED, Anchor.INVITED)
OF_ANCHOR = {
    Anchor.CREATED: tickets.created,
    Anchor.RESOLVED: tickets.resolved,
    Anchor.PROMISED: tickets.promised,
    Anchor.VISIT: tickets.visits,
    Anchor.ANSWERED: answers.answered,
    Anchor.INVITED: answers.invited,
}


@dataclass(frozen=True, slots=True)
class Key:
    """What requests must share to be read from the same rows, grouped in the same way.

    `instant` is the field of the anchor, for a window that from which it runs; `days` its
    length. `is_covered`: the columns of one index answer all. `prefix` leads from the rows to
    the answer where they are its dimensions.
    """

    anchor: Anchor
    owner: Owner
    level: Level
    instant: str
    days: int = 0
    is_whole: bool = False  # at department level: bots' records, too
    is_covered: bool = False
    prefix: str = ""

    @property
    def owner_field(self) -> str:
        return self.prefix + OWNER_FIELD[self.owner]

    @property
    def instant_field(self) -> str:
        return self.prefix + self.instant


def key_of(request: MetricRequest, cutoff: datetime, exclusions: excluded.Exclusions = ()) -> Key:
    """The rows and groups that a request needs."""
    metric = METRICS[request.metric]
    is_window = metric.anchor is Anchor.WINDOW_END
    key = Key(
        metric.anchor,
        metric.owner,
        request.level,
        metric.since if is_window else ANCHOR_FIELD[metric.anchor],
        days=int(request["window"]) if is_window else 0,
        is_whole=metric.shape is Shape.PER_ORDER,
    )
    if is_window or metric.shape is Shape.PER_ORDER:
        return key
    reading = reading_of(request, cutoff, exclusions)
    conditions = (narrow_of(request), reading.counted, reading.hit, *reading.left_out.values())
    is_covered = covered.by_index(key.instant, (*conditions, reading.amount))
    return replace(key, is_covered=is_covered)


def rows_of(key: Key, window: Window, cutoff: datetime) -> QuerySet[Any]:
    """The records of an anchor, those that count for nobody left out.

    At agent level that is every record without an owner; at no level does a bot's count, except
    where a department is measured as a whole.
    """
    rows = _anchored(key, window, cutoff)
    if not key.is_covered:
        rows = rows.alias(home=home_of(key))
    if key.level is Level.AGENT:
        return tickets.of_people(rows, key.owner_field)
    if key.is_whole:
        return rows
    return tickets.of_departments(rows, key.owner_field)


def _anchored(key: Key, window: Window, cutoff: datetime) -> QuerySet[Any]:
    if key.prefix:
        return answers.dimension_scores(window, cutoff)
    if key.anchor is Anchor.WINDOW_END:
        is_complaint = key.instant == "created_at"
        of = sequels.followed_complaints if is_complaint else sequels.followed_resolutions
        return of(window, cutoff, key.days)
    rows: QuerySet[Any] = OF_ANCHOR[key.anchor](window, cutoff)
    if key.anchor is Anchor.CREATED and not key.is_covered:
        return sequels.with_complaints_since(rows, cutoff)
    return rows


def group_of(key: Key) -> Any:
    """The id that a record counts for: of an employee, a department, or COMPANY."""
    if key.level is Level.AGENT:
        return F(f"{key.owner_field}_id")
    if key.level is Level.COMPANY:
        return Value(COMPANY, output_field=IntegerField())
    return home_of(key)


def home_of(key: Key) -> Any:
    """The id of the department that a record belongs to."""
    own = "ticket__department_id" if key.anchor in OF_SURVEYS else "department_id"
    return tickets.department_id(key.owner_field, key.instant_field, key.prefix + own)


def narrow_of(request: MetricRequest, prefix: str = "") -> Q:
    """The condition of the metric's own filters and of the request's."""
    return _narrowed(request, (*METRICS[request.metric].always, *request.filters), prefix)


def own_of(request: MetricRequest) -> Q:
    """The condition of the metric's own filters."""
    return _narrowed(request, METRICS[request.metric].always)


def asked_of(request: MetricRequest) -> Q:
    """The condition of the request's filters alone."""
    return _narrowed(request, request.filters)


def _narrowed(request: MetricRequest, filters: Filters, prefix: str = "") -> Q:
    if METRICS[request.metric].anchor in OF_SURVEYS:
        return answers.narrowed(filters, prefix)
    return tickets.narrowed(filters)


def reading_of(
    request: MetricRequest, cutoff: datetime, exclusions: excluded.Exclusions = ()
) -> Reading:
    """How the request reads one record. Excluded records are left out as such."""
    metric = metric_of(request)
    assert metric.read is not None, request.metric
    return metric.read(request, cutoff).without(excluded_of(request, exclusions))


def excluded_of(
    request: MetricRequest, exclusions: excluded.Exclusions, prefix: str = ""
) -> Q | None:
    """The condition of the records that exclusions take out of the metric; None without any."""
    metric = metric_of(request)
    instant = metric.since or ANCHOR_FIELD[metric.anchor]
    return excluded.condition(exclusions, metric, prefix, instant)


def metric_of(request: MetricRequest) -> Metric:
    """The declaration behind a request."""
    return METRICS[request.metric]
