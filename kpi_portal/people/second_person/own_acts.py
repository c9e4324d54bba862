"""This app's acts: absences that a supervisor reports, roles that an administrator changes."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi_portal.people import permissions
from kpi_portal.people.models import Employee, Role, SecondPersonRequest, User
from kpi_portal.people.second_person.acts import Act
from kpi_portal.people.services import accounts, employees

ADD_ABSENCE = "people.add_absence"
CHANGE_ROLE = "people.change_role"


def _employee(request: SecondPersonRequest) -> Employee:
    return Employee.objects.get(number=request.about.rpartition(":")[0])


def _absence_words(request: SecondPersonRequest) -> str:
    who, params = _employee(request), request.params
    last_on = date.fromisoformat(params["end_on"]) - timedelta(days=1)
    return _("Absence of %(name)s (%(number)s) from %(start)s to %(end)s: %(kind)s") % {
        "name": who.name,
        "number": who.number,
        "start": params["start_on"],
        "end": last_on,
        "kind": params["kind"] or "—",
    }


def _add_absence(request: SecondPersonRequest, by: User, at: datetime) -> None:
    params = request.params
    employees.add_leave(
        _employee(request),
        start_on=date.fromisoformat(params["start_on"]),
        end_on=date.fromisoformat(params["end_on"]),
        kind=params["kind"],
        by=by,
        reason=request.reason,
    )


def _account(request: SecondPersonRequest) -> User:
    return User.objects.get(username=request.about.rpartition(":")[0])


def _role_words(request: SecondPersonRequest) -> str:
    role = Role(request.params["role"]).label
    sentence = (
        _("Give %(account)s the role “%(role)s”")
        if request.params["grant"]
        else _("Take the role “%(role)s” from %(account)s")
    )
    return sentence % {"account": _account(request).username, "role": role}


def _change_role(request: SecondPersonRequest, by: User, at: datetime) -> None:
    change: Any = accounts.grant_role if request.params["grant"] else accounts.revoke_role
    change(_account(request), request.params["role"], by=by, at=at, reason=request.reason)


def _decides_roles(user: User, request: SecondPersonRequest) -> bool:
    """Another administrator; the HR lead where there is no other."""
    if permissions.can_edit_roles(user, _account(request)):
        return True
    return user.has_role(Role.HR_LEAD) and not _other_admins(request.asked_by)


def _other_admins(user: User) -> bool:
    rows = User.objects.filter(is_active=True, role_grants__role=Role.ADMIN)
    return rows.exclude(pk=user.pk).exists()


def roles_need_a_second_person(user: User) -> bool:
    """Whether `user` has to ask for a change of roles: by setting, and if anybody could agree."""
    if not settings.SECOND_PERSON_FOR_ROLES:
        return False
    lead = User.objects.filter(is_active=True, role_grants__role=Role.HR_LEAD)
    return _other_admins(user) or lead.exclude(pk=user.pk).exists()


ABSENCE = Act(
    key=ADD_ABSENCE,
    label=gettext_lazy("record an absence"),
    in_words=_absence_words,
    url=lambda request: reverse("people:employee", args=[_employee(request).number]),
    may_decide=lambda user, request: permissions.can_edit_leave(user),
    concerns=lambda request: _employee(request).pk,
    carry_out=_add_absence,
)
ROLE = Act(
    key=CHANGE_ROLE,
    label=gettext_lazy("change the roles of an account"),
    in_words=_role_words,
    url=lambda request: reverse("people:account", args=[_account(request).username]),
    may_decide=_decides_roles,
    concerns=lambda request: _account(request).employee_id,
    carry_out=_change_role,
)
