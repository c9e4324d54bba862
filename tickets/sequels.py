"""What came after a ticket: a further complaint, a further ticket, rework, an order. Knows no
metric.

Each gives tickets whose days after an instant end in a window, or that an instant puts there,
with conditions to ask of them: aliases that cost nothing unless they are asked for.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kpi_portal.core import time
from tickets.models import CustomerOrder, Ticket


def followed_complaints(window: time.Window, cutoff: datetime, days: int) -> QuerySet[Ticket]:
    """Complaints whose `days` after creation end in the window.

    `complained_again`: the customer complained about the same category again within those days
    (the last instant included) and by the cutoff.
    """
    span = timedelta(days=days)
    again = _complaints_after("created_at").filter(created_at__lte=OuterRef("created_at") + span)
    rows = Ticket.objects.filter(
        kind=Ticket.Kind.COMPLAINT,
        created_at__gte=window.start - span,
        created_at__lt=window.end - span,
        created_at__lte=cutoff,
    )
    return rows.alias(complained_again=Exists(again.filter(created_at__lte=cutoff)))


def followed_resolutions(window: time.Window, cutoff: datetime, days: int) -> QuerySet[Ticket]:
    """Tickets whose `days` after the resolution end in the window.

    Within those days (the last instant included) and by the cutoff, `came_back`: the customer
    had a further ticket of the category; `redone`: a ticket of the same source names this one as
    what it redoes; `bought_again`: the customer ordered.
    """
    span = timedelta(days=days)
    rows = Ticket.objects.filter(
        resolved_at__gte=window.start - span,
        resolved_at__lt=window.end - span,
        resolved_at__lte=cutoff,
        created_at__lte=cutoff,
    )
    next_ones = _after("resolved_at", span, cutoff).filter(
        customer_hash=OuterRef("customer_hash"), customer_hash__gt="",
        category=OuterRef("category"),
    )  # fmt: skip
    rework = _after("resolved_at", span, cutoff).filter(
        source=OuterRef("source"), rework_of=OuterRef("external_id"), rework_of__gt=""
    )
    orders = CustomerOrder.objects.filter(
        customer_hash=OuterRef("customer_hash"),
        ordered_at__gt=OuterRef("resolved_at"),
        ordered_at__lte=OuterRef("resolved_at") + span,
    ).filter(ordered_at__lte=cutoff)
    return rows.alias(
        came_back=Exists(next_ones), redone=Exists(rework), bought_again=Exists(orders)
    )


def with_complaints_since(rows: QuerySet[Ticket], cutoff: datetime) -> QuerySet[Ticket]:
    """`complained_since`: the customer complained about the same category after the creation and
    by the cutoff.
    """
    again = _complaints_after("created_at").filter(created_at__lte=cutoff)
    return rows.alias(complained_since=Exists(again))


def _complaints_after(instant: str) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        kind=Ticket.Kind.COMPLAINT,
        customer_hash=OuterRef("customer_hash"),
        category=OuterRef("category"),
        created_at__gt=OuterRef(instant),
    )


def _after(instant: str, span: timedelta, cutoff: Any) -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(
        created_at__gt=OuterRef(instant), created_at__lte=OuterRef(instant) + span
    )
    return rows.filter(created_at__lte=cutoff)
