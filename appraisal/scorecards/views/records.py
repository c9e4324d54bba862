"""One line of a card: its explanation as a panel, and the records behind it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from appraisal.models import Scorecard
from appraisal.scorecards import permissions, queries
from appraisal.scorecards.lines import line_views
from appraisal.scorecards.reasons import has_reason
from appraisal.scorecards.records import record_page
from appraisal.scorecards.views.cards import ask_reason, chosen
from kpi_portal.core.http import person, render_page


@login_required
@require_safe
def line(request: HttpRequest, code: str, number: str, position: int) -> HttpResponse:
    card = _card(request, code, number)
    if _must_ask(request, card):
        return ask_reason(request, code)
    context = _context(request, card, position)
    return render_page(request, "appraisal/scorecards/line.html", context, fragment="panel")


@login_required
@require_safe
def records(request: HttpRequest, code: str, number: str, position: int) -> HttpResponse:
    card = _card(request, code, number)
    if _must_ask(request, card):
        return ask_reason(request, code)
    context = _context(request, card, position)
    context["list"] = record_page(
        card,
        context["view"].line,
        person(request),
        chosen=request.GET.get("list", ""),
        number=request.GET.get("page", "1"),
    )
    return render_page(request, "appraisal/scorecards/records.html", context, fragment="records")


def _card(request: HttpRequest, code: str, number: str) -> Scorecard:
    """The revision that the query names, else the one that counts."""
    cards = queries.cards_of(code, number, person(request))
    return chosen(cards, request.GET.get("revision", ""))


def _must_ask(request: HttpRequest, card: Scorecard) -> bool:
    needed = permissions.must_give_reason(person(request), card)
    return needed and not has_reason(request, card.period)


def _context(request: HttpRequest, card: Scorecard, position: int) -> dict[str, Any]:
    segment = request.GET.get("segment", "1")
    for view in line_views(card, queries.lines_of(card)):
        if view.line.position == position and str(view.line.segment) == segment:
            return {"card": card, "employee": card.employee, "period": card.period, "view": view}
    raise Http404
