"""The page of service hours: everybody looks, HR and administrators change."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.permissions import can_edit_calendar
from kpi_portal.people.queries import provisional_years
from kpi_portal.people.tabs import tabs_for
from tickets.models import ServiceHours
from tickets.service_hours import services
from tickets.service_hours.forms import HoursForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hours(request: HttpRequest) -> HttpResponse:
    """All spans, and a form for another one."""
    user = person(request)
    may_edit = can_edit_calendar(user)
    if request.method == "POST" and not may_edit:
        raise NotAllowed(_("Only administrators and HR change the service hours."))
    form = HoursForm(request.POST or None)
    if form.is_valid():
        try:
            services.add_hours(**form.cleaned_data, by=user)
        except services.HoursOverlap as error:
            form.add_error("opens", str(error.message))
        else:
            messages.success(request, _("The service hours have been entered."))
            return go_to(request, "tickets:hours")
    rows = ServiceHours.objects.select_related("department")
    context = {
        "rows": [(row, services.clock(row.opens), services.clock(row.closes)) for row in rows],
        "form": form,
        "may_edit": may_edit,
        "provisional": provisional_years(),
        "tabs": tabs_for(user, "tickets:hours"),
    }
    status = 422 if form.errors else 200
    return render_page(request, "tickets/hours.html", context, status=status)


@require_POST
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one span back."""
    if not can_edit_calendar(person(request)):
        raise NotAllowed(_("Only administrators and HR change the service hours."))
    row = get_object_or_404(ServiceHours.objects.select_related("department"), pk=pk)
    services.remove_hours(row, by=person(request))
    messages.success(request, _("The service hours have been removed."))
    return go_to(request, "tickets:hours")
