"""Setting and approving the coefficient of a department."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appraisal.models import DepartmentCoefficient
from appraisal.periods import coefficients, permissions, queries
from appraisal.periods.forms import CoefficientForm
from appraisal.periods.views.console import console_page, visible_period
from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person


@login_required
@require_POST
def set_one(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    period = visible_period(user, code)
    if not permissions.can_set_coefficient(user, period):
        raise NotAllowed(_("Coefficients are set by HR."))
    form = CoefficientForm(request.POST)
    if form.is_valid():
        try:
            coefficients.set_coefficient(
                period.pk, by=user, at=timezone.now(), **form.cleaned_data
            )
        except coefficients.BadCoefficient as error:
            _add_errors(form, error)
        else:
            messages.success(request, _("The coefficient waits for the second person."))
            return go_to(request, f"{queries.url_of(period)}#coefficients")
    return console_page(request, period, forms={"coefficient_form": form})


@login_required
@require_POST
def approve_one(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    user = person(request)
    period = visible_period(user, code)
    found = get_object_or_404(DepartmentCoefficient, pk=pk, period=period)
    if not permissions.can_approve_coefficient(user, found):
        raise NotAllowed(_("Another person of HR or of the committee approves it."))
    try:
        shown = Decimal(request.POST.get("value", ""))
    except InvalidOperation as error:
        raise Http404 from error
    coefficients.approve_coefficient(pk, value=shown, by=user, at=timezone.now())
    messages.success(request, _("The coefficient was approved."))
    return go_to(request, f"{queries.url_of(period)}#coefficients")


def _add_errors(form: CoefficientForm, error: DomainError) -> None:
    for field, text in error.fields.items():
        form.add_error(field, str(text))
