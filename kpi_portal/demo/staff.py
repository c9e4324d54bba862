"""Puts the demo's people into the portal by the ordinary services, and gives them accounts."""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from kpi_portal.demo.cast import UNITS, Cast, Person
from kpi_portal.people.models import Department, Employee, Position, User
from kpi_portal.people.services import (
    add_account,
    add_department,
    add_employee,
    add_position,
    change_company,
    change_department,
    leave,
    transfer,
)

COMPANY = {"name": "云杉优品", "name_zh_hant": "雲杉優品", "name_en": "Spruce Select"}
DEPARTMENTS = (
    ("OFFICE", "总经理办公室", "總經理辦公室", "General office"),
    ("HR", "人力资源部", "人力資源部", "Human resources"),
    ("QUALITY", "质量管理部", "品質管理部", "Quality"),
    *((unit.code, unit.name, unit.name_zh_hant, unit.name_en) for unit in UNITS),
)
POSITIONS = (
    ("AGENT", "客服专员", "客服專員", "Agent"),
    ("SUPERVISOR", "客服主管", "客服主管", "Supervisor"),
    ("INSPECTOR", "质检员", "質檢員", "QA inspector"),
    ("HR", "人力资源专员", "人力資源專員", "HR specialist"),
    ("MANAGER", "部门经理", "部門經理", "Manager"),
    ("IT", "系统管理员", "系統管理員", "System administrator"),
    ("AUDITOR", "内部审计", "內部稽核", "Internal auditor"),
)


def settle(cast: Cast, *, at: datetime) -> dict[str, str]:
    """Company, departments, people, assignments, accounts. Returns passwords by user name."""
    change_company(by=None, **COMPANY)
    departments = {
        code: add_department(by=None, code=code, name=name, name_zh_hant=hant, name_en=english)
        for code, name, hant, english in DEPARTMENTS
    }
    positions = {
        code: add_position(by=None, code=code, name=name, name_zh_hant=hant, name_en=english)
        for code, name, hant, english in POSITIONS
    }
    employees: dict[str, Employee] = {}
    for person in cast.people:
        employees[person.number] = _employ(person, departments, positions, employees)
    for move in cast.moves:
        transfer(
            employees[move.number], on=move.on, department=departments[move.department],
            position=positions["AGENT"], supervisor=employees[move.supervisor], by=None,
        )  # fmt: skip
    for person in cast.people:
        if person.left_on is not None:
            last_day = person.left_on - timedelta(days=1)
            leave(employees[person.number], on=last_day, by=None)
    for unit in UNITS:
        head = next(
            person.number
            for person in cast.people
            if person.department == unit.code and person.position == "SUPERVISOR"
        )
        change_department(departments[unit.code], by=None, head=employees[head])
    return {
        person.user: _account(person, employees[person.number], at)
        for person in cast.people
        if person.user and person.left_on is None
    }


def _employ(
    person: Person,
    departments: Mapping[str, Department],
    positions: Mapping[str, Position],
    employees: Mapping[str, Employee],
) -> Employee:
    return add_employee(
        number=person.number,
        name=person.name,
        department=departments[person.department],
        position=positions[person.position],
        supervisor=employees.get(person.supervisor),
        hired_on=person.hired_on,
        start_on=person.hired_on,
        by=None,
    )


def _account(person: Person, employee: Employee, at: datetime) -> str:
    password = secrets.token_urlsafe(12)
    add_account(
        username=person.user, password=password, by=None, at=at, roles=person.roles,
        employee=employee,
    )  # fmt: skip
    return password


def user(name: str) -> User:
    """The account of that name; rights are read anew."""
    return User.objects.select_related("employee").get(username=name)


def supervisor_of(number: str) -> User | None:
    """The account of whom an employee answers to now."""
    employee = Employee.objects.get(number=number)
    current = employee.assignments.order_by("-start_on").select_related("supervisor__user").first()
    if current is None or current.supervisor is None:
        return None
    return User.objects.filter(employee=current.supervisor).first()


def at_hour(day: date, hour: int) -> datetime:
    """`hour` o'clock in China on `day`, as an instant."""
    return datetime.combine(day, time(hour), tzinfo=UTC) - timedelta(hours=8)
