"""Records that approved exclusions take out of metrics.

A ticket's exclusion takes its answers out, too, of the metrics that it names. A span goes by the
record's anchor; where that is the end of a window, by the instant from which the window runs.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Q, When
from django.db.models.lookups import Exact

from appraisal.metrics.base import Anchor, Metric
from appraisal.models.corrections import Decision, Exclusion
from kpi_portal.core.time import Window
from surveys import measures as answers

LONGEST = timedelta(days=366)  # of a metric's window
TICKET_INSTANTS = ("created_at", "resolved_at", "promised_at", "appointment_at")


class Row(NamedTuple):
    """One approved exclusion: of a ticket, of an answer, or of a span."""

    metrics: tuple[str, ...]
    ticket: int | None
    answer: int | None
    starts: datetime | None
    ends: datetime | None
    channel: str
    department: int | None


Exclusions = tuple[Row, ...]


def approved(window: Window, decided_by: datetime | None = None) -> Exclusions:
    """The exclusions that may concern records of the window, in one statement.

    `decided_by`: only those approved not later than this.
    """
    start, end = window.start - LONGEST, window.end
    near = Q(answer__answered_at__gte=start, answer__answered_at__lt=end)
    near |= Q(starts_at__lt=end, ends_at__gt=start)
    for name in TICKET_INSTANTS:
        near |= Q(**{f"ticket__{name}__gte": start, f"ticket__{name}__lt": end})
    near |= Q(ticket__answers__answered_at__gte=start, ticket__answers__answered_at__lt=end)
    rows = Exclusion.objects.filter(near, state=Decision.APPROVED).order_by("id")
    if decided_by is not None:
        rows = rows.filter(decided_at__lte=decided_by)
    columns = ("metrics", "ticket", "answer", "starts_at", "ends_at", "channel", "department")
    found = (Row(tuple(row[0]), *row[1:]) for row in rows.values_list(*columns))
    return tuple(dict.fromkeys(found))


def condition(exclusions: Exclusions, metric: Metric, prefix: str, instant: str) -> Q | None:
    """What the excluded records of a metric meet; None where there can be none.

    `prefix` leads from the rows to the answer where they are its dimensions. The rows need the
    alias `home` for spans of a department.
    """
    rows = [row for row in exclusions if not row.metrics or metric.key in row.metrics]
    tickets = {row.ticket for row in rows if row.ticket is not None}
    answered = {row.answer for row in rows if row.answer is not None}
    parts = []
    if metric.anchor in (Anchor.ANSWERED, Anchor.INVITED):
        parts += _among(f"{prefix}ticket_id", tickets)
        if metric.anchor is Anchor.ANSWERED:
            parts += _among("answer_id" if prefix else "id", answered)
    else:
        parts += _among("id", tickets)
    is_survey = metric.anchor in (Anchor.ANSWERED, Anchor.INVITED)
    parts += [
        _span(row, prefix, instant, is_survey=is_survey) for row in rows if row.starts is not None
    ]
    if not parts:
        return None
    found = parts[0]
    for part in parts[1:]:
        found |= part
    # What is unknown (a channel, a department) is not excluded: never NULL.
    return Q(Exact(Case(When(found, then=1), default=0, output_field=IntegerField()), 1))


def _among(field: str, ids: Collection[int]) -> list[Q]:
    """No part where there is nothing."""
    return [Q(**{f"{field}__in": sorted(ids)})] if ids else []


def _span(row: Row, prefix: str, instant: str, *, is_survey: bool) -> Q:
    inside: dict[str, Any] = {
        f"{prefix}{instant}__gte": row.starts,
        f"{prefix}{instant}__lt": row.ends,
    }
    if row.department is not None:
        inside["home"] = row.department
    found = Q(**inside)
    if not row.channel:
        return found
    if is_survey:
        return found & answers.narrowed([("channel", (row.channel,))], prefix)
    return found & Q(channel=row.channel)
