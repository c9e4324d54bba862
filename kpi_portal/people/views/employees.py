"""Employees: the list, one of them with their history, and every change to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people import forms as inputs
from kpi_portal.people import permissions, queries, services
from kpi_portal.people.models import Assignment, Employee, Leave, User
from kpi_portal.people.second_person.own_acts import ADD_ABSENCE
from kpi_portal.people.second_person.services import ask
from kpi_portal.people.tabs import tabs_for

PER_PAGE = 50
Save = Callable[[dict[str, Any]], Any]


@require_safe
@login_required
def employee_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not permissions.can_view_people(user):
        raise NotAllowed(_("Your roles do not include the list of employees."))
    form = inputs.EmployeeFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    today = queries.local_date(timezone.now())
    found = queries.find_employees(user, today, **chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    places = queries.assignments_at([employee.pk for employee in page], today)
    context = {
        "form": form,
        "page": page,
        "rows": [(employee, places.get(employee.pk)) for employee in page],
        "is_filtered": any(chosen.values()),
        "may_edit": permissions.can_edit_people(user),
        "tabs": tabs_for(user, "people:list"),
    }
    return render_page(request, "people/employees.html", context)


@require_safe
@login_required
def employee(request: HttpRequest, number: str) -> HttpResponse:
    user, who = person(request), _visible(request, number)
    history = Assignment.objects.filter(employee=who).order_by("-start_on")
    context = {
        "employee": who,
        "assignments": history.select_related("department", "position", "supervisor"),
        "leaves": [
            (leave, leave.end_on - timedelta(days=1))
            for leave in Leave.objects.filter(employee=who).order_by("-start_on")
        ],
        "aliases": who.aliases.all(),
        "account": User.objects.filter(employee=who).first(),
        "may_edit": permissions.can_edit_people(user),
        "may_edit_leave": permissions.can_edit_leave(user),
        "may_report_absence": permissions.can_report_absence(user, who),
        "may_view_accounts": permissions.can_view_accounts(user),
        "today": queries.local_date(timezone.now()),
    }
    return render_page(request, "people/employee.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_employee(request: HttpRequest) -> HttpResponse:
    _check_may_edit(request)
    form = inputs.NewEmployeeForm(request.POST or None)

    def save(data: dict[str, Any]) -> Employee:
        return services.add_employee(**data, hired_on=data["start_on"], by=person(request))

    return _form_page(request, form, save, title=_("New employee"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_employee(request: HttpRequest, number: str) -> HttpResponse:
    who = _visible(request, number)
    _check_may_edit(request)
    initial = {name: getattr(who, name) for name in inputs.EmployeeForm.base_fields}
    form = inputs.EmployeeForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any]) -> Employee:
        return services.change_employee(who, by=person(request), **data)

    return _form_page(request, form, save, title=_("Change employee"), employee=who)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def transfer(request: HttpRequest, number: str) -> HttpResponse:
    who = _visible(request, number)
    _check_may_edit(request)
    today = queries.local_date(timezone.now())
    place = queries.assignments_at([who.pk], today).get(who.pk)
    initial: dict[str, Any] = {"on": today}
    if place is not None:
        initial |= {
            "department": place.department_id,
            "position": place.position_id,
            "supervisor": place.supervisor,
        }
    form = inputs.TransferForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any]) -> Employee:
        change = services.rejoin if _rejoins(who, data["on"]) else services.transfer
        change(who, by=person(request), **data)
        return who

    return _form_page(request, form, save, title=_("Transfer"), employee=who)


def _rejoins(who: Employee, on: Any) -> bool:
    """Whether a transfer on that day brings back somebody who left."""
    return who.left_on is not None and on > who.left_on


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def leave(request: HttpRequest, number: str) -> HttpResponse:
    who = _visible(request, number)
    _check_may_edit(request)
    initial = {"on": who.left_on or queries.local_date(timezone.now())}
    form = inputs.LeaveForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any]) -> Employee:
        return services.leave(who, by=person(request), **data)

    return _form_page(request, form, save, title=_("Record leaving"), employee=who)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_absence(request: HttpRequest, number: str) -> HttpResponse:
    who = _visible(request, number)
    user = person(request)
    records = permissions.can_edit_leave(user)
    if not records and not permissions.can_report_absence(user, who):
        raise NotAllowed(_("HR records absences; supervisors report those of their team."))
    form = inputs.AbsenceForm(request.POST or None)

    def save(data: dict[str, Any]) -> Employee:
        end_on = data.pop("last_on") + timedelta(days=1)
        if records:
            services.add_leave(who, end_on=end_on, by=user, **data)
        else:
            _report(who, user, end_on=end_on, **data)
        return who

    if records:
        return _form_page(request, form, save, title=_("Record an absence"), employee=who)
    done = _("Reported. It counts once HR has agreed.")
    title = _("Report an absence to HR")
    return _form_page(request, form, save, title=title, employee=who, done=done)


def _report(who: Employee, user: User, *, reason: str, **data: Any) -> None:
    ask(
        ADD_ABSENCE,
        f"{who.number}:{data['start_on']}",
        reason=reason,
        by=user,
        at=timezone.now(),
        params={name: str(value) for name, value in data.items()},
    )


@require_POST
@login_required
def remove_absence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    who = _visible(request, number)
    if not permissions.can_edit_leave(person(request)):
        raise NotAllowed(_("Only HR records absences."))
    services.remove_leave(get_object_or_404(Leave, pk=pk, employee=who), by=person(request))
    messages.success(request, _("The absence has been removed."))
    return go_to(request, "people:employee", number=who.number)


def _visible(request: HttpRequest, number: str) -> Employee:
    return get_object_or_404(Employee.objects.visible_to(person(request)), number=number)


def _check_may_edit(request: HttpRequest) -> None:
    if not permissions.can_edit_people(person(request)):
        raise NotAllowed(_("Only administrators change employees."))


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    save: Save,
    *,
    title: str,
    employee: Employee | None = None,
    done: str = "",
) -> HttpResponse:
    """A form about an employee: shown, or saved and then that employee's page."""
    if form.is_valid():
        try:
            saved = save(dict(form.cleaned_data))
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, done or _("Saved."))
            return go_to(request, "people:employee", number=saved.number)
    context = {"form": form, "title": title, "employee": employee}
    status = 422 if form.errors else 200
    return render_page(request, "people/employee_form.html", context, status=status)


def add_errors(form: forms.BaseForm, error: DomainError) -> None:
    """A refusal of a service, at the fields that it names."""
    known = {name: text for name, text in error.fields.items() if name in form.fields}
    for name, text in known.items():
        form.add_error(name, str(text))
    if not known:
        form.add_error(None, str(error.message))
