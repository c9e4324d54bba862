"""What metrics ask of the satisfaction answers. Knows no metric."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from kpi_portal.core.time import Window
from surveys.models import SatisfactionAnswer
from tickets import measures


def answered(window: Window, cutoff: datetime) -> QuerySet[SatisfactionAnswer]:
    """Answers given in the window and by the cutoff."""
    rows = SatisfactionAnswer.objects.filter(answered_at__gte=window.start)
    return rows.filter(answered_at__lt=window.end, answered_at__lte=cutoff)


def narrowed(filters: Sequence[tuple[str, Sequence[str]]]) -> Q:
    """The condition of filters `(name, values)` on answers.

    The channel is the answer's own, else its ticket's; all else is the ticket's, so that an
    answer without a ticket passes no other filter.
    """
    condition = Q()
    for name, values in filters:
        of_ticket = measures.narrowed([(name, values)], "ticket__")
        if name == "channel":
            condition &= Q(channel__in=tuple(values)) | Q(channel="") & of_ticket
        else:
            condition &= of_ticket
    return condition
