"""Pages about people: who may open and do what; not visible is 404, not permitted is 403."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.audit.models import Event
from kpi_portal.people.models import (
    Assignment,
    Company,
    Department,
    Employee,
    Leave,
    RoleGrant,
    User,
    WorkCalendarDay,
)
from kpi_portal.people.tests.factories import PASSWORD, make_leave

pytestmark = pytest.mark.django_db

EVERYBODY = (
    "agent", "supervisor", "outsider", "inspector", "hr", "hr_lead", "committee", "chair",
    "admin_user", "auditor", "stranger",
)  # fmt: skip
LISTS = {"supervisor", "hr", "hr_lead", "admin_user", "auditor"}
ACCOUNTS = {"hr", "hr_lead", "admin_user", "auditor"}
ADMIN = {"admin_user"}
HR = {"hr", "hr_lead"}
ALL = set(EVERYBODY)

# URL name, arguments, who gets the page; everybody else 403.
PAGES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("people:list", {}, LISTS),
    ("people:new_employee", {}, ADMIN),
    ("people:departments", {}, LISTS),
    ("people:department", {"code": "online"}, LISTS),
    ("people:new_department", {}, ADMIN),
    ("people:edit_department", {"code": "online"}, ADMIN),
    ("people:accounts", {}, LISTS),
    ("people:new_account", {}, ADMIN),
    ("people:calendar", {}, ALL),
    ("people:company", {}, {"admin_user", "auditor"}),
    ("people:tokens", {}, ALL),
]


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize(("page", "arguments", "may"), PAGES)
def test_pages_open_for_whom_they_are(
    page: str, arguments: dict[str, Any], may: set[str], name: str, agent: User,
    client: Client, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client.force_login(request.getfixturevalue(name))

    response = client.get(reverse(page, kwargs=arguments))

    assert response.status_code == (200 if name in may else 403)


# What is seen of the agent A001: 404 for who does not see them at all.
SEE_AGENT = {"agent", "supervisor", *ACCOUNTS}
ACTS: list[tuple[str, set[str]]] = [
    ("people:employee", SEE_AGENT),
    ("people:edit_employee", ADMIN),
    ("people:transfer", ADMIN),
    ("people:leave", ADMIN),
    ("people:add_absence", HR | {"supervisor"}),
]


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize(("page", "may"), ACTS)
def test_an_employee_is_404_or_403_or_there(
    page: str, may: set[str], name: str, agent: User, client: Client,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client.force_login(request.getfixturevalue(name))
    expected = 200 if name in may else 403 if name in SEE_AGENT else 404

    assert client.get(reverse(page, kwargs={"number": "A001"})).status_code == expected


# Who sees the account of A001.
SEE_ACCOUNT = {"supervisor", *ACCOUNTS}


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize(
    ("page", "may"), [("people:account", SEE_ACCOUNT), ("people:set_password", ADMIN)]
)
def test_an_account_is_404_or_403_or_there(
    page: str, may: set[str], name: str, agent: User, client: Client,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client.force_login(request.getfixturevalue(name))
    expected = 200 if name in may else 403 if name in SEE_ACCOUNT else 404

    assert client.get(reverse(page, kwargs={"username": "a001"})).status_code == expected


POSTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("people:grant_role", {"username": "a001"}, {"role": "hr", "reason": "x"}),
    ("people:revoke_role", {"username": "a001"}, {"role": "agent", "reason": "x"}),
    ("people:switch_account", {"username": "a001"}, {"reason": "x"}),
    ("people:sign_out", {"username": "a001"}, {}),
]


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize(("page", "arguments", "data"), POSTS)
def test_accounts_are_changed_by_administrators_only(
    page: str, arguments: dict[str, Any], data: dict[str, Any], name: str, agent: User,
    client: Client, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client.force_login(request.getfixturevalue(name))

    response = client.post(reverse(page, kwargs=arguments), data)

    expected = 303 if name in ADMIN else 403 if name in SEE_ACCOUNT else 404
    assert response.status_code == expected
    agent.refresh_from_db()
    if name not in ADMIN:
        assert agent.is_active and agent.session_epoch == 0
        assert set(RoleGrant.objects.filter(user=agent).values_list("role", flat=True)) == {
            "agent"
        }


@pytest.mark.parametrize("page", [page for page, _arguments, _may in PAGES])
def test_anonymous_people_are_sent_to_sign_in(page: str, client: Client) -> None:
    arguments = next(each[1] for each in PAGES if each[0] == page)

    response = client.get(reverse(page, kwargs=arguments))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_a_supervisor_sees_the_own_team_only(
    client: Client, supervisor: User, agent: User, outsider: User
) -> None:
    client.force_login(supervisor)

    page = client.get(reverse("people:list")).content.decode()
    department = client.get(reverse("people:department", kwargs={"code": "hotline"}))

    assert "李伟" in page and "吴强" not in page
    assert "吴强" not in department.content.decode()
    found = client.get(reverse("people:list"), {"q": "吴强"}).context["page"].paginator.count
    assert found == 0


def test_an_employee_is_added_moved_and_leaves(
    client: Client, admin_user: User, department: Department, other_department: Department,
    supervisor: User,
) -> None:  # fmt: skip
    client.force_login(admin_user)

    client.post(
        reverse("people:new_employee"),
        {"number": "N/1", "name": "张敏", "start_on": "2026-01-05", "department": department.pk},
    )
    client.post(
        reverse("people:transfer", kwargs={"number": "N/1"}),
        {
            "on": "2026-02-01", "department": other_department.pk, "supervisor": "陈静",
            "reason": "team change",
        },
    )  # fmt: skip
    client.post(
        reverse("people:leave", kwargs={"number": "N/1"}), {"on": "2026-03-31", "reason": "gone"}
    )

    employee = Employee.objects.get(number="N/1")
    assert employee.left_on == date(2026, 3, 31)
    last = Assignment.objects.filter(employee=employee).latest("start_on")
    assert (last.department, last.supervisor, last.end_on) == (
        other_department, supervisor.employee, date(2026, 4, 1),
    )  # fmt: skip
    assert Event.objects.filter(act="employee.transferred", reason="team change").exists()
    page = client.get(reverse("people:employee", kwargs={"number": "N/1"}))
    assert "热线客服" in page.content.decode()


def test_a_refusal_stands_in_the_form(client: Client, admin_user: User, agent: User) -> None:
    client.force_login(admin_user)

    twice = client.post(
        reverse("people:new_employee"),
        {
            "number": "A001", "name": "x", "start_on": "2026-01-05",
            "department": Department.objects.get().pk,
        },
    )  # fmt: skip
    unknown = client.post(
        reverse("people:transfer", kwargs={"number": "A001"}),
        {
            "on": "2026-02-01", "department": Department.objects.get().pk,
            "supervisor": "nobody", "reason": "x",
        },
    )  # fmt: skip

    assert (twice.status_code, list(twice.context["form"].errors)) == (422, ["number"])
    assert (unknown.status_code, list(unknown.context["form"].errors)) == (422, ["supervisor"])


def test_a_department_cannot_be_part_of_itself(
    client: Client, admin_user: User, department: Department
) -> None:
    below = Department.objects.create(code="below", name="下级", parent=department)
    client.force_login(admin_user)

    response = client.post(
        reverse("people:edit_department", kwargs={"code": "online"}),
        {"code": "online", "name": "在线客服", "parent": below.pk},
    )

    assert response.status_code == 422
    department.refresh_from_db()
    assert department.parent is None


def test_hr_records_and_removes_an_absence(client: Client, hr: User, agent: User) -> None:
    client.force_login(hr)

    client.post(
        reverse("people:add_absence", kwargs={"number": "A001"}),
        {"start_on": "2026-10-12", "last_on": "2026-10-14", "kind": "年假", "reason": "x"},
    )
    leave = Leave.objects.get()
    assert leave.end_on == date(2026, 10, 15)
    client.post(
        reverse("people:remove_absence", kwargs={"number": "A001", "pk": leave.pk}),
    )

    assert not Leave.objects.exists()


def test_an_absence_is_not_removed_through_another_person(
    client: Client, hr: User, agent: User, outsider: User
) -> None:
    assert outsider.employee is not None
    leave = make_leave(outsider.employee, date(2026, 1, 1), date(2026, 1, 2))
    client.force_login(hr)

    address = reverse("people:remove_absence", kwargs={"number": "A001", "pk": leave.pk})

    assert client.post(address).status_code == 404


def test_an_account_is_made_on_the_page(client: Client, admin_user: User, agent: User) -> None:
    client.force_login(admin_user)

    response = client.post(
        reverse("people:new_account"),
        {
            "username": "new.hr", "password": PASSWORD, "roles": ["hr", "inspector"],
            "reason": "joins",
        },
    )  # fmt: skip

    assert response.status_code == 303
    assert User.objects.get(username="new.hr").roles == {"hr", "inspector"}


def test_a_role_without_reason_is_not_given(client: Client, admin_user: User, agent: User) -> None:
    client.force_login(admin_user)

    response = client.post(
        reverse("people:grant_role", kwargs={"username": "a001"}), {"role": "hr", "reason": ""}
    )

    assert response.status_code == 422
    assert not RoleGrant.objects.filter(user=agent, role="hr").exists()


@pytest.mark.parametrize("page", ["people:grant_role", "people:revoke_role"])
def test_administrators_do_not_change_their_own_roles(
    page: str, client: Client, admin_user: User
) -> None:
    client.force_login(admin_user)

    response = client.post(
        reverse(page, kwargs={"username": "m001"}), {"role": "admin", "reason": "x"}
    )

    assert response.status_code == 403


@pytest.mark.parametrize(("name", "status"), [("hr", 303), ("admin_user", 303), ("agent", 403)])
def test_days_of_the_company_are_set_by_administrators_and_hr(
    name: str, status: int, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(name))
    data = {"day": "2026-10-12", "is_workday": "no", "name": "厂庆", "reason": "x"}

    assert client.post(reverse("people:calendar"), data).status_code == status
    assert WorkCalendarDay.objects.filter(is_workday=False).exists() == (status == 303)
    if status == 303:
        pk = WorkCalendarDay.objects.get().pk
        assert client.post(reverse("people:clear_day", args=[pk])).status_code == 303
        assert not WorkCalendarDay.objects.exists()


@pytest.mark.parametrize("year", ["2026", "1", "99999", "abc", "-5", "２０２６"])
def test_any_year_can_be_asked_for(year: str, client: Client, agent: User) -> None:
    client.force_login(agent)

    assert client.get(reverse("people:calendar"), {"year": year}).status_code == 200


def test_company_settings_are_saved_with_reason(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)

    response = client.post(
        reverse("people:company"),
        {
            "name": "远山公司", "month_start_day": "26", "settle_days": "3",
            "appeal_window_days": "5", "appeal_never_lowers": "on", "reason": "new policy",
        },
    )  # fmt: skip

    assert response.status_code == 303
    assert Company.objects.get().month_start_day == 26
    assert Event.objects.filter(act="company.changed", reason="new policy").exists()


def test_a_list_of_many_people_costs_few_queries(
    client: Client, hr: User, supervisor: User, department: Department,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    people = Employee.objects.bulk_create(
        Employee(number=f"X{number:04}", name="x") for number in range(300)
    )
    Assignment.objects.bulk_create(
        Assignment(
            employee=employee, department=department, supervisor=supervisor.employee,
            start_on=date(2020, 1, 1),
        )
        for employee in people
    )  # fmt: skip
    client.force_login(hr)

    for page in ("people:list", "people:departments", "people:accounts"):
        with django_assert_max_num_queries(15):
            client.get(reverse(page))
