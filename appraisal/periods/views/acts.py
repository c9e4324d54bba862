"""The acts on a period: each a POST that asks, calls the service, and goes back."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appraisal.models import Period
from appraisal.periods import permissions, queries, services
from appraisal.periods.forms import OptionalReasonForm, ReasonForm
from appraisal.periods.views.console import console_page, visible_period
from appraisal.periods.workflow import State
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person
from kpi_portal.people.models import User
from kpi_portal.people.permissions import require_fresh


@login_required
@require_POST
def run(request: HttpRequest, code: str) -> HttpResponse:
    period = _allowed(request, code, permissions.can_run)
    form = ReasonForm(request.POST)
    if period.state == State.CALCULATED and not form.is_valid():
        return console_page(request, period, forms={"run_form": form})
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    services.request_run(period.pk, by=person(request), reason=reason)
    messages.success(request, _("The computation was started."))
    return go_to(request, f"{queries.url_of(period)}#run")


@login_required
@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    period = _allowed(request, code, permissions.can_submit)
    services.submit(period.pk, by=person(request), at=timezone.now())
    messages.success(request, _("The results are with the committee now."))
    return go_to(request, queries.url_of(period))


@login_required
@require_POST
def approve(request: HttpRequest, code: str) -> HttpResponse:
    period = _allowed(request, code, permissions.can_decide)
    form = OptionalReasonForm(request.POST)
    if not form.is_valid():
        return console_page(request, period, forms={"decision_form": form})
    services.approve(
        period.pk, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    messages.success(request, _("The results were approved. HR can publish them."))
    return go_to(request, queries.url_of(period))


@login_required
@require_POST
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    period = _allowed(request, code, permissions.can_decide)
    form = ReasonForm(request.POST, auto_id="id_send_back_%s")
    if not form.is_valid():
        return console_page(request, period, forms={"send_back_form": form})
    services.send_back(
        period.pk, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    messages.success(request, _("The results went back to HR."))
    return go_to(request, queries.url_of(period))


@login_required
@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    period = _allowed(request, code, permissions.can_publish)
    require_fresh(request)
    services.publish(period.pk, by=person(request), at=timezone.now())
    messages.success(request, _("The results were published and everybody was told."))
    return go_to(request, queries.url_of(period))


@login_required
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    period = _allowed(request, code, permissions.can_close)
    require_fresh(request)
    services.close(period.pk, by=person(request), at=timezone.now())
    messages.success(request, _("The period was closed."))
    return go_to(request, queries.url_of(period))


def _allowed(request: HttpRequest, code: str, may: Callable[[User, Period], bool]) -> Period:
    """The period, if the reader may do this to it."""
    period = visible_period(person(request), code)
    if not may(person(request), period):
        raise NotAllowed(_("This step belongs to somebody else."))
    return period
