"""Accounts and roles, for administrators; HR, auditors and supervisors (their team) look."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people import forms, permissions, queries, services
from kpi_portal.people.models import User
from kpi_portal.people.second_person.own_acts import CHANGE_ROLE, roles_need_a_second_person
from kpi_portal.people.second_person.services import ask
from kpi_portal.people.tabs import tabs_for
from kpi_portal.people.views.employees import add_errors

PER_PAGE = 50


@require_safe
@login_required
def account_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not permissions.can_view_accounts(user):
        raise NotAllowed(_("Your roles do not include the list of accounts."))
    form = forms.AccountFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = queries.find_accounts(user, **chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(account, queries.role_labels(account)) for account in page],
        "is_filtered": any(chosen.values()),
        "may_edit": permissions.can_edit_accounts(user),
        "tabs": tabs_for(user, "people:accounts"),
    }
    return render_page(request, "people/accounts.html", context)


@require_safe
@login_required
def account(request: HttpRequest, username: str) -> HttpResponse:
    return _account_page(request, _visible(request, username))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_account(request: HttpRequest) -> HttpResponse:
    _check_may_edit(request)
    form = forms.NewAccountForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = services.add_account(
                **{**data, "roles": tuple(data["roles"])}, by=person(request), at=timezone.now()
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The account has been made."))
            return go_to(request, "people:account", username=made.username)
    status = 422 if form.errors else 200
    return render_page(request, "people/account_form.html", {"form": form}, status=status)


@require_POST
@login_required
def grant_role(request: HttpRequest, username: str) -> HttpResponse:
    return _change_role(request, username, grant=True)


@require_POST
@login_required
def revoke_role(request: HttpRequest, username: str) -> HttpResponse:
    return _change_role(request, username, grant=False)


def _change_role(request: HttpRequest, username: str, *, grant: bool) -> HttpResponse:
    user, which = person(request), _visible(request, username)
    _check_may_edit(request)
    if not permissions.can_edit_roles(user, which):
        raise NotAllowed(_("You cannot change your own roles. Ask another administrator."))
    form = forms.RoleForm(request.POST)
    if not form.is_valid():
        return _account_page(request, which, role_form=form)
    role, reason = form.cleaned_data["role"], form.cleaned_data["reason"]
    if roles_need_a_second_person(user):
        asked = ask(
            CHANGE_ROLE, f"{which.username}:{role}", reason=reason, by=user, at=timezone.now(),
            params={"role": role, "grant": grant},
        )  # fmt: skip
        messages.success(request, _("A second person has to agree. Your request waits for them."))
        return go_to(request, "people:second_person", asked.pk)
    change: Callable[..., Any] = services.grant_role if grant else services.revoke_role
    change(which, role, by=user, at=timezone.now(), reason=reason)
    messages.success(request, _("The roles have been changed."))
    return go_to(request, "people:account", username=which.username)


@require_POST
@login_required
def switch(request: HttpRequest, username: str) -> HttpResponse:
    """Disable or enable an account, with a reason."""
    which = _visible(request, username)
    _check_may_edit(request)
    form = forms.Reason(request.POST)
    if not form.is_valid():
        return _account_page(request, which, switch_form=form)
    change = services.disable_account if which.is_active else services.enable_account
    change(which, by=person(request), reason=form.cleaned_data["reason"])
    messages.success(request, _("Saved."))
    return go_to(request, "people:account", username=which.username)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_password(request: HttpRequest, username: str) -> HttpResponse:
    which = _visible(request, username)
    _check_may_edit(request)
    form = forms.PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            services.set_password(which, form.cleaned_data["password"], by=person(request))
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The password has been set. Tell it in person."))
            return go_to(request, "people:account", username=which.username)
    context = {"form": form, "account": which}
    status = 422 if form.errors else 200
    return render_page(request, "people/password.html", context, status=status)


@require_POST
@login_required
def sign_out(request: HttpRequest, username: str) -> HttpResponse:
    """End all sessions of an account; the second factor can be taken off as well."""
    which = _visible(request, username)
    _check_may_edit(request)
    with transaction.atomic():
        services.end_sessions(which, by=person(request))
        if request.POST.get("also") == "mfa":
            services.remove_second_factor(which, by=person(request))
    messages.success(request, _("The account has been signed out everywhere."))
    return go_to(request, "people:account", username=which.username)


def _visible(request: HttpRequest, username: str) -> User:
    seen = queries.accounts_for(person(request)).select_related("employee")
    found: User = get_object_or_404(seen, username=username)
    return found


def _account_page(request: HttpRequest, which: User, **bound: Any) -> HttpResponse:
    user = person(request)
    context = {
        "account": which,
        "grants": queries.grants_of(which),
        "role_form": forms.RoleForm(),
        "switch_form": forms.Reason(prefix=None),
        "has_second_factor": queries.has_second_factor(which),
        "may_edit": permissions.can_edit_accounts(user),
        "may_edit_roles": permissions.can_edit_roles(user, which),
        "is_own": user.pk == which.pk,
        **bound,
    }
    status = 422 if bound else 200
    return render_page(request, "people/account.html", context, status=status)


def _check_may_edit(request: HttpRequest) -> None:
    if not permissions.can_edit_accounts(person(request)):
        raise NotAllowed(_("Only administrators change accounts and roles."))
    permissions.require_fresh(request)
