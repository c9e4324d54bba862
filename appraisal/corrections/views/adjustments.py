"""Proposing an adjustment on a card, and one proposal with its effect and decision."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appraisal.corrections import adjusting, effects, permissions, queries
from appraisal.corrections.forms import AdjustForm, DecisionForm
from appraisal.corrections.views.answers import take
from appraisal.corrections.words import ORIGINS
from appraisal.models import AdjustmentRequest, Decision, Scorecard
from appraisal.scorecards.services import BadAdjustment
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import User
from kpi_portal.people.permissions import require_fresh


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjust(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Propose new points for somebody's newest card of a period."""
    user = person(request)
    card = _card(user, code, number)
    if not permissions.can_propose_adjustment(user, card):
        raise NotAllowed(_("Adjustments are proposed by the supervisor or by HR."))
    lines = list(card.lines.all())
    form = AdjustForm(card, lines, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = take(
            form,
            lambda: adjusting.propose(
                card,
                line=form.line,
                points=given["points"],
                origin=given["origin"],
                reason=given["reason"],
                by=user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("The proposal waits for another person's decision."))
            return go_to(request, "appraisal:adjustment", made.pk)
    context = {"card": card, "period": card.period, "employee": card.employee, "form": form}
    status = 422 if form.errors else 200
    return render_page(request, "appraisal/corrections/adjust.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what it would change, and the decision."""
    user, found = person(request), _visible(request, pk)
    may_decide = permissions.can_decide_adjustment(user, found)
    context = _context(user, found)
    form = DecisionForm(request.POST or None, initial={"shown": context["shown"]})
    if request.method == "POST":
        if not may_decide:
            raise NotAllowed(_("This proposal is for another person of HR to decide."))
        require_fresh(request)
        decide = partial(_decide, user, found)
        if form.is_valid() and take(form, lambda: decide(form.cleaned_data)) is not None:
            messages.success(request, _("Your decision has been recorded."))
            return go_to(request, "appraisal:adjustment", pk)
        context = _context(user, _visible(request, pk))
        form.data = dict(form.data.items()) | {"shown": context["shown"]}
    context |= {"form": form, "may_decide": may_decide}
    status = 422 if form.errors else 200
    return render_page(request, "appraisal/corrections/adjustment.html", context, status=status)


@login_required
@require_POST
def withdraw_adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    adjusting.withdraw(_visible(request, pk).pk, by=person(request), at=timezone.now())
    messages.success(request, _("The proposal has been withdrawn."))
    return go_to(request, "appraisal:adjustment", pk)


def _decide(user: User, found: AdjustmentRequest, given: dict[str, Any]) -> AdjustmentRequest:
    at = timezone.now()
    if given["decision"] == "approve":
        return adjusting.approve(
            found.pk, shown=given["shown"], by=user, at=at, reason=given["reason"]
        )
    return adjusting.refuse(found.pk, by=user, at=at, reason=given["reason"])


def _context(user: User, found: AdjustmentRequest) -> dict[str, Any]:
    card = adjusting.newest_card(found.period, found.employee_id)
    effect, problem = _effect(found, card)
    return {
        "found": found,
        "card": card,
        "origin": ORIGINS.get(found.origin, found.origin),
        "effects": [queries.adjustment_effect(found, effect)],
        "problem": problem,
        "shown": effect.get("final_after") or "",
        "is_decidable": found.period.state in ("calculated", "published"),
        "may_withdraw": permissions.can_withdraw(user, found),
    }


def _effect(found: AdjustmentRequest, card: Scorecard | None) -> tuple[dict[str, Any], str]:
    """The effect as of now of an open proposal, else what was decided on; and why it cannot
    be applied any more, "" if it can."""
    if found.state != Decision.PROPOSED or card is None:
        return found.effect, ""
    line = None
    if found.indicator_id is not None:
        line = effects.line_of(card, found.indicator_id, found.segment)
        if line is None:
            return found.effect, _("The scorecard has no such line any more.")
    try:
        return effects.of_adjustment(card, line, found.points), ""
    except BadAdjustment as error:
        return found.effect, str(error.message)


def _card(user: User, code: str, number: str) -> Scorecard:
    rows = Scorecard.objects.visible_to(user).filter(period__code=code, employee__number=number)
    seen = rows.select_related("period").first()
    if seen is None:
        raise Http404
    card = adjusting.newest_card(seen.period, seen.employee_id)
    assert card is not None
    return card


def _visible(request: HttpRequest, pk: int) -> AdjustmentRequest:
    found = permissions.visible_adjustments(person(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
