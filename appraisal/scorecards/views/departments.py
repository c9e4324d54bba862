"""The scorecards of departments: the list, and one card."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appraisal.scorecards import departments
from appraisal.scorecards.permissions import can_view_departments
from appraisal.scorecards.reasons import has_reason
from appraisal.scorecards.views.cards import ask_reason
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import person, render_page
from kpi_portal.people.models import Role


@login_required
@require_safe
def department_scorecards(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not can_view_departments(user):
        raise NotAllowed(_("Scorecards of departments are for their heads, HR and the committee."))
    context = {"rows": departments.rows(user)}
    return render_page(request, "appraisal/departments/list.html", context)


@login_required
@require_safe
def department_scorecard(request: HttpRequest, code: str, department: str) -> HttpResponse:
    user = person(request)
    cards = departments.cards_of(code, department, user)
    wanted = request.GET.get("revision", "")
    found = [card for card in cards if not wanted or str(card.revision) == wanted]
    if not found:
        raise Http404
    card = next((each for each in found if each.is_current), found[0])
    audits = user.has_role(Role.AUDITOR) and not user.has_role(Role.HR)
    if audits and not has_reason(request, card.period):
        return ask_reason(request, code)
    context = departments.card_context(card, cards, user)
    return render_page(request, "appraisal/departments/card.html", context)
