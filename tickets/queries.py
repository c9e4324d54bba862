"""Reading tickets for lists, details and the search."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kpi_portal.core.search import SearchHit
from kpi_portal.core.time import midnight
from kpi_portal.people.models import User
from kpi_portal.people.queries import zone
from kpi_portal.people.todo import Todo
from tickets.importing.converters import plain
from tickets.models import Import, Ticket
from tickets.models.visibility import TicketQuerySet
from tickets.permissions import can_import, can_view_tickets

EXACT = ("kind", "channel", "status", "source")


def tickets(user: User, wanted: Mapping[str, Any]) -> TicketQuerySet:
    """Tickets that `user` may see, newest first, narrowed by the fields of `TicketFilter`.

    Agents, departments come with them: two statements for a page, however long.
    """
    rows = Ticket.objects.visible_to(user).filter(_condition(wanted))
    return rows.select_related("agent", "first_agent", "department")


def _condition(wanted: Mapping[str, Any]) -> Q:
    condition = Q()
    if start := wanted.get("from"):
        condition &= Q(created_at__gte=midnight(start, zone()))
    if end := wanted.get("to"):
        condition &= Q(created_at__lt=midnight(end + timedelta(days=1), zone()))
    for name in EXACT:
        if value := wanted.get(name):
            condition &= Q(**{name: value})
    if agent := wanted.get("agent"):
        text = plain(agent)
        who = Q(agent__number=text) | Q(agent__name=text)
        condition &= who | Q(first_owner__number=text) | Q(first_owner__name=text)
    if number := wanted.get("q"):
        condition &= Q(external_id__startswith=plain(number))
    if brought := wanted.get("import"):
        condition &= Q(last_import_id=brought)
    return condition


def sources() -> list[str]:
    """The source systems that tickets came from, by name."""
    names = Import.objects.filter(kind=Import.Kind.TICKETS).exclude(source="")
    return sorted(set(names.order_by().values_list("source", flat=True)))


def search(user: User, text: str, limit: int) -> list[SearchHit]:
    """Tickets by the beginning of their number."""
    if not can_view_tickets(user):
        return []
    rows = Ticket.objects.visible_to(user).filter(external_id__startswith=plain(text))
    return [
        SearchHit(
            kind=_("tickets"),
            title=ticket.external_id,
            url=reverse("tickets:ticket", args=[ticket.pk]),
            detail=" · ".join(
                str(part)
                for part in (ticket.source, ticket.get_kind_display(), ticket.category)
                if part
            ),
        )
        for ticket in rows.order_by("external_id", "id")[:limit]
    ]


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """Uploaded files that somebody has checked or begun, but not imported yet."""
    if not can_import(user):
        return []
    open_imports = Import.objects.filter(
        requested_by=user,
        state__in=(Import.State.UPLOADED, Import.State.CHECKED),
        requested_at__gte=now - timedelta(days=14),
    )
    return [
        Todo(
            title=_("The file “%(name)s” waits to be imported") % {"name": each.file_name},
            url=reverse("tickets:import", args=[each.pk]),
            due_on=None,
            kind="tickets.import",
        )
        for each in open_imports
    ]


def imports(user: User) -> Any:
    """Earlier imports, newest first; nobody sees those who may not import."""
    rows = Import.objects.select_related("requested_by", "requested_by__employee")
    return rows if can_import(user) else rows.none()
