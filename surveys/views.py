"""Satisfaction answers: the list, and those of one ticket."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import person, render_page
from surveys import queries
from surveys.forms import AnswerFilter
from surveys.models import SatisfactionAnswer
from surveys.permissions import can_read_comment, can_view_answers
from tickets.models import Ticket

PAGE = 50


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Answers that the reader may see, filtered by the address."""
    viewer = person(request)
    if not can_view_answers(viewer):
        raise NotAllowed(_("Your roles do not include the satisfaction answers."))
    form = AnswerFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = Paginator(queries.answers(viewer, wanted), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(each, each.comment if can_read_comment(viewer, each) else "") for each in page],
        "clear_url": reverse("surveys:index") if any(wanted.values()) else "",
    }
    return render_page(request, "surveys/answers.html", context, fragment="table")


@require_safe
@login_required
def of_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The answers on one ticket, a part of the ticket's page."""
    viewer = person(request)
    ticket = get_object_or_404(Ticket.objects.visible_to(viewer), pk=ticket_id)
    answers = SatisfactionAnswer.objects.visible_to(viewer).filter(ticket=ticket)
    rows = [
        (each, each.comment if can_read_comment(viewer, each) else "")
        for each in answers.select_related("agent")
    ]
    context = {"rows": rows, "may_view": can_view_answers(viewer)}
    return render_page(request, "surveys/of_ticket.html", context)
