"""Proposing to leave a record or a span of time out, and one proposal with its effect."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appraisal.corrections import excluding, permissions, queries
from appraisal.corrections.forms import DecisionForm, ExcludeForm, SpanForm
from appraisal.corrections.views.answers import take
from appraisal.models import Exclusion
from appraisal.models.visibility import proposed_department_ids
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import Role, User
from kpi_portal.people.permissions import require_fresh
from surveys.models import SatisfactionAnswer
from tickets.models import Ticket

Record = Ticket | SatisfactionAnswer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exclude(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Propose leaving out one ticket or answer; agents ask for their own."""
    user = person(request)
    record = _record(user, kind, pk)
    owners = permissions.owners_of(record)
    is_own = permissions.can_ask(user, owners)
    if not is_own and not permissions.can_propose_exclusion(user, owners):
        raise NotAllowed(_("The agent, their supervisor and HR may propose this."))
    form = ExcludeForm(request.POST or None, of_answers=isinstance(record, SatisfactionAnswer))
    return _proposed(request, form, {"record": record, "is_own": is_own}, record)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exclude_span(request: HttpRequest) -> HttpResponse:
    """Propose leaving out all records of a span of time, by channel and department."""
    user = person(request)
    if not user.has_role(Role.HR) and not proposed_department_ids(user):
        raise NotAllowed(_("Spans of time are proposed by supervisors and HR."))
    form = SpanForm(request.POST or None)
    if form.is_bound and form.is_valid():
        department = form.cleaned_data["department"]
        if not permissions.can_propose_span(user, department):
            form.add_error("department", _("Choose a department in which you lead somebody."))
    return _proposed(request, form, {"record": None, "is_own": False}, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exclusion(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what it would change for whom, and the decision."""
    user, found = person(request), _visible(request, pk)
    may_decide = permissions.can_decide_exclusion(user, found)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        if not may_decide:
            raise NotAllowed(_("This proposal is for another person of HR to decide."))
        require_fresh(request)
        decide = partial(_decide, user, found)
        if form.is_valid() and take(form, lambda: decide(form.cleaned_data)) is not None:
            messages.success(request, _("Your decision has been recorded."))
            return go_to(request, "appraisal:exclusion", pk)
        found = _visible(request, pk)
    record = found.ticket or found.answer
    context = {
        "found": found,
        "what": queries.what(found),
        "ticket": _readable_ticket(user, record),
        "metrics": queries.metric_labels(found),
        "effects": queries.exclusion_effect(found, user),
        "sees_effect": user.has_role(Role.HR, Role.SUPERVISOR),
        "frozen": queries.frozen_periods(found),
        "form": form,
        "may_decide": may_decide,
        "may_withdraw": permissions.can_withdraw(user, found),
    }
    status = 422 if form.errors else 200
    return render_page(request, "appraisal/corrections/exclusion.html", context, status=status)


@login_required
@require_POST
def withdraw_exclusion(request: HttpRequest, pk: int) -> HttpResponse:
    excluding.withdraw(_visible(request, pk).pk, by=person(request), at=timezone.now())
    messages.success(request, _("The proposal has been withdrawn."))
    return go_to(request, "appraisal:exclusion", pk)


def _proposed(
    request: HttpRequest, form: ExcludeForm, context: dict[str, Any], record: Record | None
) -> HttpResponse:
    """The form, or after it the proposal that was made."""
    if form.is_bound and form.is_valid():
        made = take(
            form,
            lambda: excluding.propose(
                record_of=record, **form.cleaned_data, by=person(request), at=timezone.now()
            ),
        )
        if made is not None:
            messages.success(request, _("The proposal waits for HR."))
            return go_to(request, "appraisal:exclusion", made.pk)
    status = 422 if form.errors else 200
    context = {"form": form, **context}
    return render_page(request, "appraisal/corrections/exclude.html", context, status=status)


def _decide(user: User, found: Exclusion, given: dict[str, Any]) -> Exclusion:
    at = timezone.now()
    if given["decision"] == "approve":
        return excluding.approve(found.pk, by=user, at=at, reason=given["reason"])
    return excluding.refuse(found.pk, by=user, at=at, reason=given["reason"])


def _record(user: User, kind: str, pk: int) -> Record:
    found: Record | None
    if kind == "ticket":
        found = Ticket.objects.visible_to(user).filter(pk=pk).first()
    else:
        rows = SatisfactionAnswer.objects.visible_to(user).filter(pk=pk)
        found = rows.select_related("ticket").first()
    if found is None:
        raise Http404
    return found


def _readable_ticket(user: User, record: Record | None) -> Ticket | None:
    ticket = record.ticket if isinstance(record, SatisfactionAnswer) else record
    if ticket is None:
        return None
    return Ticket.objects.visible_to(user).filter(pk=ticket.pk).first()


def _visible(request: HttpRequest, pk: int) -> Exclusion:
    found = permissions.visible_exclusions(person(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
