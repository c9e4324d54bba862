"""Asking for, agreeing to and deciding a reopening: each a POST that goes back to the console."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appraisal.models import Period, Reopening
from appraisal.periods import permissions, queries, reopening
from appraisal.periods.forms import OptionalReasonForm, ReasonForm
from appraisal.periods.views.console import console_page, visible_period
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person
from kpi_portal.people.models import User
from kpi_portal.people.permissions import require_fresh


@login_required
@require_POST
def request_one(request: HttpRequest, code: str) -> HttpResponse:
    period = visible_period(person(request), code)
    if not permissions.can_request_reopening(person(request), period):
        raise NotAllowed(_("Reopening is asked for by HR."))
    form = ReasonForm(request.POST, auto_id="id_reopen_%s")
    if not form.is_valid():
        return console_page(request, period, forms={"reopen_form": form})
    reopening.request(
        period.pk, reason=form.cleaned_data["reason"], by=person(request), at=timezone.now()
    )
    messages.success(request, _("A second person of HR can agree now."))
    return _back(request, period)


@login_required
@require_POST
def agree(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    period, found = _allowed(request, code, pk, permissions.can_agree_to_reopening)
    reopening.agree(found.pk, by=person(request), at=timezone.now())
    messages.success(request, _("You agreed. The committee decides now."))
    return _back(request, period)


@login_required
@require_POST
def approve(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    period, found = _allowed(request, code, pk, permissions.can_decide_reopening)
    require_fresh(request)
    form = OptionalReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    reopening.approve(found.pk, by=person(request), at=timezone.now(), reason=reason)
    messages.success(request, _("The period is reopened. HR computes it again."))
    return _back(request, period)


@login_required
@require_POST
def refuse(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    period, found = _allowed(request, code, pk, permissions.can_decide_reopening)
    form = ReasonForm(request.POST, auto_id="id_refuse_%s")
    if not form.is_valid():
        return console_page(request, period, forms={"refuse_form": form})
    reopening.refuse(
        found.pk, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    messages.success(request, _("The request was refused. The results stay as they are."))
    return _back(request, period)


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    period, found = _allowed(request, code, pk, permissions.can_withdraw_reopening)
    reopening.withdraw(found.pk, by=person(request), at=timezone.now())
    messages.success(request, _("The request was withdrawn."))
    return _back(request, period)


def _allowed(
    request: HttpRequest, code: str, pk: int, may: Callable[[User, Reopening], bool]
) -> tuple[Period, Reopening]:
    """The period and its request, if the reader may do this to it."""
    period = visible_period(person(request), code)
    found = get_object_or_404(Reopening, pk=pk, period=period)
    if not may(person(request), found):
        raise NotAllowed(_("This step belongs to somebody else."))
    return period, found


def _back(request: HttpRequest, period: Period) -> HttpResponse:
    return go_to(request, f"{queries.url_of(period)}#reopening")
