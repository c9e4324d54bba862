"""Metrics of what came after a ticket, within a window of days. To add one: say how it reads a
ticket with the conditions of tickets/sequels.py, list it in METRICS.

A window that is still open at the cutoff says nothing yet, whatever it holds so far. Source of
every definition: 2-indicators, with 13-contracts "Fine print: metrics".
"""

from datetime import datetime, timedelta

from django.db.models import Q
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
from appraisal.metrics.parameters import WINDOW, window

NAMELESS = Q(customer_hash="") | Q(category="")
NAMED = ~Q(customer_hash="") & ~Q(category="")
EVERY = Q()


def _reading(
    request: MetricRequest, cutoff: datetime, since: str, known: Q, missing: Q | None, hit: Q
) -> Reading:
    """Known records whose window is over; `since` is the instant from which it runs."""
    latest = cutoff - timedelta(days=int(request["window"]))
    is_over, is_open = Q(**{f"{since}__lte": latest}), Q(**{f"{since}__gt": latest})
    left_out = {Reason.PENDING: known & is_open}
    if missing is not None:
        left_out[Reason.MISSING] = missing
    return Reading(counted=known & is_over, left_out=left_out, hit=known & is_over & hit)


def _repeat(request: MetricRequest, cutoff: datetime) -> Reading:
    again = Q(complained_again=True)
    return _reading(request, cutoff, "created_at", NAMED, NAMELESS, again)


def _one_touch(request: MetricRequest, cutoff: datetime) -> Reading:
    """Contacts that are not recorded count as one."""
    at_once = (Q(contacts__isnull=True) | Q(contacts__lte=1)) & Q(reopens=0)
    return _reading(
        request,
        cutoff,
        "resolved_at",
        NAMED & Q(reopens__isnull=False),
        NAMELESS | Q(reopens__isnull=True),
        at_once & ~Q(came_back=True),
    )


def _rework(request: MetricRequest, cutoff: datetime) -> Reading:
    """Whether a source tells of rework at all is seen on the ticket itself."""
    return _reading(
        request,
        cutoff,
        "resolved_at",
        Q(rework_of__isnull=False),
        Q(rework_of__isnull=True),
        Q(redone=True),
    )


def _first_pass(request: MetricRequest, cutoff: datetime) -> Reading:
    """Where the customer was not asked, only rework tells; where neither is told, nothing."""
    accepted = Q(accepted__isnull=True) | Q(accepted=True)
    return _reading(
        request,
        cutoff,
        "resolved_at",
        Q(rework_of__isnull=False) | Q(accepted__isnull=False),
        Q(rework_of__isnull=True, accepted__isnull=True),
        accepted & ~Q(redone=True),
    )


def _repurchase(request: MetricRequest, cutoff: datetime) -> Reading:
    """Of each customer it is enough that an order followed one of the tickets."""
    known = ~Q(customer_hash="")
    again = Q(bought_again=True)
    return _reading(request, cutoff, "resolved_at", known, Q(customer_hash=""), again)


METRICS = (
    Metric(
        key="one_touch",
        label=_("One-touch resolution"),
        definition=_(
            "Tickets resolved with one contact, not reopened, and without a new ticket of that "
            "customer in that category within the window, of the resolved ones whose window "
            "ended in the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.WINDOW_END,
        since="resolved_at",
        shape=Shape.RATE,
        read=_one_touch,
        params=(window(7, _("follow-up window")),),
        source="ecommerce",
    ),
    Metric(
        key="rework",
        label=_("Rework rate"),
        definition=_(
            "Tickets that another ticket within the window names as what it redoes, of the "
            "resolved ones whose window ended in the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.DOWN,
        anchor=Anchor.WINDOW_END,
        since="resolved_at",
        shape=Shape.RATE,
        read=_rework,
        params=(window(30, _("rework window")),),
        source="aftersales",
    ),
    Metric(
        key="first_pass",
        label=_("First-pass yield"),
        definition=_(
            "Tickets neither redone within the window nor rejected by the customer where asked, "
            "of the resolved ones whose window ended in the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.WINDOW_END,
        since="resolved_at",
        shape=Shape.RATE,
        read=_first_pass,
        params=(window(30, _("rework window")),),
        source="aftersales",
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
        since="created_at",
        shape=Shape.RATE,
        read=_repeat,
        params=(WINDOW,),
        source="complaints",
    ),
    Metric(
        key="repurchase",
        label=_("Repurchase after service"),
        definition=_(
            "Customers served who ordered again within the window after a ticket of theirs was "
            "resolved, of the customers served whose window ended in the period."
        ),
        unit=Unit.PERCENT,
        direction=Direction.UP,
        anchor=Anchor.WINDOW_END,
        since="resolved_at",
        shape=Shape.CUSTOMERS,
        read=_repurchase,
        params=(window(90, _("repurchase window")),),
        source="aftersales, ecommerce",
    ),
)
