"""Metrics of departments: contacts answered, self-service, hours open, rectifications in time.

Source of every definition: 2-indicators.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from appraisal.metrics import volume_rows
from appraisal.metrics.base import Anchor, Direction, Metric, MetricRequest, Reason, Shape, Unit
from appraisal.metrics.record_lists import NONE, RecordList
from kpi_portal.core.time import Window
from kpi_portal.people.queries import local_date
from tickets.models import Ticket

ACCESSIBILITY = volume_rows.Volumes(volume_rows.answered, totals=True)
COVERAGE = volume_rows.Volumes(volume_rows.opened, totals=True, by_rows=True)
SELF_SERVICE = volume_rows.Volumes(volume_rows.solved)
RECTIFIED = volume_rows.Volumes(volume_rows.in_time)


def _of_owner(rows: QuerySet[Any], owner_id: int) -> QuerySet[Any]:
    """The rows of a department, else those of the company."""
    own = rows.filter(department_id=owner_id)
    return own if own.exists() else rows.filter(department__isnull=True)


def _contacts_behind(top: str, bottom: str) -> Any:
    """Lists the days behind a share of contacts or minutes."""

    def behind(
        request: MetricRequest, owner_id: int, window: Window, cutoff: datetime
    ) -> RecordList:
        rows = _of_owner(volume_rows.contacts(request, window, cutoff), owner_id)
        names = [
            When(channel=key, then=Value(str(label))) for key, label in Ticket.Channel.choices
        ]
        amount = ExpressionWrapper(
            F(top) * Decimal("100.0") / F(bottom), DecimalField(max_digits=12, decimal_places=4)
        )
        shown = rows.order_by("-day", "channel").annotate(
            number=Concat(
                Case(*names, output_field=CharField()), Value(" "), Cast(top, CharField()),
                Value(" / "), Cast(bottom, CharField()), output_field=CharField(),
            ),
            at=F("day"),
            amount=Case(When(**{f"{bottom}__gt": 0}, then=amount)),
            is_hit=NONE,
        )  # fmt: skip
        missing = Value(str(Reason.MISSING), output_field=CharField())
        known = Q(**{f"{bottom}__isnull": False})
        return RecordList(shown.filter(known), shown.filter(~known).annotate(reason=missing))

    return behind


def _sessions_behind(
    request: MetricRequest, owner_id: int, window: Window, cutoff: datetime
) -> RecordList:
    rows = _of_owner(volume_rows.sessions(request, window, cutoff), owner_id)
    shown = rows.order_by("-started_at", "-id").annotate(
        number=F("external_id"), at=F("started_at")
    )
    nameless = Q(customer_hash="")
    early = ~nameless & Q(started_at__gt=cutoff - volume_rows.AFTER_SESSION)
    return _listed(shown, Q(followed=False), {Reason.MISSING: nameless, Reason.PENDING: early})


def _rectifications_behind(
    request: MetricRequest, owner_id: int, window: Window, cutoff: datetime
) -> RecordList:
    today = local_date(cutoff)
    rows = volume_rows.due_in(request, window, cutoff).filter(department_id=owner_id)
    shown = rows.order_by("-due_on", "-id").annotate(
        number=Concat("external_id", Value(" "), "cause"), at=F("due_on")
    )
    not_done = Q(done_on__isnull=True) | Q(done_on__gte=today)
    pending = not_done & Q(due_on__gte=today)
    hit = ~not_done & Q(done_on__lte=F("due_on"))
    return _listed(shown, hit, {Reason.PENDING: pending})


def _listed(rows: QuerySet[Any], hit: Q, out: Mapping[Reason, Q]) -> RecordList:
    """Rows as records: those that count with `is_hit`, the others with the reason."""
    left = Q()
    for condition in out.values():
        left |= condition
    counted = rows.filter(~left).annotate(
        is_hit=Case(When(hit, then=Value(True)), default=Value(False)),
        amount=NONE,
    )
    reasons = [When(condition, then=Value(str(reason))) for reason, condition in out.items()]
    reason = Case(*reasons, output_field=CharField())
    return RecordList(counted, rows.filter(left).annotate(reason=reason))


METRICS = (
    Metric(
        key="accessibility",
        label=_("Answer rate"),
        definition=_("Contacts answered, of the contacts offered to the department."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.EFFECTIVE,
        shape=Shape.RATE,
        collect=ACCESSIBILITY.collect,
        behind=_contacts_behind("answered", "offered"),
        filters=("channel",),
        source="ecommerce",
    ),
    Metric(
        key="self_service",
        label=_("Self-service resolution"),
        definition=_(
            "Self-service sessions without a ticket of that customer within 24 hours, of all "
            "sessions of a known customer."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.EFFECTIVE,
        shape=Shape.RATE,
        collect=SELF_SERVICE.collect,
        behind=_sessions_behind,
        filters=("channel",),
        source="ecommerce",
    ),
    Metric(
        key="coverage",
        label=_("Channel coverage"),
        definition=_("Hours that channels were open, of the hours planned."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.EFFECTIVE,
        shape=Shape.OWN,
        collect=COVERAGE.collect,
        behind=_contacts_behind("offered_minutes", "planned_minutes"),
        filters=("channel",),
        source="ecommerce",
    ),
    Metric(
        key="rectified",
        label=_("Rectifications on time"),
        definition=_("Rectifications done by their due date, of those due in the period."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.EFFECTIVE,
        shape=Shape.RATE,
        collect=RECTIFIED.collect,
        behind=_rectifications_behind,
        filters=(),
        source="complaints",
    ),
)
