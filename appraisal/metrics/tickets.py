"""Metrics of what came of tickets. To add one: say how it reads a ticket, list it in METRICS.

Source of every definition: 2-indicators, with 13-contracts "Fine print: metrics".
"""

from datetime import datetime

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

EVERY = Q()


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


def _volume(request: MetricRequest, cutoff: datetime) -> Reading:
    return Reading(counted=EVERY)


METRICS = (
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
