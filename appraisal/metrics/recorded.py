"""Values that were typed in or imported: attendance, training, whatever a company measures
elsewhere. Source: 2-indicators, "Recorded values".
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import (
    COMPANY,
    UNIT_LABELS,
    Anchor,
    Collected,
    Direction,
    Level,
    Measurement,
    Metric,
    MetricRequest,
    Param,
    Shape,
    Unit,
)
from appraisal.metrics.parameters import code_of, one_of
from appraisal.metrics.pooling import Posts, pools
from appraisal.metrics.record_lists import NONE, RecordList
from kpi_portal.core.time import Window
from surveys.judged import recorded
from surveys.models import RecordedValue
from tickets.measures import shared_accounts

UNITS = {str(unit): UNIT_LABELS[unit] for unit in Unit}
ITEM = Param(name="item", label=_("item"), read=code_of("item"))
UNIT = Param(
    name="unit",
    label=_("unit"),
    read=one_of("unit", UNITS),
    default=str(Unit.NUMBER),
    choices=UNITS,
)


def collect(
    requests: Sequence[MetricRequest],
    window: Window,
    cutoff: datetime,
    decided_by: datetime | None = None,
) -> Collected:
    """The mean of the values of the period.

    Of a department: its own values, else those of its people. Of the company: everybody's, else
    the departments'.
    """
    posts = None
    found: Collected = {}
    for request in requests:
        rows = list(_rows(request, window, cutoff))
        if request.level is Level.AGENT:
            found[request] = _means((row.employee_id, row) for row in rows)
            continue
        if posts is None:
            posts = Posts.of(window)
        found[request] = _pooled(request.level, rows, posts)
    return found


def _rows(request: MetricRequest, window: Window, cutoff: datetime) -> QuerySet[RecordedValue]:
    rows = recorded(request["item"], window, cutoff)
    nobody = Q(employee__isnull=True)
    return rows.filter(nobody | ~Q(employee_id__in=shared_accounts()))


def _means(rows: Any) -> dict[int, Measurement]:
    by_place = pools()
    for place, row in rows:
        if place is not None:
            by_place[place].add(Fraction(row.value))
    return {place: pool.mean() for place, pool in by_place.items()}


def _pooled(level: Level, rows: Sequence[RecordedValue], posts: Posts) -> dict[int, Measurement]:
    of_people = [row for row in rows if row.employee_id is not None]
    of_departments = [row for row in rows if row.department_id is not None]
    if level is Level.COMPANY:
        return _means((COMPANY, row) for row in of_people or of_departments)
    homes = _means((posts.on(row.employee_id or 0, row.effective_on), row) for row in of_people)
    return {**homes, **_means((row.department_id, row) for row in of_departments)}


def records(request: MetricRequest, owner_id: int, window: Window, cutoff: datetime) -> RecordList:
    """The values behind the mean."""
    rows = _rows(request, window, cutoff)
    if request.level is Level.AGENT:
        owned = rows.filter(employee_id=owner_id)
    else:
        owned = rows.filter(department_id=owner_id)
        if not owned.exists():
            posts = Posts.of(window)
            ids = [
                row.pk
                for row in rows
                if posts.on(row.employee_id or 0, row.effective_on) == owner_id
            ]
            owned = RecordedValue.objects.filter(pk__in=ids)
    shown: Any = owned.order_by("-effective_on", "-id").annotate(
        number=F("evidence"),
        at=F("effective_on"),
        amount=F("value"),
        is_hit=NONE,
    )
    return RecordList(shown, shown.none().annotate(reason=Value("", output_field=CharField())))


METRICS = (
    Metric(
        key="recorded",
        label=_("Recorded value"),
        definition=_(
            "Mean of the values recorded for the days of the period, such as attendance or "
            "training; of a department its own values, else those of its people."
        ),
        unit=Unit.NUMBER,
        direction=Direction.UP,
        anchor=Anchor.EFFECTIVE,
        shape=Shape.OWN,
        collect=collect,
        behind=records,
        params=(ITEM, UNIT),
        filters=(),
        source="catalogue",
    ),
)
