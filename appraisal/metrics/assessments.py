"""Metrics read from assessments: inspections, 360° reviews, exams, mystery shoppers.

Source of every definition: 2-indicators, "Metrics computed from people's assessments".
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from appraisal.metrics import inspections, reviews
from appraisal.metrics.base import (
    Anchor,
    Collected,
    Direction,
    Level,
    Metric,
    MetricRequest,
    Param,
    Reason,
    Shape,
    Unit,
)
from appraisal.metrics.inspections import E4, about
from appraisal.metrics.parameters import code_of
from appraisal.metrics.pooling import Pool, place_of, pools
from appraisal.metrics.record_lists import RecordList
from kpi_portal.core.time import Window
from surveys.judged import assessed

ITEM = Param(name="item", label=_("item"), read=code_of("item"))


def collect_means(
    requests: Sequence[MetricRequest],
    window: Window,
    cutoff: datetime,
    decided_by: datetime | None = None,
) -> Collected:
    """Exams and mystery shoppers: the mean of all scores of the period."""
    found: Collected = {}
    for request in requests:
        by_place = pools()
        rows = about(assessed(request.metric, window, cutoff))
        for subject, department, score in rows.values_list("subject_id", "home", "score_e4"):
            place = place_of(request.level, subject, department)
            if place is not None:
                _add(by_place[place], score)
        found[request] = {place: pool.mean() for place, pool in by_place.items()}
    return found


def _add(pool: Pool, score: int | None) -> None:
    if score is None:
        pool.leave_out(Reason.MISSING)
    else:
        pool.add(Fraction(score, E4))


def records_of_means(
    request: MetricRequest, owner_id: int, window: Window, cutoff: datetime
) -> RecordList:
    """The exams or visits behind a mean."""
    rows = about(assessed(request.metric, window, cutoff))
    owner = "subject_id" if request.level is Level.AGENT else "home"
    return inspections.listed(rows.filter(**{owner: owner_id}))


METRICS = (
    Metric(
        key="qa_score",
        label=_("QA score"),
        definition=_(
            "Mean QA score over the inspected tickets, 0 to 100. A failed fatal item makes the "
            "ticket 0; a ticket inspected twice counts with the adjudicated score, else the mean. "
            "A ticket belongs to the period of its first inspection."
        ),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.REVIEW,
        shape=Shape.OWN,
        collect=inspections.collect,
        behind=inspections.records,
        source="general, complaints, aftersales",
    ),
    Metric(
        key="qa_item",
        label=_("QA item passed"),
        definition=_(
            "How often one item of the QA form was passed, of the inspections in which it "
            "applied; of a ticket with an adjudication only that one counts."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.REVIEW,
        shape=Shape.RATE,
        collect=inspections.collect,
        behind=inspections.records,
        params=(ITEM,),
        source="regulation, general, ecommerce",
    ),
    Metric(
        key="review360",
        label=_("360° review"),
        definition=_(
            "Weighted mean of the rater groups, 0 to 100. The customers' group is the customer "
            "satisfaction of the period; a group without an answer gives its weight to the "
            "others; peers count from three on."
        ),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.REVIEW,
        shape=Shape.OWN,
        collect=reviews.collect,
        behind=reviews.records,
        params=reviews.PARAMS,
        filters=(),
        source="complaints, general, regulation",
    ),
    Metric(
        key="exam",
        label=_("Professional knowledge"),
        definition=_("Mean score of the exams and certifications of the period, 0 to 100."),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.REVIEW,
        shape=Shape.OWN,
        collect=collect_means,
        behind=records_of_means,
        filters=(),
        source="aftersales, ecommerce",
    ),
    Metric(
        key="mystery",
        label=_("Mystery shopper score"),
        definition=_("Mean score that mystery shoppers gave in the period, 0 to 100."),
        unit=Unit.POINTS,
        direction=Direction.UP,
        anchor=Anchor.REVIEW,
        shape=Shape.OWN,
        collect=collect_means,
        behind=records_of_means,
        filters=(),
        source="aftersales",
    ),
)
