"""People for tests. Everything has a sensible default; pass only what the test is about."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from kpi_portal.people.models import (
    Assignment,
    Company,
    Department,
    Employee,
    Leave,
    Position,
    RoleGrant,
    User,
)

LONG_AGO = date(2020, 1, 1)
PASSWORD = "correct horse battery staple"

_numbers = count(1)


def make_company(**fields: Any) -> Company:
    """The one company, with `fields` changed."""
    company, _made = Company.objects.update_or_create(
        pk=1, defaults={"name": "测试公司", **fields}
    )
    return company


def make_department(code: str = "", **fields: Any) -> Department:
    """The department with this code, made if it is not there."""
    code = code or f"d{next(_numbers)}"
    fields.setdefault("name", f"部门 {code}")
    department, _made = Department.objects.get_or_create(code=code, defaults=fields)
    return department


def make_position(code: str = "", **fields: Any) -> Position:
    code = code or f"p{next(_numbers)}"
    fields.setdefault("name", f"岗位 {code}")
    position, _made = Position.objects.get_or_create(code=code, defaults=fields)
    return position


def make_employee(
    number: str = "",
    name: str = "",
    *,
    department: Department | None = None,
    supervisor: Employee | None = None,
    **fields: Any,
) -> Employee:
    """An employee; with a department or supervisor also assigned, since they were hired."""
    number = number or f"E{next(_numbers):04}"
    fields.setdefault("hired_on", LONG_AGO)
    employee = Employee.objects.create(number=number, name=name or f"员工 {number}", **fields)
    if department or supervisor:
        start_on = fields["hired_on"] or LONG_AGO
        make_assignment(employee, department, supervisor=supervisor, start_on=start_on)
    return employee


def make_assignment(
    employee: Employee,
    department: Department | None = None,
    *,
    supervisor: Employee | None = None,
    start_on: date = LONG_AGO,
    end_on: date | None = None,
    position: Position | None = None,
) -> Assignment:
    return Assignment.objects.create(
        employee=employee,
        department=department or make_department(),
        supervisor=supervisor,
        position=position,
        start_on=start_on,
        end_on=end_on,
    )


def make_leave(employee: Employee, start_on: date, end_on: date, **fields: Any) -> Leave:
    return Leave.objects.create(employee=employee, start_on=start_on, end_on=end_on, **fields)


def make_user(
    *roles: str, username: str = "", employee: Employee | None = None, **fields: Any
) -> User:
    """An account with `roles` whose password is PASSWORD."""
    username = username or f"user{next(_numbers)}"
    user = User.objects.create_user(username, password=PASSWORD, employee=employee, **fields)
    granted_at = datetime(2020, 1, 1, tzinfo=UTC)
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, granted_at=granted_at) for role in roles
    )
    return user


def make_person(
    *roles: str,
    number: str = "",
    name: str = "",
    department: Department | None = None,
    supervisor: Employee | None = None,
) -> User:
    """An employee with an account named like their number, in lower case."""
    employee = make_employee(number, name, department=department, supervisor=supervisor)
    return make_user(*roles, username=employee.number.lower(), employee=employee)
