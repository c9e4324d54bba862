"""Which tickets and answers each member of the cast sees. Rows 35, 36 and 43 of the matrix."""

from datetime import UTC, date, datetime

import pytest

from kpi_portal.people.models import Assignment, Department, User
from kpi_portal.people.tests.factories import make_assignment, make_person, make_user
from tickets.models import Ticket
from tickets.permissions import can_import, can_view_tickets
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def numbers(user: User) -> list[str]:
    rows = Ticket.objects.visible_to(user).order_by("external_id")
    return list(rows.values_list("external_id", flat=True))


@pytest.fixture
def tickets(agent: User, outsider: User) -> None:
    make_ticket(agent.employee, external_id="own")
    make_ticket(outsider.employee, external_id="first", first_agent=agent.employee)
    make_ticket(outsider.employee, external_id="foreign")
    make_ticket(None, external_id="nobody")


@pytest.mark.usefixtures("tickets")
def test_agents_see_what_they_handled_or_answered_first(agent: User, outsider: User) -> None:
    assert numbers(agent) == ["first", "own"]
    assert numbers(outsider) == ["first", "foreign"]


@pytest.mark.usefixtures("tickets")
def test_supervisors_see_their_team(supervisor: User, other_supervisor: User) -> None:
    assert numbers(supervisor) == ["first", "own"]
    assert numbers(other_supervisor) == ["first", "foreign"]


@pytest.mark.usefixtures("tickets")
def test_hr_and_administrators_see_all(hr: User, admin_user: User) -> None:
    everything = ["first", "foreign", "nobody", "own"]

    assert numbers(hr) == numbers(admin_user) == everything


@pytest.mark.usefixtures("tickets")
def test_everybody_else_sees_none(
    inspector: User, auditor: User, stranger: User, committee: User
) -> None:
    assert [numbers(each) for each in (inspector, auditor, stranger, committee)] == [[]] * 4


def test_a_supervisor_sees_only_the_days_of_the_assignment(
    supervisor: User, other_supervisor: User, agent: User
) -> None:
    assert agent.employee
    Assignment.objects.filter(employee=agent.employee).update(end_on=date(2026, 10, 12))
    make_assignment(
        agent.employee, supervisor=other_supervisor.employee, start_on=date(2026, 10, 12)
    )
    # 23:59 and 00:00 company time
    make_ticket(agent.employee, external_id="before",
                created_at=datetime(2026, 10, 11, 15, 59, 59, tzinfo=UTC))  # fmt: skip
    make_ticket(agent.employee, external_id="after",
                created_at=datetime(2026, 10, 11, 16, 0, 0, tzinfo=UTC))  # fmt: skip

    assert numbers(supervisor) == ["before"]
    assert numbers(other_supervisor) == ["after"]


@pytest.mark.usefixtures("tickets")
def test_the_head_of_a_department_sees_its_tickets(department: Department) -> None:
    head = make_person("supervisor", number="S100")
    assert numbers(head) == []

    Department.objects.filter(pk=department.pk).update(head=head.employee)

    assert numbers(head) == ["first", "own"]


@pytest.mark.parametrize(
    ("role", "may"),
    [("agent", False), ("supervisor", False), ("inspector", False), ("hr", True),
     ("hr_lead", True), ("committee", False), ("chair", False), ("admin", True),
     ("auditor", False)],
)  # fmt: skip
def test_hr_and_administrators_import(role: str, may: bool) -> None:
    assert can_import(make_user(role)) is may


@pytest.mark.parametrize(
    ("role", "may"),
    [("agent", True), ("supervisor", True), ("inspector", False), ("hr", True),
     ("committee", False), ("admin", True), ("auditor", False)],
)  # fmt: skip
def test_the_list_opens_for_who_can_have_tickets(role: str, may: bool) -> None:
    assert can_view_tickets(make_user(role)) is may
