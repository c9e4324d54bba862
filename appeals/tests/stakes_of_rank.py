"""Stakes of the appellant, and of those above, below and beside them: C1 and C2."""

from collections.abc import Callable
from datetime import date

from appeals.eligibility import Capacity
from appeals.tests.factories import NOW, Case
from kpi_portal.people.models import Assignment, Department, Employee, RoleGrant, User
from kpi_portal.people.tests.factories import (
    make_assignment,
    make_department,
    make_employee,
    make_person,
)

R, E, A, C, L = (
    Capacity.REVIEWER,
    Capacity.EVALUATOR,
    Capacity.ARBITER,
    Capacity.CHAIR,
    Capacity.HR_LEAD,
)
O = Capacity.OUTSIDE  # noqa: E741
ALL = (R, E, A, C, L, O)
JUDGES = (R, E, A, C, O)
EVERY_ROLE = ("hr", "hr_lead", "supervisor", "inspector", "committee", "chair")

Setup = Callable[[Case], User]


def employee_of(user: User) -> Employee:
    assert user.employee is not None
    return user.employee


def somebody(case: Case, number: str = "X001") -> User:
    """Somebody with every role and no stake."""
    return make_person(*EVERY_ROLE, number=number, name="某人")


def appellant(case: Case) -> User:
    for role in EVERY_ROLE:
        RoleGrant.objects.get_or_create(user=case.agent, role=role, granted_at=NOW)
    return User.objects.get(pk=case.agent.pk)


def all_roles(user: User) -> User:
    held = set(user.role_grants.values_list("role", flat=True))
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, granted_at=NOW) for role in set(EVERY_ROLE) - held
    )
    return User.objects.get(pk=user.pk)


def supervisor_of_the_card(case: Case) -> User:
    return all_roles(case.supervisor)


def led_by(case: Case, user: User, start: date, end: date | None) -> None:
    """`user` supervised the appellant during that time, beside the card's supervisor."""
    assignment = employee_of(case.agent).assignments.get()
    Assignment.objects.filter(pk=assignment.pk).update(end_on=start)
    place = assignment.department
    make_assignment(
        employee_of(case.agent), place, supervisor=user.employee, start_on=start, end_on=end
    )
    if end is not None:
        make_assignment(
            employee_of(case.agent), place, supervisor=assignment.supervisor, start_on=end
        )


def supervisor_for_a_week_of_the_period(case: Case) -> User:
    user = somebody(case)
    led_by(case, user, date(2026, 10, 12), date(2026, 10, 19))
    return user


def supervisor_since_the_period(case: Case) -> User:
    user = somebody(case)
    led_by(case, user, date(2026, 11, 3), None)
    return user


def supervisor_before_the_period(case: Case) -> User:
    user = somebody(case)
    led_by(case, user, date(2026, 8, 1), date(2026, 10, 1))
    return user


def supervisor_from_next_month(case: Case) -> User:
    user = somebody(case)
    led_by(case, user, date(2026, 12, 1), None)
    return user


def supervisors_supervisor(case: Case) -> User:
    user = somebody(case)
    employee_of(case.supervisor).assignments.update(supervisor=user.employee)
    return user


def head_of_the_department(case: Case) -> User:
    user = somebody(case)
    Department.objects.filter(code="online").update(head=user.employee)
    return user


def head_of_the_department_above(case: Case) -> User:
    user = somebody(case)
    parent = make_department("all", head=user.employee)
    Department.objects.filter(code="online").update(parent=parent)
    return user


def head_of_another_department(case: Case) -> User:
    user = somebody(case)
    make_department("hotline", head=user.employee)
    return user


def led_by_the_appellant(case: Case) -> User:
    user = somebody(case)
    make_assignment(employee_of(user), supervisor=case.agent.employee)
    return user


def led_by_who_is_led_by_the_appellant(case: Case) -> User:
    user, between = somebody(case), make_employee()
    make_assignment(between, supervisor=case.agent.employee)
    make_assignment(employee_of(user), supervisor=between)
    return user


def led_by_the_appellant_long_ago(case: Case) -> User:
    user = somebody(case)
    make_assignment(employee_of(user), supervisor=case.agent.employee, end_on=date(2026, 9, 1))
    return user


def colleague_of_the_appellant(case: Case) -> User:
    user = somebody(case)
    make_assignment(
        employee_of(user),
        Department.objects.get(code="online"),
        supervisor=case.supervisor.employee,
    )
    return user
