"""The trail for auditors and administrators, and one's own part of it for everybody."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kpi_portal.audit import permissions, queries, words
from kpi_portal.audit.forms import TrailFilter
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import person, render_page

PER_PAGE = 50


@require_safe
@login_required
def trail(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not permissions.can_view_trail(user):
        raise NotAllowed(_("Only administrators and auditors see the whole audit trail."))
    return _page(request, queries.events_for(user), "audit/list.html")


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    own = Event.objects.select_related("actor").filter(actor=person(request))
    return _page(request, own, "audit/mine.html")


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    event = get_object_or_404(queries.events_for(user), pk=pk)
    values = permissions.can_view_values(user, event)
    context = {
        "event": event,
        "act": words.act_label(event.act),
        "changes": queries.changes_of(event) if values else [],
        "sees_values": values,
        "sees_trail": permissions.can_view_trail(user),
    }
    return render_page(request, "audit/detail.html", context)


def _page(request: HttpRequest, events: QuerySet[Event], template: str) -> HttpResponse:
    form = TrailFilter(request.GET or None)
    chosen: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = Paginator(queries.filtered(events, **chosen), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": page,
        "rows": [(event, words.act_label(event.act)) for event in page],
        "is_filtered": any(chosen.values()),
        "sealed": queries.sealed_count(),
    }
    return render_page(request, template, context)
