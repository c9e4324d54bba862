"""Departments: the tree, one of them with its people, and changes to it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people import permissions, queries, services
from kpi_portal.people.forms import DepartmentForm
from kpi_portal.people.models import Assignment, Department, Employee
from kpi_portal.people.tabs import tabs_for
from kpi_portal.people.views.employees import add_errors

SHOWN = 200


@require_safe
@login_required
def department_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    _check_may_view(request)
    context = {
        "rows": queries.department_tree(queries.local_date(timezone.now())),
        "may_edit": permissions.can_edit_people(user),
        "tabs": tabs_for(user, "people:departments"),
    }
    return render_page(request, "people/departments.html", context)


@require_safe
@login_required
def department(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    _check_may_view(request)
    which = get_object_or_404(Department.objects.select_related("parent", "head"), code=code)
    today = queries.local_date(timezone.now())
    people = Assignment.objects.on(today).filter(
        department=which, employee__in=Employee.objects.visible_to(user)
    )
    members = people.select_related("employee", "position", "supervisor")
    context = {
        "department": which,
        "members": members.order_by("employee__number")[:SHOWN],
        "children": which.children.all(),
        "may_edit": permissions.can_edit_people(user),
    }
    return render_page(request, "people/department.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_department(request: HttpRequest) -> HttpResponse:
    _check_may_edit(request)
    return _form_page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_department(request: HttpRequest, code: str) -> HttpResponse:
    _check_may_edit(request)
    return _form_page(request, get_object_or_404(Department, code=code))


def _form_page(request: HttpRequest, which: Department | None) -> HttpResponse:
    initial = {name: getattr(which, name, None) for name in DepartmentForm.base_fields}
    form = DepartmentForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            saved = _save(which, person(request), form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, "people:department", code=saved.code)
    context = {"form": form, "department": which}
    status = 422 if form.errors else 200
    return render_page(request, "people/department_form.html", context, status=status)


def _save(which: Department | None, by: Any, data: dict[str, Any]) -> Department:
    if which is None:
        return services.add_department(by=by, **data)
    return services.change_department(which, by=by, **data)


def _check_may_edit(request: HttpRequest) -> None:
    if not permissions.can_edit_people(person(request)):
        raise NotAllowed(_("Only administrators change departments."))


def _check_may_view(request: HttpRequest) -> None:
    if not permissions.can_view_people(person(request)):
        raise NotAllowed(_("Your roles do not include the list of departments."))
