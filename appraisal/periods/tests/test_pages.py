"""The console shows what it should of runs, late records, reopening and departments' cards."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Period, PeriodRun, Reopening, Scheme
from appraisal.periods import reopening
from appraisal.periods.late import late_records
from appraisal.tests.factories import (
    AFTER,
    employee_of,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_assignment, make_employee, make_user
from tickets.models import Import, Ticket

pytestmark = pytest.mark.django_db

LATER = AFTER + timedelta(days=1)


@pytest.fixture
def period(agent: User, department: Department) -> Period:
    """October 2026, computed twice with something in between."""
    make_active_version(department)
    make_work(agent, frt=80, score=4)
    period = make_period()
    run(period)
    make_work(agent, frt=240, score=4)
    run(period)
    return period


def page(client: Client, user: User, name: str, *args: object, query: str = "") -> str:
    client.force_login(user)
    response = client.get(reverse(f"appraisal:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_every_run_is_kept_and_any_two_are_compared(
    client: Client, period: Period, hr: User, agent: User
) -> None:
    assert PeriodRun.objects.filter(period=period).count() == 2

    text = page(client, hr, "period_runs", period.code, query="?before=1&after=2")

    assert employee_of(agent).number in text
    assert "80.56" in text


def test_an_administrator_sees_the_runs_without_results(client: Client, period: Period) -> None:
    text = page(client, make_user("admin"), "period_runs", period.code, query="?before=1&after=2")

    assert "80.56" not in text


def test_late_records_are_listed_by_agent(
    client: Client, period: Period, agent: User, hr: User
) -> None:
    publish(period)
    found = Import.objects.create(
        kind="tickets", state="done", file_name="工单.csv", file_sha256="0" * 64, source="test",
        requested_by=hr, requested_at=LATER, finished_at=LATER,
    )  # fmt: skip
    make_work(agent, score=None, tickets=2, day=date(2026, 10, 28))
    Ticket.objects.filter(created_at__date=date(2026, 10, 28)).update(last_import=found)

    late = late_records(period)

    assert [(row.employee, row.tickets, row.answers) for row in late.rows] == [
        (employee_of(agent), 2, 0)
    ]
    assert 'id="late"' in page(client, hr, "period", period.code)


def test_the_console_leads_through_reopening(
    client: Client, period: Period, hr: User, hr_lead: User, committee: User
) -> None:
    publish(period)
    address = reverse("appraisal:period_reopen", args=[period.code])
    client.force_login(hr)
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "数据晚到"})
    asked = Reopening.objects.get()
    client.force_login(hr_lead)
    client.post(reverse("appraisal:period_reopen_agree", args=[period.code, asked.pk]))
    assert "period_reopen_approve" not in page(client, hr, "period", period.code)
    client.force_login(committee)
    client.post(
        reverse("appraisal:period_reopen_refuse", args=[period.code, asked.pk]),
        {"reason": "数量太少"},
    )

    asked.refresh_from_db()
    assert (asked.state, asked.decision_reason) == ("refused", "数量太少")
    assert "数量太少" in page(client, hr, "period", period.code)


def test_a_reopened_period_shows_its_candidates_and_the_board_what_is_published(
    client: Client, period: Period, agent: User, hr: User, hr_lead: User, committee: User
) -> None:
    publish(period)
    asked = reopening.request(period.pk, reason="晚到", by=hr, at=LATER)
    reopening.agree(asked.pk, by=hr_lead, at=LATER)
    reopening.approve(asked.pk, by=committee, at=LATER)
    make_work(agent, frt=1000, score=None, tickets=5)
    period.refresh_from_db()
    run(period, at=LATER)

    text = page(client, hr, "period", period.code)

    assert "?revision=2" in text
    number = employee_of(agent).number
    assert page(client, agent, "scorecard", period.code, number)
    client.force_login(agent)
    address = reverse("appraisal:scorecard", args=[period.code, number])
    assert client.get(f"{address}?revision=2").status_code == 404
    assert page(client, hr, "scorecard", period.code, number, query="?revision=2")


def test_a_split_card_shows_its_parts(
    client: Client, department: Department, other_department: Department, hr: User
) -> None:
    make_active_version(department, other_department)
    employee = make_employee()
    make_assignment(employee, department, end_on=date(2026, 10, 19))
    make_assignment(employee, other_department, start_on=date(2026, 10, 19))
    make_work(employee, day=date(2026, 10, 12))
    make_work(employee, day=date(2026, 10, 26))
    period = make_period()
    run(period)

    text = page(client, hr, "scorecard", period.code, employee.number)

    assert 'id="segment-1-head"' in text
    assert 'id="line-2-1"' in text
    for segment in ("1", "2"):
        query = f"?revision=1&segment={segment}"
        records = page(
            client, hr, "scorecard_records", period.code, employee.number, 1, query=query
        )
        assert "3" in records


def test_the_head_sees_the_departments_card_once_it_is_published(
    client: Client, agent: User, supervisor: User, department: Department, hr: User
) -> None:
    make_active_version(department)
    team = Scheme.objects.create(
        key="team", name="团队目标", cycle="month", subject=Scheme.Subject.DEPARTMENT
    )
    make_active_version(department, scheme=team)
    department.head = supervisor.employee
    department.save()
    make_work(agent, frt=80, score=4)
    period = make_period()
    run(period)
    address = reverse("appraisal:department_scorecard", args=[period.code, department.code])
    client.force_login(supervisor)
    assert client.get(address).status_code == 404
    assert page(client, hr, "department_scorecard", period.code, department.code)
    publish(period)

    text = page(client, supervisor, "department_scorecard", period.code, department.code)

    assert "80.56" in text
    assert department.code in page(client, supervisor, "department_scorecards")
    assert 'id="departments"' in page(client, hr, "period", period.code)
    assert supervisor.notices.filter(kind="appraisal.department_published").exists()
    client.force_login(agent)
    assert client.get(address).status_code == 404


def test_a_period_that_is_over_is_not_said_to_run(
    client: Client, department: Department, hr: User
) -> None:
    make_active_version(department)
    period = make_period("2025-10")

    text = page(client, hr, "period", period.code)

    assert "中期结果" not in text
    assert "interim results" not in text
