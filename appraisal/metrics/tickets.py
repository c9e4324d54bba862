"""Metrics read from tickets. To add one: say how it reads a ticket, list it in METRICS.

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
from appraisal.metrics.parameters import CLOCK, UNTIL, WINDOW, WITHIN
from tickets.measures import seconds_between

NEVER_REPORTED = Q(reports_response=False, first_response_at__isnull=True)
EVERY = Q()


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
        amount=F("frt_s"),
    )


def _within(request: MetricRequest, cutoff: datetime, *, late: bool = False) -> Reading:
    threshold = int(request["threshold"])
    latest_due = cutoff - timedelta(seconds=threshold)
    overdue = _unanswered(cutoff) & Q(created_at__lte=latest_due)
    in_time = Q(frt_s__lte=threshold) & _answered(cutoff)
    too_late = Q(frt_s__gt=threshold) & _answered(cutoff)
    return Reading(
        counted=in_time | too_late | overdue,
        left_out={
            Reason.PENDING: _unanswered(cutoff) & Q(created_at__gt=latest_due),
            Reason.CONTRADICTORY: Q(frt_s__isnull=True) & _answered(cutoff),
            Reason.MISSING: NEVER_REPORTED,
        },
        hit=too_late | overdue if late else in_time,
    )


def _timeout(request: MetricRequest, cutoff: datetime) -> Reading:
    return _within(request, cutoff, late=True)


def _full(request: MetricRequest, cutoff: datetime) -> Reading:
    if request["until"] == "last":
        return _until_last(cutoff)
    if request["until"] == "solution":
        return _until_solution(cutoff)
    return Reading(
        counted=Q(full_s__isnull=False),
        left_out={Reason.CONTRADICTORY: Q(full_s__isnull=True)},
        amount=F("full_s"),
    )


def _until_last(cutoff: datetime) -> Reading:
    """To the latest resolution; an empty one is the first, one after the cutoff is pending."""
    only_one = Q(last_resolved_at__isnull=True)
    seen = Q(last_resolved_at__lte=cutoff)
    forward = Q(last_resolved_at__gte=F("created_at"))
    return Reading(
        counted=only_one & Q(full_s__isnull=False) | seen & forward,
        left_out={
            Reason.PENDING: Q(last_resolved_at__gt=cutoff),
            Reason.CONTRADICTORY: only_one & Q(full_s__isnull=True)
            | seen & Q(last_resolved_at__lt=F("created_at")),
        },
        amount=seconds_between("created_at", "last_resolved_at", otherwise="full_s"),
    )


def _until_solution(cutoff: datetime) -> Reading:
    """To the clear solution where it was given by the cutoff and before the resolution."""
    earlier = Q(solution_given_at__lt=F("resolved_at"), solution_given_at__lte=cutoff)
    none = (
        Q(solution_given_at__isnull=True)
        | Q(solution_given_at__gt=cutoff)
        | Q(solution_given_at__gte=F("resolved_at"))
    )
    return Reading(
        counted=none & Q(full_s__isnull=False)
        | earlier & Q(solution_given_at__gte=F("created_at")),
        left_out={
            Reason.CONTRADICTORY: none & Q(full_s__isnull=True)
            | earlier & Q(solution_given_at__lt=F("created_at"))
        },
        amount=seconds_between(
            "created_at", "solution_given_at", only=earlier, otherwise="full_s"
        ),
    )


def _active(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(active_s__isnull=False),
        left_out={
            Reason.CONTRADICTORY: Q(active_s__isnull=True) & _answered(cutoff),
            Reason.MISSING: Q(first_response_at__isnull=True) | Q(first_response_at__gt=cutoff),
        },
        amount=F("active_s"),
    )


def _talk(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(handle_seconds__isnull=False),
        left_out={Reason.MISSING: Q(handle_seconds__isnull=True)},
        amount=F("handle_seconds"),
    )


def _first_contact(request: MetricRequest, cutoff: datetime) -> Reading:
    """The export's own flag wins; without one, whatever of the four signs the record has."""
    signs = ("contacts", "reopens", "transfers", "escalated")
    nothing = Q(first_contact__isnull=True) & Q(**{f"{sign}__isnull": True for sign in signs})
    judged = Q(first_contact__isnull=True) & (
        (Q(contacts__isnull=True) | Q(contacts__lte=1))
        & (Q(reopens__isnull=True) | Q(reopens=0))
        & (Q(transfers__isnull=True) | Q(transfers=0))
        & (Q(escalated__isnull=True) | Q(escalated=False))
    )
    any_sign = Q()
    for sign in signs:
        any_sign |= Q(**{f"{sign}__isnull": False})
    return Reading(
        counted=Q(first_contact__isnull=False) | any_sign,
        left_out={Reason.MISSING: nothing},
        hit=Q(first_contact=True) | judged & any_sign,
    )


def _resolution(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(reports_resolution=True) | Q(resolved_at__isnull=False),
        left_out={Reason.MISSING: Q(reports_resolution=False, resolved_at__isnull=True)},
        hit=Q(resolved_at__lte=cutoff),
    )


def _sla(request: MetricRequest, cutoff: datetime) -> Reading:
    missing = Q(reports_resolution=False, resolved_at__isnull=True)
    open_yet = Q(resolved_at__gt=cutoff) | Q(reports_resolution=True, resolved_at__isnull=True)
    return Reading(
        counted=Q(resolved_at__lte=cutoff) | open_yet & Q(promised_at__lte=cutoff),
        left_out={
            Reason.PENDING: open_yet & Q(promised_at__gt=cutoff),
            Reason.MISSING: missing,
        },
        hit=Q(resolved_at__lte=F("promised_at")) & Q(resolved_at__lte=cutoff),
    )


def _escalation(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(escalated__isnull=False),
        left_out={Reason.MISSING: Q(escalated__isnull=True)},
        hit=Q(escalated=True),
    )


def _transfer(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(transfers__isnull=False),
        left_out={Reason.MISSING: Q(transfers__isnull=True)},
        hit=Q(transfers__gt=0),
    )


def _reopen(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(
        counted=Q(reopens__isnull=False),
        left_out={Reason.MISSING: Q(reopens__isnull=True)},
        hit=Q(reopens__gt=0),
    )


def _repeat(request: MetricRequest, cutoff: datetime) -> Reading:
    """A window that is still open at the cutoff says nothing yet, whatever it holds so far."""
    window = timedelta(days=int(request["window"]))
    nameless = Q(customer_hash="") | Q(category="")
    named = ~Q(customer_hash="") & ~Q(category="")
    return Reading(
        counted=named & Q(created_at__lte=cutoff - window),
        left_out={
            Reason.PENDING: named & Q(created_at__gt=cutoff - window),
            Reason.MISSING: nameless,
        },
        hit=named & Q(created_at__lte=cutoff - window) & Q(complained_again=True),
    )


def _volume(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(counted=EVERY)


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
    Metric(
        key="fcr",
        label=_("First contact resolution"),
        definition=_("Tickets resolved at the first contact, of the resolved ones."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.RESOLVED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.RATE,
        read=_first_contact,
        source="complaints, aftersales, ecommerce",
    ),
    Metric(
        key="resolution",
        label=_("Resolution rate"),
        definition=_("Tickets resolved by the cutoff, of those created in the period."),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.CREATED,
        shape=Shape.RATE,
        read=_resolution,
        source="regulation, ecommerce, aftersales",
    ),
    Metric(
        key="escalation",
        label=_("Escalation rate"),
        definition=_("Escalated tickets, of those created in the period."),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.RATE,
        read=_escalation,
        source="complaints, aftersales, ecommerce",
    ),
    Metric(
        key="transfer",
        label=_("Transfer rate"),
        definition=_("Tickets passed on at least once, of those created in the period."),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.CREATED,
        owner=Owner.FIRST_AGENT,
        shape=Shape.RATE,
        read=_transfer,
        source="catalogue",
    ),
    Metric(
        key="reopen",
        label=_("Reopen rate"),
        definition=_("Tickets reopened at least once, of those resolved in the period."),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.RESOLVED,
        shape=Shape.RATE,
        read=_reopen,
        source="catalogue",
    ),
    Metric(
        key="repeat_complaint",
        label=_("Repeat complaint rate"),
        definition=_(
            "Complaints after which the same customer complained about the same category again "
            "within the window, of the complaints whose window ended in the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.WINDOW_END,
        shape=Shape.RATE,
        read=_repeat,
        params=(WINDOW,),
        source="complaints",
    ),
    Metric(
        key="sla_met",
        label=_("Resolved within promise"),
        definition=_(
            "Tickets resolved by their promised time, of those whose promise fell in the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.PROMISED,
        shape=Shape.RATE,
        read=_sla,
        source="aftersales, regulation",
    ),
    Metric(
        key="volume",
        label=_("Tickets handled"),
        definition=_("How many tickets were resolved in the period."),
        unit=Unit.COUNT,
        direction=Direction.UP,
        anchor=Anchor.RESOLVED,
        shape=Shape.COUNT,
        read=_volume,
        source="catalogue",
    ),
)
