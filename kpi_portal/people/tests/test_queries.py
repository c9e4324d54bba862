"""Who leads whom by date, the line, the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kpi_portal.people import queries, services
from kpi_portal.people.models import Department, Employee, User, WorkCalendarDay
from kpi_portal.people.tests.factories import (
    make_assignment,
    make_company,
    make_department,
    make_employee,
    make_leave,
    make_person,
    make_user,
)

pytestmark = pytest.mark.django_db

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def moved(supervisor: User, other_supervisor: User, department: Department) -> Employee:
    """Somebody led by `supervisor` until the end of January, then by `other_supervisor`."""
    employee = make_employee("A900")
    make_assignment(employee, department, supervisor=supervisor.employee, end_on=FEB)
    make_assignment(employee, department, supervisor=other_supervisor.employee, start_on=FEB)
    return employee


def test_a_company_that_nobody_has_named_has_the_defaults() -> None:
    assert queries.company().month_start_day == 1

    make_company(month_start_day=26)
    assert queries.company().month_start_day == 26


def test_the_date_is_that_of_the_company() -> None:
    assert queries.local_date(datetime(2026, 1, 31, 16, tzinfo=UTC)) == FEB


@pytest.mark.parametrize(
    ("start", "end", "first_leads", "second_leads"),
    [
        (JAN, FEB, True, False),
        (FEB, MAR, False, True),
        (JAN, MAR, True, True),
        (FEB - timedelta(days=1), FEB, True, False),
    ],
)
def test_a_team_is_that_of_the_days_asked_for(
    moved: Employee,
    supervisor: User,
    other_supervisor: User,
    start: date,
    end: date,
    first_leads: bool,
    second_leads: bool,
) -> None:
    assert (moved.pk in queries.led_ids(supervisor, start, end)) == first_leads
    assert (moved.pk in queries.led_ids(other_supervisor, start, end)) == second_leads


def test_who_loses_the_role_leads_nobody_but_stays_in_conflict(
    moved: Employee, supervisor: User, admin_user: User
) -> None:
    now = datetime(2026, 2, 1, tzinfo=UTC)
    services.revoke_role(supervisor, "supervisor", by=admin_user, at=now)

    assert queries.led_ids(supervisor, JAN, MAR) == set()
    assert supervisor.employee_id in queries.supervisor_ids(moved.pk, JAN, MAR)


def test_an_account_without_employee_leads_nobody(agent: User) -> None:
    make_assignment(make_employee("A901"))

    assert queries.led_ids(make_user("supervisor"), JAN, MAR) == set()
    assert queries.headed_department_ids(make_user("supervisor")) == set()


def test_a_head_heads_the_departments_below() -> None:
    head = make_person("supervisor", number="S100")
    top = make_department("top", head=head.employee)
    middle = make_department("middle", parent=top)
    bottom = make_department("bottom", parent=middle)
    make_department("beside")

    assert queries.headed_department_ids(head) == {top.pk, middle.pk, bottom.pk}


def test_the_line_runs_up_and_down_but_not_sideways() -> None:
    director = make_employee("L1")
    department = make_department("line", head=director)
    boss = make_employee("L2")
    make_assignment(boss, department, supervisor=director)
    worker, colleague = make_employee("L3"), make_employee("L4")
    make_assignment(worker, department, supervisor=boss)
    make_assignment(colleague, department, supervisor=boss)

    assert queries.line_ids(worker.pk, JAN, FEB) == {boss.pk, director.pk}
    assert queries.line_ids(boss.pk, JAN, FEB) == {director.pk, worker.pk, colleague.pk}


def test_assignments_of_a_day_come_in_one_query(
    moved: Employee, agent: User, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = queries.assignments_at([moved.pk, agent.employee_id or 0, 999], FEB)
        places = {pk: place.department.code for pk, place in found.items()}

    assert places == {moved.pk: "online", agent.employee_id: "online"}


def test_roles_include_what_they_imply(hr: User, hr_lead: User, chair: User) -> None:
    assert set(queries.users_with_role("hr")) == {hr, hr_lead}
    assert queries.users_with_role("committee") == [chair]


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("agent", {"A001"}),
        ("supervisor", {"S001", "A001"}),
        ("outsider", {"A002"}),
        ("other_supervisor", {"S002", "A002"}),
        ("inspector", {"Q001"}),
        ("committee", {"C001"}),
        ("stranger", set()),
        ("hr", "all"),
        ("hr_lead", "all"),
        ("admin_user", "all"),
        ("auditor", "all"),
    ],
)
def test_who_sees_which_employees(
    name: str, sees: object, agent: User, outsider: User, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(name)

    numbers = set(Employee.objects.visible_to(user).values_list("number", flat=True))

    everybody = set(Employee.objects.values_list("number", flat=True))
    assert numbers == (everybody if sees == "all" else sees)


def test_two_leads_do_not_double_anybody(department: Department) -> None:
    """An OR across two ways to the same person must not repeat the row."""
    head = make_person("supervisor", number="S200")
    department.head = head.employee
    department.save()
    make_assignment(make_employee("A902"), department, supervisor=head.employee)

    assert Employee.objects.visible_to(head).filter(number="A902").count() == 1


# The statutory calendar of 2026 (State Council notice of November 2025).
MAKEUP = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


@pytest.fixture
def year_2026() -> None:
    services.seed_calendar([2026])


def test_make_up_workdays_are_working_days(year_2026: None) -> None:
    test = queries.workday_test(date(2026, 1, 1), date(2027, 1, 1))

    weekend = [
        date(2026, 1, 1) + timedelta(days=number)
        for number in range(365)
        if (date(2026, 1, 1) + timedelta(days=number)).weekday() >= 5
    ]
    assert [(day.month, day.day) for day in weekend if test(day)] == MAKEUP
    assert not test(date(2026, 10, 1))
    assert test(date(2026, 10, 8))


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 10, 10), 1, date(2026, 10, 12)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
    ],
)
def test_due_dates_count_working_days(year_2026: None, start: date, count: int, due: date) -> None:
    assert queries.working_day_after(start, count) == due


def test_a_due_date_over_the_new_year_needs_no_wider_window() -> None:
    services.seed_calendar([2025, 2026])

    test = queries.workday_test(date(2025, 12, 29), date(2025, 12, 31))

    assert not test(date(2026, 1, 1))
    assert test(date(2026, 1, 4))


def test_recorded_leave_moves_the_due_date(year_2026: None, agent: User) -> None:
    assert agent.employee is not None
    make_leave(agent.employee, date(2026, 10, 12), date(2026, 10, 15))

    due = queries.present_working_day_after(agent.employee.pk, date(2026, 10, 9), 2)

    assert due == date(2026, 10, 15)


def test_the_calendar_costs_one_query(year_2026: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        test = queries.workday_test(date(2026, 1, 1), date(2027, 1, 1))
        assert sum(test(date(2026, 1, 1) + timedelta(days=day)) for day in range(365)) == 248


def test_a_year_that_is_not_announced_is_provisional_without_make_up_days() -> None:
    services.seed_calendar([2026, 2040])

    assert queries.provisional_years() == [2040]
    assert not WorkCalendarDay.objects.filter(day__year=2040, is_workday=True).exists()
