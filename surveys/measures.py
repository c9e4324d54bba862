"""What metrics ask of the satisfaction answers and of the invitations. Knows no metric."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kpi_portal.core.time import Window
from surveys.models import DimensionScore, SatisfactionAnswer, SurveyInvitation
from tickets import measures


def answered(window: Window, cutoff: datetime) -> QuerySet[SatisfactionAnswer]:
    """Answers given in the window and by the cutoff."""
    rows = SatisfactionAnswer.objects.filter(answered_at__gte=window.start)
    return rows.filter(answered_at__lt=window.end, answered_at__lte=cutoff)


def invited(window: Window, cutoff: datetime) -> QuerySet[SurveyInvitation]:
    """Invitations sent in the window and by the cutoff."""
    rows = SurveyInvitation.objects.filter(invited_at__gte=window.start)
    return rows.filter(invited_at__lt=window.end, invited_at__lte=cutoff)


def dimension_scores(window: Window, cutoff: datetime) -> QuerySet[DimensionScore]:
    """What answers given in the window and by the cutoff say about dimensions."""
    rows = DimensionScore.objects.filter(answer__answered_at__gte=window.start)
    return rows.filter(answer__answered_at__lt=window.end, answer__answered_at__lte=cutoff)


def is_first_of(dimensions: Sequence[str]) -> Q:
    """Of each answer's scores in `dimensions`, one: so that answers can be counted."""
    earlier = DimensionScore.objects.filter(
        answer_id=OuterRef("answer_id"), dimension__in=tuple(dimensions), id__lt=OuterRef("id")
    )
    return Q(dimension__in=tuple(dimensions)) & ~Q(Exists(earlier))


def has_any_of(dimensions: Sequence[str]) -> Q:
    """Answers that say something about one of `dimensions`."""
    scores = DimensionScore.objects.filter(
        answer_id=OuterRef("id"), dimension__in=tuple(dimensions)
    )
    return Q(Exists(scores))


def narrowed(filters: Sequence[tuple[str, Sequence[str]]], prefix: str = "") -> Q:
    """The condition of filters `(name, values)` on answers or invitations.

    The channel is the record's own, else its ticket's; all else is the ticket's, so that an
    answer without a ticket passes no other filter. `prefix` leads to the answer.
    """
    condition = Q()
    for name, values in filters:
        of_ticket = measures.narrowed([(name, values)], f"{prefix}ticket__")
        if name == "channel":
            own: dict[str, Any] = {f"{prefix}channel__in": tuple(values)}
            condition &= Q(**own) | Q(**{f"{prefix}channel": ""}) & of_ticket
        else:
            condition &= of_ticket
    return condition
