"""Metrics read from satisfaction answers. To add one: say how it reads an answer, list it.

Source of every definition: 2-indicators.
"""

from datetime import datetime
from decimal import Decimal

from django.db.models import BigIntegerField, Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import (
    Anchor,
    Direction,
    Metric,
    MetricRequest,
    Reading,
    Reason,
    Shape,
    Unit,
)
from appraisal.metrics.parameters import DIMENSION, TOP, weights_of
from surveys import measures as answers


def _mean(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(counted=SCORED, left_out=UNSCORED, amount=F("score_e4"))


def _top(request: MetricRequest, cutoff: datetime) -> Reading:
    """score ÷ scale × 100 ≥ threshold, in whole numbers (the threshold has two decimals)."""
    hundredths = int(Decimal(request["threshold"]) * 100)
    is_top = Q(score_e4__gte=F("scale") * hundredths)
    return Reading(counted=SCORED, left_out=UNSCORED, hit=is_top)


def _dimensions(request: MetricRequest, cutoff: datetime) -> Reading:
    """Which answers count; the index itself is reckoned in dimensions.py."""
    spoken = answers.has_any_of(tuple(weights_of(request["dimension"])))
    return Reading(counted=spoken, left_out={Reason.MISSING: ~spoken})


def _promoters(request: MetricRequest, cutoff: datetime) -> Reading:
    vote = Case(
        When(nps__gte=9, then=1), When(nps__lte=6, then=-1), default=0,
        output_field=BigIntegerField(),
    )  # fmt: skip
    return Reading(
        counted=Q(nps__isnull=False),
        left_out={Reason.MISSING: Q(nps__isnull=True)},
        amount=vote,
    )


def _responded(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(counted=Q(), hit=Q(answered_at__lte=cutoff))


SCORED = Q(score_e4__isnull=False)
UNSCORED = {Reason.MISSING: Q(score_e4__isnull=True)}

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
    Metric(
        key="csi",
        label=_("Satisfaction index"),
        definition=_(
            "Weighted mean of the means of the dimensions of answers (attitude, efficiency, "
            "outcome, expertise …), scaled to 100; a dimension without an answer gives its "
            "weight to the others."
        ),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.ANSWERED,
        shape=Shape.INDEX,
        read=_dimensions,
        params=(DIMENSION,),
        source="general, aftersales",
    ),
    Metric(
        key="nps",
        label=_("Net promoter score"),
        definition=_("Share of answers of 9 and 10 less the share of 0 to 6, from −100 to 100."),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.ANSWERED,
        shape=Shape.NET,
        is_signed=True,
        read=_promoters,
        source="aftersales, ecommerce",
    ),
    Metric(
        key="survey_response",
        label=_("Survey response rate"),
        definition=_("Invitations answered by the cutoff, of those sent in the period."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.INVITED,
        shape=Shape.RATE,
        read=_responded,
        source="general",
    ),
)
