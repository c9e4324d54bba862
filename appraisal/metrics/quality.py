"""Metrics of how well tickets were handled. To add one: say how it reads a ticket, list it.

Source of every definition: 2-indicators, with 13-contracts "Fine print: metrics".
"""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import (
    Anchor,
    Direction,
    Metric,
    MetricRequest,
    Owner,
    Reading,
    Reason,
    Shape,
    Unit,
)
from appraisal.metrics.parameters import GRACE

NEVER_RESOLVED = Q(reports_resolution=False, resolved_at__isnull=True)
KNOWN_OUTCOME = Q(reports_resolution=True) | Q(resolved_at__isnull=False)


def _first_owner(request: MetricRequest, cutoff: datetime) -> Reading:
    """The first agent of a ticket without one is its agent."""
    return Reading(
        counted=KNOWN_OUTCOME,
        left_out={Reason.MISSING: NEVER_RESOLVED},
        hit=Q(resolved_at__lte=cutoff, agent=F("first_owner")),
    )


def _on_time(request: MetricRequest, cutoff: datetime) -> Reading:
    """An arrival that is not recorded is a miss once the grace is over."""
    grace = timedelta(seconds=int(request["grace"]))
    arrived = Q(arrived_at__lte=cutoff)
    absent = Q(arrived_at__isnull=True) | Q(arrived_at__gt=cutoff)
    return Reading(
        counted=arrived | absent & Q(appointment_at__lte=cutoff - grace),
        left_out={Reason.PENDING: absent & Q(appointment_at__gt=cutoff - grace)},
        hit=arrived & Q(arrived_at__lte=F("appointment_at") + grace),
    )


def _error(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(service_error__isnull=False),
        left_out={Reason.MISSING: Q(service_error__isnull=True)},
        hit=Q(service_error=True),
    )


def _mishandled(request: MetricRequest, cutoff: datetime) -> Reading:
    """A ticket without customer or category cannot be seen to be complained about again."""
    unresolved = Q(resolved_at__isnull=True) | Q(resolved_at__gt=cutoff)
    again = ~Q(customer_hash="") & ~Q(category="") & Q(complained_since=True)
    return Reading(
        counted=Q(service_error__isnull=False),
        left_out={Reason.MISSING: Q(service_error__isnull=True)},
        hit=Q(service_error=True) & (Q(escalated=True) | unresolved | again),
    )


def _knowledge(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(knowledge_article__isnull=False),
        left_out={Reason.MISSING: Q(knowledge_article__isnull=True)},
        hit=Q(knowledge_article__gt=""),
    )


def _root_cause(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(root_cause_confirmed__isnull=False),
        left_out={Reason.MISSING: Q(root_cause_confirmed__isnull=True)},
        hit=Q(root_cause_confirmed=True),
    )


def _adopted(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(suggestion_adopted__isnull=False),
        left_out={Reason.MISSING: Q(suggestion_adopted__isnull=True)},
        hit=Q(suggestion_adopted=True),
    )


METRICS = (
    Metric(
        key="first_owner",
        label=_("First-owner resolution"),
        definition=_(
            "Tickets resolved by the cutoff by the agent who responded first, of those created in "
            "the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.CREATED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.RATE,
        read=_first_owner,
        source="regulation",
    ),
    Metric(
        key="onsite_on_time",
        label=_("On-site punctuality"),
        definition=_(
            "Visits with an arrival not later than the appointment plus the grace, of those due "
            "in the period; no arrival recorded is a miss."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.VISIT,
        shape=Shape.RATE,
        read=_on_time,
        params=(GRACE,),
        source="aftersales",
    ),
    Metric(
        key="error",
        label=_("Service error rate"),
        definition=_("Tickets marked with a service error, of the resolved ones."),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.RESOLVED,
        shape=Shape.RATE,
        read=_error,
        source="regulation, general",
    ),
    Metric(
        key="mishandled",
        label=_("Mishandling rate"),
        definition=_(
            "Tickets with a service error that were escalated, complained about again or left "
            "unresolved, of those created in the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        shape=Shape.RATE,
        read=_mishandled,
        source="ecommerce",
    ),
    Metric(
        key="kb_reuse",
        label=_("Knowledge reuse"),
        definition=_("Tickets with a knowledge article linked, of the resolved ones."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.RESOLVED,
        shape=Shape.RATE,
        read=_knowledge,
        source="ecommerce",
    ),
    Metric(
        key="root_cause",
        label=_("Root causes found"),
        definition=_(
            "Complaints with a cause confirmed by the supervisor, of the resolved complaints."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.RESOLVED,
        shape=Shape.RATE,
        read=_root_cause,
        always=(("kind", ("complaint",)),),
        source="complaints",
    ),
    Metric(
        key="suggestion",
        label=_("Suggestions adopted"),
        definition=_("Adopted suggestions, of those received in the period."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.CREATED,
        shape=Shape.RATE,
        read=_adopted,
        always=(("kind", ("suggestion",)),),
        source="aftersales",
    ),
)
