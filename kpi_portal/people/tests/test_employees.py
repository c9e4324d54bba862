"""Hiring, transfers, leaving; assignments never overlap."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kpi_portal.audit.models import Event
from kpi_portal.people import services
from kpi_portal.people.models import Assignment, Department, Employee, Leave, User
from kpi_portal.people.services.changes import Invalid
from kpi_portal.people.services.employees import LeaveOverlaps, NotEmployed
from kpi_portal.people.tests.factories import make_department, make_employee

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture
def employee(department: Department) -> Employee:
    return services.add_employee(
        number="E1", name="张敏", department=department, start_on=JAN, hired_on=JAN, by=None
    )


def spans(employee: Employee) -> list[tuple[str, date, date | None]]:
    rows = Assignment.objects.filter(employee=employee).order_by("start_on")
    return [(row.department.code, row.start_on, row.end_on) for row in rows]


def move(employee: Employee, to: Department, on: date, **fields: Any) -> Assignment:
    fields = {"position": None, "supervisor": None, "by": None, **fields}
    return services.transfer(employee, on=on, department=to, **fields)


@pytest.mark.django_db
def test_a_transfer_ends_what_was_and_begins_what_is(
    employee: Employee, other_department: Department, admin_user: User
) -> None:
    move(employee, other_department, FEB, by=admin_user, reason="team change")

    assert spans(employee) == [("online", JAN, FEB), ("hotline", FEB, None)]
    event = Event.objects.filter(act="employee.transferred").latest("id")
    assert (event.actor, event.reason) == (admin_user, "team change")
    assert event.before["department"] == "online" and event.after["department"] == "hotline"


@pytest.mark.django_db
def test_the_same_transfer_again_changes_and_records_nothing(
    employee: Employee, other_department: Department
) -> None:
    move(employee, other_department, FEB)
    before = Event.objects.count()

    move(employee, other_department, FEB)
    move(employee, other_department, MAR)

    assert spans(employee) == [("online", JAN, FEB), ("hotline", FEB, None)]
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_a_transfer_in_the_past_keeps_what_came_later(
    employee: Employee, other_department: Department
) -> None:
    third = make_department("third")
    move(employee, other_department, MAR)

    move(employee, third, FEB)

    assert spans(employee) == [("online", JAN, FEB), ("third", FEB, MAR), ("hotline", MAR, None)]


@pytest.mark.django_db
def test_a_transfer_on_the_first_day_corrects_it(
    employee: Employee, other_department: Department
) -> None:
    move(employee, other_department, JAN)

    assert spans(employee) == [("hotline", JAN, None)]


@pytest.mark.django_db
def test_nobody_is_transferred_before_hiring_or_after_leaving(
    employee: Employee, other_department: Department
) -> None:
    with pytest.raises(NotEmployed):
        move(employee, other_department, date(2025, 12, 31))
    services.leave(employee, on=FEB, by=None)
    with pytest.raises(NotEmployed):
        move(employee, other_department, MAR)


@pytest.mark.django_db
def test_nobody_supervises_themselves(employee: Employee, department: Department) -> None:
    with pytest.raises(Invalid):
        move(employee, department, FEB, supervisor=employee)


@pytest.mark.django_db
def test_who_leaves_is_assigned_up_to_the_last_day(
    employee: Employee, other_department: Department
) -> None:
    move(employee, other_department, APR)

    services.leave(employee, on=date(2026, 2, 28), by=None)
    services.leave(employee, on=date(2026, 2, 28), by=None)

    assert spans(employee) == [("online", JAN, MAR)]
    assert Event.objects.filter(act="employee.left").count() == 1


@pytest.mark.django_db
def test_who_comes_back_has_a_gap(employee: Employee, other_department: Department) -> None:
    services.leave(employee, on=date(2026, 1, 31), by=None)

    services.rejoin(
        employee, on=MAR, department=other_department, position=None, supervisor=None, by=None
    )

    assert spans(employee) == [("online", JAN, FEB), ("hotline", MAR, None)]
    employee.refresh_from_db()
    assert employee.left_on is None


@pytest.mark.django_db
def test_a_number_is_given_once(employee: Employee, department: Department) -> None:
    with pytest.raises(Invalid) as refused:
        services.add_employee(
            number="E1", name="other", department=department, start_on=JAN, by=None
        )

    assert "number" in refused.value.fields


@pytest.mark.django_db
def test_absences_do_not_overlap(employee: Employee) -> None:
    services.add_leave(employee, start_on=JAN, end_on=FEB, kind="年假", by=None)

    with pytest.raises(LeaveOverlaps):
        services.add_leave(employee, start_on=date(2026, 1, 31), end_on=MAR, kind="", by=None)
    services.add_leave(employee, start_on=FEB, end_on=MAR, kind="", by=None)

    assert Leave.objects.count() == 2


@pytest.mark.django_db
def test_an_alias_is_remembered_and_can_be_moved(employee: Employee) -> None:
    other = make_employee("E2")

    services.remember_alias("qiyu", "小张", employee, by=None)
    services.remember_alias("qiyu", "小张", employee, by=None)
    alias = services.remember_alias("qiyu", "小张", other, by=None)

    assert alias.employee == other
    assert Event.objects.filter(act="employee.alias_set").count() == 2


@pytest.mark.django_db
def test_a_department_named_by_an_export_is_made_once() -> None:
    first = services.ensure_department(" 在线组（一） ", by=None)

    assert first.code == first.name == "在线组(一)"
    assert services.ensure_department("在线组(一)", by=None) == first
    assert services.ensure_department("  ", by=None).code == "未分配"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-15", "2026-01-20"),
        ("2025-12-01", "2026-01-02"),
        ("2025-12-01", None),
        ("2026-01-31", "2026-03-01"),
    ],
)
def test_the_database_refuses_an_overlap_by_any_path(
    employee: Employee, department: Department, start: str, end: str | None
) -> None:
    Assignment.objects.update(end_on=FEB)

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO people_assignment (employee_id, department_id, start_on, end_on) "
            "VALUES (%s, %s, %s, %s)",
            [employee.pk, department.pk, start, end],
        )


@pytest.mark.django_db
def test_the_database_refuses_to_move_an_end_over_the_next(
    employee: Employee, other_department: Department
) -> None:
    move(employee, other_department, FEB)

    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.filter(start_on=JAN).update(end_on=MAR)


class Moves(TestCase):
    """Any sequence of transfers leaves spans that touch and never overlap."""

    @settings(max_examples=30)
    @given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 3)), max_size=8))
    def test_spans_stay_apart(self, moves: list[tuple[int, int]]) -> None:
        places = [make_department(f"h{number}") for number in range(4)]
        employee = services.add_employee(
            number="H1", name="H", department=places[0], start_on=JAN, hired_on=JAN, by=None
        )
        for day, place in moves:
            move(employee, places[place], date.fromordinal(JAN.toordinal() + day))

        found = spans(employee)
        assert found[-1][2] is None
        assert all(one[2] == following[1] for one, following in pairwise(found))
        assert all(one[1] < one[2] for one in found if one[2] is not None)
