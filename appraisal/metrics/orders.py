"""Metrics over order volumes: records ÷ orders. Source: 2-indicators."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import Anchor, Direction, Metric, MetricRequest, Reading, Shape, Unit


def _records(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(counted=Q(), hit=Q())


METRICS = (
    Metric(
        key="complaint_rate",
        label=_("Complaint rate"),
        definition=_(
            "Complaints, per hundred orders: the agent's own where orders carry an agent, else "
            "those of the department."
        ),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        shape=Shape.PER_ORDER,
        read=_records,
        always=(("kind", ("complaint",)),),
        source="complaints",
    ),
    Metric(
        key="refund_dispute",
        label=_("Refund dispute rate"),
        definition=_(
            "Refund disputes, per hundred orders: the agent's own where orders carry an agent, "
            "else those of the department."
        ),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        shape=Shape.PER_ORDER,
        read=_records,
        always=(("kind", ("refund_dispute",)),),
        source="complaints",
    ),
)
