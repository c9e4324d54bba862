"""Reference data in Django's admin: for administrators, saved by the services."""

from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kpi_portal.audit.models import Event
from kpi_portal.people import services
from kpi_portal.people.admin_site import site
from kpi_portal.people.models import (
    Assignment,
    Company,
    Department,
    Employee,
    Position,
    User,
    WorkCalendarDay,
)
from kpi_portal.people.tests.factories import make_company

pytestmark = pytest.mark.django_db

EVERYBODY = (
    "agent", "supervisor", "inspector", "hr", "hr_lead", "committee", "chair", "auditor",
    "stranger",
)  # fmt: skip
TABLES = ("department", "position", "employee", "workcalendarday", "company")


@pytest.mark.parametrize("name", EVERYBODY)
def test_nobody_but_administrators_gets_in(
    name: str, client: Client, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(name)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client.force_login(user)

    for address in ("admin:index", "admin:people_employee_changelist"):
        response = client.get(reverse(address), follow=True)
        assert response.status_code == 403


def test_the_way_in_is_the_portals_sign_in(client: Client) -> None:
    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_nothing_that_is_judged_is_there() -> None:
    labels = {model._meta.label_lower for model in site._registry}

    assert {f"people.{table}" for table in TABLES} <= labels
    forbidden = ("appeals.", "audit.", "tickets.", "surveys.", "jobs.")
    assert not {label for label in labels if label.startswith(forbidden)}
    assert not {label for label in labels if "score" in label or "period" in label}
    assert "people.user" not in labels and "people.rolegrant" not in labels


@pytest.mark.parametrize("table", TABLES)
def test_lists_and_forms_open(table: str, client: Client, admin_user: User, agent: User) -> None:
    client.force_login(admin_user)

    assert client.get(reverse(f"admin:people_{table}_changelist")).status_code == 200
    response = client.get(reverse(f"admin:people_{table}_add"))
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_a_department_is_added_and_changed_with_a_trace(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)

    client.post(reverse("admin:people_department_add"), {"code": "vip", "name": "大客户"})
    department = Department.objects.get(code="vip")
    client.post(
        reverse("admin:people_department_change", args=[department.pk]),
        {"code": "vip", "name": "大客户组"},
    )

    events = Event.objects.filter(object_type="people.department").order_by("id")
    assert [(event.act, event.actor) for event in events] == [
        ("department.added", admin_user), ("department.changed", admin_user),
    ]  # fmt: skip
    assert events[1].before == {"name": "大客户"} and events[1].after == {"name": "大客户组"}
    assert LogEntry.objects.filter(object_id=str(department.pk)).count() == 2


def test_positions_employees_and_company_are_saved_by_services(
    client: Client, admin_user: User
) -> None:
    client.force_login(admin_user)
    make_company()

    client.post(reverse("admin:people_position_add"), {"code": "p1", "name": "客服"})
    client.post(
        reverse("admin:people_employee_add"),
        {"number": "E9", "name": "张敏", "hired_on": "2026-01-05"},
    )
    client.post(
        reverse("admin:people_company_change", args=[1]),
        {
            "name": "远山", "month_start_day": "16", "settle_days": "3",
            "appeal_window_days": "5", "appeal_never_lowers": "on",
        },
    )  # fmt: skip

    assert Position.objects.filter(code="p1").exists()
    assert Employee.objects.get(number="E9").hired_on == date(2026, 1, 5)
    assert Company.objects.get().month_start_day == 16
    acts = set(Event.objects.values_list("act", flat=True))
    assert {"position.added", "employee.added", "company.changed"} <= acts


def test_a_calendar_day_becomes_the_companys_and_is_taken_back(
    client: Client, admin_user: User
) -> None:
    services.seed_calendar([2026])
    client.force_login(admin_user)
    holiday = WorkCalendarDay.objects.get(day=date(2026, 10, 1))
    statutory = reverse("admin:people_workcalendarday_delete", args=[holiday.pk])
    assert client.post(statutory, {"post": "yes"}).status_code == 403

    client.post(
        reverse("admin:people_workcalendarday_change", args=[holiday.pk]),
        {"is_workday": "on", "name": "值班"},
    )
    holiday.refresh_from_db()
    assert (holiday.kind, holiday.is_workday) == ("company", True)

    client.post(statutory, {"post": "yes"})
    again = WorkCalendarDay.objects.get(day=date(2026, 10, 1))
    assert (again.kind, again.is_workday) == ("holiday", False)


def test_nothing_else_is_deleted(client: Client, admin_user: User, agent: User) -> None:
    client.force_login(admin_user)

    for table, pk in (
        ("employee", agent.employee_id),
        ("department", Department.objects.get().pk),
    ):
        address = reverse(f"admin:people_{table}_delete", args=[pk])
        assert client.post(address, {"post": "yes"}).status_code == 403


def load(client: Client, table: str, text: str) -> Any:
    """The import of a CSV as the two pages of the admin do it; the answer of the last."""
    upload = SimpleUploadedFile("table.csv", text.encode(), content_type="text/csv")
    checked = client.post(
        reverse(f"admin:people_{table}_import"), {"import_file": upload, "format": "0"}
    )
    form = checked.context.get("confirm_form")
    if form is None:
        return checked
    return client.post(reverse(f"admin:people_{table}_process_import"), form.initial)


def test_employees_come_in_as_a_table_through_the_services(
    client: Client, admin_user: User, department: Department, supervisor: User
) -> None:
    client.force_login(admin_user)
    text = (
        "number,name,hired_on,left_on,is_shared,department,position,supervisor,start_on\n"
        "I1,张敏,2026-01-05,,0,online,,S001,\n"
        "I2,王强,2026-01-05,2026-03-31,0,online,,,2026-02-01\n"
    )

    load(client, "employee", text)

    first, second = Employee.objects.get(number="I1"), Employee.objects.get(number="I2")
    place = Assignment.objects.get(employee=first)
    assert (place.department, place.supervisor, place.start_on) == (
        department, supervisor.employee, date(2026, 1, 5),
    )  # fmt: skip
    assert second.left_on == date(2026, 3, 31)
    assert Assignment.objects.get(employee=second).end_on == date(2026, 4, 1)
    added = Event.objects.filter(act="employee.added", actor=admin_user)
    assert added.count() == 2

    before = Event.objects.count()
    load(client, "employee", text)
    assert Employee.objects.count() == 4
    assert Event.objects.exclude(act__startswith="file").count() == before


def test_looking_at_a_table_first_stores_nothing(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)
    upload = SimpleUploadedFile("t.csv", b"code,name\nnew,New\n", content_type="text/csv")

    checked = client.post(
        reverse("admin:people_department_import"), {"import_file": upload, "format": "0"}
    )

    assert checked.status_code == 200
    assert not Department.objects.filter(code="new").exists()
    assert not Event.objects.filter(act="department.added").exists()


def test_an_unknown_department_is_said_in_the_row(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)

    answer = load(client, "employee", "number,name,department\nI1,张敏,nowhere\n")

    assert "nowhere" in answer.content.decode()
    assert not Employee.objects.filter(number="I1").exists()


def test_exports_hold_no_formulas(client: Client, admin_user: User) -> None:
    services.add_position(code="=1+1", name="@SUM(A1)", by=None)
    client.force_login(admin_user)

    answer = client.post(
        reverse("admin:people_position_export"),
        {"format": "0", "resource": "0", "positionresource_code": "on",
         "positionresource_name": "on"},
    )  # fmt: skip

    assert "'=1+1,'@SUM(A1)" in answer.content.decode("utf-8-sig")


def test_a_workbook_that_is_none_is_refused(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)
    upload = SimpleUploadedFile("t.xlsx", b"PK\x03\x04nothing")

    answer = client.post(
        reverse("admin:people_department_import"), {"import_file": upload, "format": "1"}
    )

    assert answer.status_code == 200
    assert answer.context["form"].errors
