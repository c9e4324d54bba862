"""The company's settings, the working calendar, and one's own API tokens."""

import calendar
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people import forms, permissions, queries, services
from kpi_portal.people.models import ApiToken, WorkCalendarDay
from kpi_portal.people.tabs import tabs_for
from kpi_portal.people.views.employees import add_errors

FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def company(request: HttpRequest) -> HttpResponse:
    """The settings: administrators change them, auditors look."""
    user = person(request)
    may_edit = permissions.can_edit_company(user)
    if not may_edit and (request.method == "POST" or not permissions.can_view_company(user)):
        raise NotAllowed(_("Only administrators change the company settings."))
    if may_edit:
        permissions.require_fresh(request)
    form = forms.CompanyForm(request.POST or None, instance=queries.company())
    if not may_edit:
        form.show_only()
    if form.is_valid():
        services.change_company(by=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return go_to(request, "people:company")
    context = {"form": form, "may_edit": may_edit, "tabs": tabs_for(user, "people:company")}
    status = 422 if form.errors else 200
    return render_page(request, "people/company.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def work_calendar(request: HttpRequest) -> HttpResponse:
    """A year's days that differ from the week; administrators add days of the company."""
    user = person(request)
    may_edit = permissions.can_edit_calendar(user)
    form = forms.CompanyDayForm(request.POST or None)
    if request.method == "POST":
        if not may_edit:
            raise NotAllowed(_("Only administrators and HR change the calendar."))
        if form.is_valid():
            row = services.set_company_day(**form.cleaned_data, by=user)
            messages.success(request, _("The day has been set."))
            return go_to(request, f"{request.path}?year={row.day.year}")
    year = _year(request)
    days = WorkCalendarDay.objects.filter(day__year=year)
    context = {
        "year": year,
        "days": days,
        "months": _working_days_of_months(year),
        "is_provisional": any(day.is_provisional for day in days),
        "form": form,
        "may_edit": may_edit,
        "tabs": tabs_for(user, "people:calendar"),
    }
    status = 422 if form.errors else 200
    return render_page(request, "people/calendar.html", context, status=status)


@require_POST
@login_required
def clear_day(request: HttpRequest, pk: int) -> HttpResponse:
    if not permissions.can_edit_calendar(person(request)):
        raise NotAllowed(_("Only administrators and HR change the calendar."))
    row = get_object_or_404(WorkCalendarDay, pk=pk, kind=WorkCalendarDay.Kind.COMPANY)
    services.clear_company_day(row.day, by=person(request))
    messages.success(request, _("The day follows the statutory calendar again."))
    return go_to(request, "people:calendar")


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    this_year = queries.local_date(timezone.now()).year
    if not text.isascii() or not text.isdigit():
        return this_year
    return min(max(int(text[:4]), FIRST_YEAR), LAST_YEAR)


def _working_days_of_months(year: int) -> list[tuple[date, int]]:
    """The first of each month and how many working days the month has."""
    test = queries.workday_test(date(year, 1, 1), date(year + 1, 1, 1))
    months = []
    for month in range(1, 13):
        last = calendar.monthrange(year, month)[1]
        days = [date(year, month, number) for number in range(1, last + 1)]
        months.append((days[0], sum(test(day) for day in days)))
    return months


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens; a new one is shown once, in the answer to the form."""
    user = person(request)
    permissions.require_fresh(request)
    form = forms.TokenForm(request.POST or None)
    made = ""
    if form.is_valid():
        try:
            made = services.create_token(user, **form.cleaned_data)[1]
            form = forms.TokenForm()
        except DomainError as error:
            add_errors(form, error)
    if not permissions.can_create_token(user, ApiToken.Scope.IMPORT):
        form.fields["scope"].choices = [ApiToken.Scope.choices[0]]  # type: ignore[attr-defined]
    own = ApiToken.objects.filter(user=user).order_by("-created")
    context = {"form": form, "made": made, "tokens": own, "now": timezone.now()}
    status = 422 if form.errors else 200
    return render_page(request, "people/tokens.html", context, status=status)


@require_POST
@login_required
def revoke_token(request: HttpRequest) -> HttpResponse:
    """Ends one of one's own tokens, named by its first characters."""
    key = request.POST.get("token", "")
    token = get_object_or_404(ApiToken, user=person(request), token_key=key)
    services.revoke_token(token, by=person(request))
    messages.success(request, _("The token no longer works."))
    return go_to(request, "people:tokens")
