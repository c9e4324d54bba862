"""The records behind one line of a card: which counted, which did not and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import NoReverseMatch, reverse

from appraisal.metrics import METRICS, REASON_LABELS, Shape
from appraisal.metrics.record_lists import RecordList
from appraisal.metrics.records import records
from appraisal.models import Scorecard, ScoreLine
from appraisal.schemes.formulas import unit_of
from appraisal.scorecards.spans import asked_of, owner_of, segment_row, window_of
from kpi_portal.people.models import User
from surveys.models import SatisfactionAnswer
from tickets.models import Ticket

PAGE = 50
LISTS = ("counted", "left_out", "orders")
SCALE = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record for the page. `url` is empty where the reader may not open it.

    `amount` is in the metric's unit: seconds, or points of 100 for an answer; None without.
    `hit` says whether it counts above the line of a rate; None where nothing is hit.
    `exclude_url` is where leaving it out is proposed.
    """

    number: str
    url: str
    at: datetime | date | None
    customer: str
    kind: str
    channel: str
    category: str
    amount: Decimal | None
    hit: bool | None
    reason: str
    exclude_url: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of one of the three lists, and how long each list is now.

    `counts` may differ from what the card says where records came after publication.
    """

    chosen: str
    page: Page[Any]
    rows: list[Any]
    counts: dict[str, int]
    unit: str
    is_late: bool


def record_page(
    card: Scorecard, line: ScoreLine, user: User, *, chosen: str, number: str
) -> RecordPage:
    """The records of `line`, as they stand now, 50 to a page. The card is visible to `user`."""
    found = _records(card, line)
    lists = {"counted": found.counted, "left_out": found.left_out}
    if found.orders is not None:
        lists["orders"] = found.orders
    counts = {name: rows.count() for name, rows in lists.items()}
    chosen = chosen if chosen in lists else "counted"
    page = Paginator(lists[chosen], PAGE).get_page(number)
    metric = METRICS[line.metric]
    is_score = metric.shape is Shape.SCORE
    rows = list(page.object_list)
    if chosen != "orders":
        rows = _rows(rows, user, is_score=is_score)
    return RecordPage(
        chosen=chosen,
        page=page,
        rows=rows,
        counts=counts,
        unit=unit_of(line.metric, line.params),
        is_late=metric.shape not in (Shape.PER_ORDER, Shape.OWN)
        and (counts["counted"], counts["left_out"]) != (line.sample, line.left_out),
    )


def _records(card: Scorecard, line: ScoreLine) -> RecordList:
    asked = asked_of(line)
    segment = segment_row(line, list(card.segments.all()))
    owner = owner_of(card, segment, asked.level)
    return records(asked, owner, window_of(card, segment), card.cutoff)


def _rows(found: Iterable[Any], user: User, *, is_score: bool) -> list[RecordRow]:
    records = list(found)
    tickets = [_ticket_of(each) for each in records]
    readable = _readable([ticket for ticket in tickets if ticket is not None], user)
    return [
        _row(record, ticket, readable, is_score=is_score)
        for record, ticket in zip(records, tickets, strict=True)
    ]


def _ticket_of(record: Any) -> Ticket | None:
    return record if isinstance(record, Ticket) else getattr(record, "ticket", None)


def _readable(tickets: list[Ticket], user: User) -> set[int]:
    ids = [ticket.pk for ticket in tickets]
    return set(Ticket.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def _row(record: Any, ticket: Ticket | None, readable: set[int], *, is_score: bool) -> RecordRow:
    is_answer = isinstance(record, SatisfactionAnswer)
    amount = getattr(record, "amount", None)
    if amount is not None:
        amount = Decimal(amount)
    if is_answer and record.scale:
        amount = Decimal(record.score_e4) * 100 / (SCALE * record.scale)
    reason = getattr(record, "reason", "")
    return RecordRow(
        number=ticket.external_id if ticket else _number_of(record),
        url=_url(ticket) if ticket and ticket.pk in readable else "",
        at=_instant_of(record),
        customer=ticket.customer_mask if ticket else "",
        kind=str(ticket.get_kind_display()) if ticket else "",
        channel=str(ticket.get_channel_display()) if ticket else "",
        category=ticket.category if ticket else "",
        amount=amount,
        hit=getattr(record, "is_hit", None) if not is_score else None,
        reason=str(REASON_LABELS.get(reason, reason)) if reason else "",
        exclude_url=_exclude_url(record) if ticket is None or ticket.pk in readable else "",
    )


def _exclude_url(record: Any) -> str:
    """Where leaving out a ticket or an answer is proposed; empty for other records."""
    if isinstance(record, Ticket):
        return reverse("appraisal:exclude_ticket", args=[record.pk])
    if isinstance(record, SatisfactionAnswer):
        return reverse("appraisal:exclude_answer", args=[record.pk])
    return ""


def _number_of(record: Any) -> str:
    """What a record is called: its number in the source, else in its own words."""
    return str(getattr(record, "number", None) or getattr(record, "external_id", record))


def _instant_of(record: Any) -> Any:
    """The instant or day that the list shows."""
    names = ("answered_at", "invited_at", "at", "created_at")
    return next((value for name in names if (value := getattr(record, name, None))), None)


def _url(ticket: Ticket) -> str:
    try:
        return reverse("tickets:ticket", args=[ticket.pk])
    except NoReverseMatch:
        return ""
