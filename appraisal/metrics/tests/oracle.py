"""Every metric worked out again, one record after the other, from plain rows.

It knows neither the product's conditions nor its whole seconds: it looks at the world as it was
at the cutoff and does what 2-indicators says.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tickets.models import Ticket

Verdict = str | int | Fraction | bool


class Expected(NamedTuple):
    """What a measurement must say."""

    value: Decimal | None
    numerator: Fraction
    denominator: int
    sample: int
    reasons: dict[str, int]


@dataclass(frozen=True)
class View:
    """The period, how far the run looks, and the parameters."""

    start: datetime
    end: datetime
    cutoff: datetime
    threshold: int = 60
    days: int = 30

    def seen(self, instant: datetime | None) -> datetime | None:
        return instant if instant is not None and instant <= self.cutoff else None

    def holds(self, instant: datetime | None) -> bool:
        return instant is not None and self.start <= instant < self.end


def four(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def span(start: datetime, end: datetime) -> int | str:
    return "contradictory" if end < start else round((end - start).total_seconds())


def first_response(ticket: Ticket, view: View) -> Verdict:
    answered = view.seen(ticket.first_response_at)
    if answered is not None:
        return span(ticket.created_at, answered)
    never = not ticket.reports_response and ticket.first_response_at is None
    return "missing" if never else "unanswered"


def within(ticket: Ticket, view: View) -> Verdict:
    seconds = first_response(ticket, view)
    if seconds == "unanswered":
        due = ticket.created_at + timedelta(seconds=view.threshold)
        return False if due <= view.cutoff else "pending"
    return seconds if isinstance(seconds, str) else seconds <= view.threshold


def late(ticket: Ticket, view: View) -> Verdict:
    verdict = within(ticket, view)
    return verdict if isinstance(verdict, str) else not verdict


def full(ticket: Ticket, view: View) -> Verdict:
    assert ticket.resolved_at
    return span(ticket.created_at, ticket.resolved_at)


def until_last(ticket: Ticket, view: View) -> Verdict:
    last = ticket.last_resolved_at or ticket.resolved_at
    assert last
    return "pending" if last > view.cutoff else span(ticket.created_at, last)


def until_solution(ticket: Ticket, view: View) -> Verdict:
    ends = [ticket.resolved_at, view.seen(ticket.solution_given_at)]
    return span(ticket.created_at, min(end for end in ends if end))


def active(ticket: Ticket, view: View) -> Verdict:
    answered = view.seen(ticket.first_response_at)
    assert ticket.resolved_at
    return "missing" if answered is None else span(answered, ticket.resolved_at)


def known(value: Any, hit: bool) -> Verdict:
    return "missing" if value is None else hit


def fcr(ticket: Ticket, view: View) -> Verdict:
    if ticket.first_contact is not None:
        return ticket.first_contact
    signs: dict[str, Callable[[Any], bool]] = {
        "contacts": lambda n: n <= 1,
        "reopens": lambda n: n == 0,
        "transfers": lambda n: n == 0,
        "escalated": lambda flag: not flag,
    }
    found = [
        good(getattr(ticket, name))
        for name, good in signs.items()
        if getattr(ticket, name) is not None
    ]
    return all(found) if found else "missing"


def resolution(ticket: Ticket, view: View) -> Verdict:
    if not ticket.reports_resolution and ticket.resolved_at is None:
        return "missing"
    return view.seen(ticket.resolved_at) is not None


def sla(ticket: Ticket, view: View) -> Verdict:
    assert ticket.promised_at
    if not ticket.reports_resolution and ticket.resolved_at is None:
        return "missing"
    done = view.seen(ticket.resolved_at)
    if done is None and ticket.promised_at > view.cutoff:
        return "pending"
    return done is not None and done <= ticket.promised_at


def repeat(ticket: Ticket, view: View, everything: Iterable[Ticket]) -> Verdict:
    if not ticket.customer_hash or not ticket.category:
        return "missing"
    closes = ticket.created_at + timedelta(days=view.days)
    if closes > view.cutoff:
        return "pending"
    return any(
        other.kind == "complaint"
        and other.customer_hash == ticket.customer_hash
        and other.category == ticket.category
        and ticket.created_at < other.created_at <= closes
        for other in everything
    )


CREATED: dict[str, Callable[[Ticket, View], Verdict]] = {
    "frt_mean": first_response,
    "frt_median": first_response,
    "frt_within": within,
    "frt_timeout": late,
    "talk_mean": lambda t, v: "missing" if t.handle_seconds is None else t.handle_seconds,
    "resolution": resolution,
    "escalation": lambda t, v: known(t.escalated, bool(t.escalated)),
    "transfer": lambda t, v: known(t.transfers, bool(t.transfers)),
}
RESOLVED: dict[str, Callable[[Ticket, View], Verdict]] = {
    "aht_full": full,
    "aht_full?until=last": until_last,
    "aht_full?until=solution": until_solution,
    "aht_active": active,
    "fcr": fcr,
    "reopen": lambda t, v: known(t.reopens, bool(t.reopens)),
    "volume": lambda t, v: 1,
}
BY_FIRST_AGENT = {
    "frt_mean",
    "frt_median",
    "frt_within",
    "frt_timeout",
    "fcr",
    "escalation",
    "transfer",
}


def owner_id(metric: str, ticket: Ticket) -> int | None:
    if metric.partition("?")[0] in BY_FIRST_AGENT and ticket.first_agent_id:
        return ticket.first_agent_id
    return ticket.agent_id


def verdicts(metric: str, tickets: Iterable[Ticket], view: View) -> list[tuple[Ticket, Verdict]]:
    """Each ticket that the anchor puts into the period, and what becomes of it."""
    world = [ticket for ticket in tickets if ticket.created_at <= view.cutoff]
    if metric in CREATED:
        return [(t, CREATED[metric](t, view)) for t in world if view.holds(t.created_at)]
    if metric in RESOLVED:
        done = [t for t in world if view.holds(view.seen(t.resolved_at))]
        return [(t, RESOLVED[metric](t, view)) for t in done]
    if metric == "sla_met":
        return [(t, sla(t, view)) for t in world if view.holds(t.promised_at)]
    assert metric == "repeat_complaint"
    return [
        (t, repeat(t, view, world))
        for t in world
        if t.kind == "complaint" and view.holds(t.created_at + timedelta(days=view.days))
    ]


def expected(metric: str, outcomes: Iterable[Verdict]) -> Expected | None:
    """The measurement over the outcomes of one owner; None without a single record."""
    listed = list(outcomes)
    if not listed:
        return None
    reasons = dict(Counter(each for each in listed if isinstance(each, str)))
    counted = [Fraction(each) for each in listed if not isinstance(each, str)]
    if not counted:
        return Expected(None, Fraction(0), 0, 0, reasons)
    top, size = sum(counted, Fraction(0)), len(counted)
    if metric == "volume":
        return Expected(four(Fraction(size)), Fraction(size), 1, size, reasons)
    if metric == "frt_median":
        ordered = sorted(counted)
        middle = (ordered[(size - 1) // 2] + ordered[size // 2]) / 2
        return Expected(four(middle), top, size, size, reasons)
    is_rate = all(isinstance(each, bool) for each in listed if not isinstance(each, str))
    value = top / size * (100 if is_rate else 1)
    return Expected(four(value), top, size, size, reasons)
