"""My scorecard: the list, the card, the projection of the running period, acknowledgement."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appraisal.models import Period, Scorecard
from appraisal.scorecards import permissions, queries, services
from appraisal.scorecards.forms import CommentForm
from appraisal.scorecards.page import card_context, projection_context
from appraisal.scorecards.projection import projection
from appraisal.scorecards.reasons import has_reason
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import User


@login_required
@require_safe
def scorecards(request: HttpRequest) -> HttpResponse:
    user = person(request)
    running = [
        period
        for period in Period.objects.filter(state=Period.State.OPEN).order_by("cycle")
        if permissions.can_view_projection(user, period)
    ]
    context = {"rows": queries.own_rows(user), "running": running}
    return render_page(request, "appraisal/scorecards/list.html", context)


@login_required
@require_safe
def own_scorecard(request: HttpRequest, code: str) -> HttpResponse:
    employee = person(request).employee
    if employee is None:
        raise Http404
    return redirect("appraisal:scorecard", code, employee.number)


@login_required
@require_safe
def scorecard(request: HttpRequest, code: str, number: str) -> HttpResponse:
    user = person(request)
    cards = queries.cards_of(code, number, user)
    if not cards:
        return _projection(request, user, code, number)
    card = chosen(cards, request.GET.get("revision", ""))
    if permissions.must_give_reason(user, card) and not has_reason(request, card.period):
        return ask_reason(request, code)
    services.mark_read(card, by=user, at=timezone.now())
    context = card_context(card, cards, user)
    return render_page(request, "appraisal/scorecards/card.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, code: str, number: str) -> HttpResponse:
    card = _acknowledged(request, code, number)
    services.confirm(card, by=person(request), at=timezone.now())
    messages.success(request, _("Noted that you have read this scorecard."))
    return go_to(request, queries.url_of(card))


@login_required
@require_POST
def comment(request: HttpRequest, code: str, number: str) -> HttpResponse:
    card = _acknowledged(request, code, number)
    form = CommentForm(request.POST)
    if not form.is_valid():
        cards = queries.cards_of(code, number, person(request))
        context = card_context(card, cards, person(request), comment_form=form)
        return render_page(request, "appraisal/scorecards/card.html", context, status=422)
    text = form.cleaned_data["comment"]
    services.comment(card, text, by=person(request), at=timezone.now())
    messages.success(request, _("Your comment was stored."))
    return go_to(request, queries.url_of(card))


def ask_reason(request: HttpRequest, code: str) -> HttpResponse:
    """Send an auditor to write down why, and back here."""
    url = reverse("appraisal:score_reason", args=[code])
    return redirect(f"{url}?{urlencode({'next': request.get_full_path()})}")


def chosen(cards: list[Scorecard], revision: str) -> Scorecard:
    """The revision asked for, else the one that counts."""
    if not cards:
        raise Http404
    if not revision:
        return next((card for card in cards if card.is_current), cards[0])
    for card in cards:
        if str(card.revision) == revision:
            return card
    raise Http404


def _acknowledged(request: HttpRequest, code: str, number: str) -> Scorecard:
    """The newest revision, if the reader is its employee."""
    cards = queries.cards_of(code, number, person(request))
    if not cards:
        raise Http404
    card = chosen(cards, "")
    if not permissions.can_acknowledge(person(request), card):
        raise NotAllowed(_("Only the employee confirms or comments on a scorecard."))
    return card


def _projection(request: HttpRequest, user: User, code: str, number: str) -> HttpResponse:
    period = Period.objects.filter(code=code).first()
    employee = user.employee
    if period is None or employee is None or employee.number != number:
        raise Http404
    if not permissions.can_view_projection(user, period):
        raise Http404
    found = projection(period, employee, timezone.now())
    context: dict[str, Any] = projection_context(period, employee, found)
    return render_page(request, "appraisal/scorecards/projection.html", context)
