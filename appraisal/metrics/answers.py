"""Metrics read from satisfaction answers. To add one: say how it reads an answer, list it.

Source of every definition: 2-indicators.
"""

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import Anchor, Direction, Metric, MetricRequest, Reading, Shape, Unit
from appraisal.metrics.parameters import TOP


def _mean(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(counted=Q(), amount=F("score_e4"))


def _top(request: MetricRequest, cutoff: datetime) -> Reading:
    """score ÷ scale × 100 ≥ threshold, in whole numbers (the threshold has two decimals)."""
    hundredths = int(Decimal(request["threshold"]) * 100)
    return Reading(counted=Q(), hit=Q(score_e4__gte=F("scale") * hundredths))


METRICS = (
    Metric(
        key="csat_mean",
        label=_("Customer satisfaction"),
        definition=_("Mean of the answers, scaled to 100."),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.ANSWERED,
        shape=Shape.SCORE,
        read=_mean,
        source="general, complaints, regulation, aftersales, ecommerce",
    ),
    Metric(
        key="csat_top",
        label=_("Share of satisfied customers"),
        definition=_("Answers at or above the threshold, of all answers."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.ANSWERED,
        shape=Shape.RATE,
        read=_top,
        params=(TOP,),
        source="catalogue",
    ),
    Metric(
        key="complaint_csat",
        label=_("Satisfaction with complaint handling"),
        definition=_("Mean of the answers on complaints, scaled to 100."),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.ANSWERED,
        shape=Shape.SCORE,
        read=_mean,
        always=(("kind", ("complaint",)),),
        source="complaints, aftersales",
    ),
)
