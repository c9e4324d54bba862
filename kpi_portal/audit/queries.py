"""Reading the trail for pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from kpi_portal.audit.models import Event, Head
from kpi_portal.audit.permissions import can_view_trail


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that an act changed; None: not there."""

    name: str
    old: Any
    new: Any


def events_for(user: Any) -> QuerySet[Event]:
    """The events that `user` may see, newest first."""
    events = Event.objects.select_related("actor")
    return events if can_view_trail(user) else events.filter(actor=user)


def filtered(
    events: QuerySet[Event],
    *,
    who: str = "",
    act: str = "",
    object_type: str = "",
    object_id: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Event]:
    """`who` is part of a name, `act` a beginning; `until` is the last day that counts."""
    if who:
        events = events.filter(actor_name__icontains=who)
    if act:
        events = events.filter(act__startswith=act)
    if object_type:
        events = events.filter(object_type=object_type)
    if object_id:
        events = events.filter(object_id=object_id)
    if since:
        events = events.filter(at__gte=_midnight(since))
    if until:
        events = events.filter(at__lt=_midnight(until + timedelta(days=1)))
    return events


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def changes_of(event: Event) -> list[Change]:
    """What the event changed, entry by entry."""
    names = list(dict.fromkeys([*event.before, *event.after]))
    return [Change(name, event.before.get(name), event.after.get(name)) for name in names]


def sealed_count() -> int:
    """How many events are numbered and chained."""
    head = Head.objects.filter(pk=1).first()
    return head.sequence if head else 0
