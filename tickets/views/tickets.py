"""The list of tickets and one ticket."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import person, render_page
from tickets import queries
from tickets.forms import TicketFilter
from tickets.models import Ticket
from tickets.pages import facts_of
from tickets.permissions import can_import, can_view_tickets

PAGE = 50


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Tickets that the reader may see, filtered by the address."""
    viewer = person(request)
    if not can_view_tickets(viewer):
        raise NotAllowed(_("Your roles do not include the list of tickets."))
    form = TicketFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = queries.tickets(viewer, wanted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "clear_url": reverse("tickets:tickets") if any(wanted.values()) else "",
        "may_import": can_import(viewer),
    }
    return render_page(request, "tickets/tickets.html", context, fragment="table")


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One ticket with everything that its source reported."""
    viewer = person(request)
    rows = Ticket.objects.visible_to(viewer).select_related(
        "agent", "first_agent", "department", "last_import"
    )
    ticket = get_object_or_404(rows, pk=pk)
    context = {
        "ticket": ticket,
        "groups": facts_of(ticket),
        "may_import": can_import(viewer),
    }
    return render_page(request, "tickets/ticket.html", context)
