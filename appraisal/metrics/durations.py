"""Metrics of how long tickets take. To add one: say how it reads a ticket, list it in METRICS.

Source of every definition: 2-indicators, with 13-contracts "Fine print: metrics".
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)
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
from appraisal.metrics.parameters import CLOCK, UNTIL, WITHIN
from tickets import hours
from tickets.measures import seconds_between

NEVER_REPORTED = Q(reports_response=False, first_response_at__isnull=True)


def _answered(cutoff: datetime) -> Q:
    """A first response by the cutoff, whichever way round the instants are."""
    return Q(first_response_at__lte=cutoff)


def _unanswered(cutoff: datetime) -> Q:
    """No first response by the cutoff, though the source would have told."""
    not_yet = Q(reports_response=True, first_response_at__isnull=True)
    return not_yet | Q(first_response_at__gt=cutoff)


def _first_response(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(frt_s__isnull=False) & _answered(cutoff),
        left_out={
            Reason.UNANSWERED: _unanswered(cutoff),
            Reason.CONTRADICTORY: Q(frt_s__isnull=True) & _answered(cutoff),
            Reason.MISSING: NEVER_REPORTED,
        },
        amount=_response_seconds(request),
    )


def _response_seconds(request: MetricRequest) -> Any:
    if request["clock"] == "working":
        return hours.between(F("created_at"), F("first_response_at"))
    return F("frt_s")


def _within(request: MetricRequest, cutoff: datetime, *, late: bool = False) -> Reading:
    threshold = int(request["threshold"])
    if request["clock"] == "working":
        waited = hours.between(F("created_at"), _instant(cutoff))
        is_due = Q(GreaterThanOrEqual(waited, threshold))
        not_due = Q(LessThan(waited, threshold))
        seconds = _response_seconds(request)
        quick = Q(frt_s__isnull=False) & Q(LessThanOrEqual(seconds, threshold))
        slow = Q(frt_s__isnull=False) & Q(GreaterThan(seconds, threshold))
    else:
        latest_due = cutoff - timedelta(seconds=threshold)
        is_due, not_due = Q(created_at__lte=latest_due), Q(created_at__gt=latest_due)
        quick, slow = Q(frt_s__lte=threshold), Q(frt_s__gt=threshold)
    overdue = _unanswered(cutoff) & is_due
    in_time, too_late = quick & _answered(cutoff), slow & _answered(cutoff)
    return Reading(
        counted=in_time | too_late | overdue,
        left_out={
            Reason.PENDING: _unanswered(cutoff) & not_due,
            Reason.CONTRADICTORY: Q(frt_s__isnull=True) & _answered(cutoff),
            Reason.MISSING: NEVER_REPORTED,
        },
        hit=too_late | overdue if late else in_time,
    )


def _instant(cutoff: datetime) -> Any:
    """The cutoff as an expression; one that stands for it in a compiled plan is one already."""
    stands_for_it = hasattr(cutoff, "resolve_expression")
    return cutoff if stands_for_it else Value(cutoff, output_field=DateTimeField())


def _timeout(request: MetricRequest, cutoff: datetime) -> Reading:
    return _within(request, cutoff, late=True)


def _full(request: MetricRequest, cutoff: datetime) -> Reading:
    if request["until"] == "last":
        return _until_last(request, cutoff)
    if request["until"] == "solution":
        return _until_solution(request, cutoff)
    is_working = request["clock"] == "working"
    return Reading(
        counted=Q(full_s__isnull=False),
        left_out={Reason.CONTRADICTORY: Q(full_s__isnull=True)},
        amount=hours.between(F("created_at"), F("resolved_at")) if is_working else F("full_s"),
    )


def _until_last(request: MetricRequest, cutoff: datetime) -> Reading:
    """To the latest resolution; an empty one is the first, one after the cutoff is pending."""
    only_one = Q(last_resolved_at__isnull=True)
    seen = Q(last_resolved_at__lte=cutoff)
    forward = Q(last_resolved_at__gte=F("created_at"))
    if request["clock"] == "working":
        amount = hours.between(F("created_at"), Coalesce("last_resolved_at", "resolved_at"))
    else:
        amount = seconds_between("created_at", "last_resolved_at", otherwise="full_s")
    return Reading(
        counted=only_one & Q(full_s__isnull=False) | seen & forward,
        left_out={
            Reason.PENDING: Q(last_resolved_at__gt=cutoff),
            Reason.CONTRADICTORY: only_one & Q(full_s__isnull=True)
            | seen & Q(last_resolved_at__lt=F("created_at")),
        },
        amount=amount,
    )


def _until_solution(request: MetricRequest, cutoff: datetime) -> Reading:
    """To the clear solution where it was given by the cutoff and before the resolution."""
    earlier = Q(solution_given_at__lt=F("resolved_at"), solution_given_at__lte=cutoff)
    none = (
        Q(solution_given_at__isnull=True)
        | Q(solution_given_at__gt=cutoff)
        | Q(solution_given_at__gte=F("resolved_at"))
    )
    if request["clock"] == "working":
        end = Case(When(earlier, then=F("solution_given_at")), default=F("resolved_at"))
        amount = hours.between(F("created_at"), end)
    else:
        amount = seconds_between(
            "created_at", "solution_given_at", only=earlier, otherwise="full_s"
        )
    return Reading(
        counted=none & Q(full_s__isnull=False)
        | earlier & Q(solution_given_at__gte=F("created_at")),
        left_out={
            Reason.CONTRADICTORY: none & Q(full_s__isnull=True)
            | earlier & Q(solution_given_at__lt=F("created_at"))
        },
        amount=amount,
    )


def _active(request: MetricRequest, cutoff: datetime) -> Reading:
    is_working = request["clock"] == "working"
    served = hours.between(F("first_response_at"), F("resolved_at"))
    return Reading(
        counted=Q(active_s__isnull=False),
        left_out={
            Reason.CONTRADICTORY: Q(active_s__isnull=True) & _answered(cutoff),
            Reason.MISSING: Q(first_response_at__isnull=True) | Q(first_response_at__gt=cutoff),
        },
        amount=served if is_working else F("active_s"),
    )


def _talk(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(handle_seconds__isnull=False),
        left_out={Reason.MISSING: Q(handle_seconds__isnull=True)},
        amount=F("handle_seconds"),
    )


METRICS = (
    Metric(
        key="frt_mean",
        label=_("Mean first response time"),
        definition=_(
            "Mean time from creation to the first reply by a person, over answered tickets."
        ),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.MEAN,
        read=_first_response,
        params=(CLOCK,),
        source="general, complaints, regulation, ecommerce",
    ),
    Metric(
        key="frt_median",
        label=_("Median first response time"),
        definition=_(
            "The middle of the times from creation to the first reply by a person, over answered "
            "tickets."
        ),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.MEDIAN,
        read=_first_response,
        params=(CLOCK,),
        source="catalogue",
    ),
    Metric(
        key="frt_within",
        label=_("First responses within target"),
        definition=_(
            "Tickets first answered within the target time, of all created; an unanswered one is "
            "a miss once its time is up."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.CREATED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.RATE,
        read=_within,
        params=(WITHIN, CLOCK),
        source="aftersales",
    ),
    Metric(
        key="frt_timeout",
        label=_("Late-response rate"),
        definition=_("Tickets not first answered within the target time, of all created."),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.RATE,
        read=_timeout,
        params=(WITHIN, CLOCK),
        source="general",
    ),
    Metric(
        key="aht_full",
        label=_("Mean time to resolution"),
        definition=_("Mean time from creation to the resolution, over resolved tickets."),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        anchor=Anchor.RESOLVED,
        shape=Shape.MEAN,
        read=_full,
        params=(UNTIL, CLOCK),
        source="general, complaints, regulation, aftersales",
    ),
    Metric(
        key="aht_active",
        label=_("Mean handling time"),
        definition=_("Mean time from the first reply to the resolution, over resolved tickets."),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        anchor=Anchor.RESOLVED,
        shape=Shape.MEAN,
        read=_active,
        params=(CLOCK,),
        source="ecommerce",
    ),
    Metric(
        key="cycle_time",
        label=_("Service cycle time"),
        definition=_(
            "Mean time from creation to the resolution, over resolved tickets; narrowed to a "
            "service type, such as on-site repair, remote service or returns."
        ),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        anchor=Anchor.RESOLVED,
        shape=Shape.MEAN,
        read=_full,
        params=(UNTIL, CLOCK),
        source="aftersales",
    ),
    Metric(
        key="return_time",
        label=_("Return handling time"),
        definition=_(
            "Mean time from creation to the resolution, over resolved returns and exchanges."
        ),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        anchor=Anchor.RESOLVED,
        shape=Shape.MEAN,
        read=_full,
        params=(UNTIL, CLOCK),
        always=(("kind", ("return",)),),
        source="complaints",
    ),
    Metric(
        key="talk_mean",
        label=_("Mean recorded handling time"),
        definition=_("Mean of the handling times that the source records."),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        shape=Shape.MEAN,
        read=_talk,
        source="ecommerce",
    ),
)
