"""Acts that need a second person: asking, deciding, carrying out, and who may."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.audit.models import Event
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import Leave, Role, SecondPersonRequest, User
from kpi_portal.people.second_person import permissions, queries, services
from kpi_portal.people.second_person.own_acts import (
    ADD_ABSENCE,
    CHANGE_ROLE,
    roles_need_a_second_person,
)
from kpi_portal.people.tests.factories import make_department, make_employee, make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 6, 3, tzinfo=UTC)
State = SecondPersonRequest.State
ABSENT = {"start_on": "2026-11-02", "end_on": "2026-11-04", "kind": "事假"}


@pytest.fixture
def boss() -> User:
    return make_person("supervisor", number="S001")


@pytest.fixture
def hr() -> User:
    return make_person("hr", number="H001")


@pytest.fixture
def team(boss: User) -> str:
    make_employee("A001", department=make_department("online"), supervisor=boss.employee)
    return "A001"


def report(by: User, number: str, start: str = "2026-11-02") -> SecondPersonRequest:
    return services.ask(
        ADD_ABSENCE, f"{number}:{start}", reason="请假单", by=by, at=NOW, params=ABSENT
    )


def test_a_reported_absence_counts_once_hr_agrees(boss: User, hr: User, team: str) -> None:
    asked = report(boss, team)
    assert not Leave.objects.exists()

    services.approve(asked.pk, by=hr, at=NOW)

    leave = Leave.objects.get()
    assert (leave.employee.number, leave.start_on, leave.end_on) == (
        team,
        date(2026, 11, 2),
        date(2026, 11, 4),
    )
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (State.USED, hr)
    acts = list(Event.objects.values_list("act", flat=True))
    assert {"second_person.asked", "second_person.approved", "employee.leave_added"} <= set(acts)


def test_nobody_is_their_own_second_person(hr: User, team: str) -> None:
    asked = report(hr, team)

    with pytest.raises(NotAllowed):
        services.approve(asked.pk, by=hr, at=NOW)
    assert not Leave.objects.exists()


def test_hr_does_not_decide_on_their_own_absence(boss: User, hr: User) -> None:
    asked = report(boss, "H001")

    assert not permissions.can_decide(hr, asked)
    assert permissions.can_decide(make_person("hr", number="H002"), asked)


def test_a_decision_is_made_once(boss: User, hr: User, team: str) -> None:
    asked = report(boss, team)
    services.refuse(asked.pk, by=hr, at=NOW, reason="没有请假单")

    with pytest.raises(Conflict):
        services.approve(asked.pk, by=hr, at=NOW)
    assert not Leave.objects.exists()


def test_refusing_needs_a_reason(boss: User, hr: User, team: str) -> None:
    asked = report(boss, team)

    with pytest.raises(services.ReasonNeeded):
        services.refuse(asked.pk, by=hr, at=NOW, reason=" ")


def test_the_same_is_asked_for_once(boss: User, team: str) -> None:
    report(boss, team)

    with pytest.raises(services.AskedAlready):
        report(boss, team)
    report(boss, team, "2026-11-09")


def test_only_the_asker_withdraws(boss: User, hr: User, team: str) -> None:
    asked = report(boss, team)

    with pytest.raises(NotAllowed):
        services.withdraw(asked.pk, by=hr)
    services.withdraw(asked.pk, by=boss)

    asked.refresh_from_db()
    assert asked.state == State.WITHDRAWN


@pytest.mark.parametrize(
    ("role", "sees", "decides"),
    [
        ("agent", False, False),
        ("supervisor", False, False),
        ("inspector", False, False),
        ("hr", True, True),
        ("hr_lead", True, True),
        ("committee", False, False),
        ("chair", False, False),
        ("admin", False, False),
        ("auditor", True, False),
    ],
)
def test_who_sees_and_who_decides(
    role: str, sees: bool, decides: bool, boss: User, team: str
) -> None:
    asked = report(boss, team)
    user = make_person(role, number="X001")

    assert permissions.can_view(user, asked) is sees
    assert permissions.can_decide(user, asked) is decides
    assert [each.pk for each in queries.to_decide(user)] == ([asked.pk] if decides else [])
    assert len(queries.waiting_for(user, NOW)) == int(decides)


def test_a_permission_is_good_once_and_for_a_day(boss: User, hr: User) -> None:
    auditor = make_person("auditor", number="U001")
    asked = services.ask(
        "appraisal.export_scores", "2026-10", reason="抽查", by=auditor, at=NOW,
        params={"count": 3},
    )  # fmt: skip
    services.approve(asked.pk, by=hr, at=NOW)

    def held(after: timedelta) -> SecondPersonRequest | None:
        return queries.granted("appraisal.export_scores", "2026-10", auditor, NOW + after)

    assert held(timedelta(hours=23)) is not None
    assert held(timedelta(hours=24)) is None
    asked.refresh_from_db()
    services.use(asked, NOW)
    assert held(timedelta(hours=1)) is None
    with pytest.raises(Conflict):
        services.use(asked, NOW)


def test_a_change_of_roles_waits_for_another_administrator(client: Client, settings: Any) -> None:
    settings.SECOND_PERSON_FOR_ROLES = True
    one, other = make_person("admin", number="M001"), make_person("admin", number="M002")
    agent = make_person("agent", number="A001")
    client.force_login(one)

    client.post(
        reverse("people:grant_role", args=[agent.username]),
        {"role": "inspector", "reason": "质检岗"},
    )
    assert not agent.role_grants.filter(role=Role.INSPECTOR).exists()
    asked = SecondPersonRequest.objects.get(act=CHANGE_ROLE)
    assert not permissions.can_decide(one, asked)

    services.approve(asked.pk, by=other, at=NOW)
    assert agent.role_grants.filter(role=Role.INSPECTOR).exists()


def test_an_only_administrator_goes_on_alone(settings: Any) -> None:
    settings.SECOND_PERSON_FOR_ROLES = True
    only = make_person("admin", number="M001")
    assert not roles_need_a_second_person(only)

    make_person("hr_lead", number="H001")
    assert roles_need_a_second_person(only)


def test_supervisors_report_on_the_page_and_hr_decides_on_theirs(
    client: Client, boss: User, hr: User, team: str
) -> None:
    client.force_login(boss)
    form = {"start_on": "2026-11-02", "last_on": "2026-11-03", "kind": "事假", "reason": "请假单"}
    client.post(reverse("people:add_absence", args=[team]), form)
    asked = SecondPersonRequest.objects.get()
    page = reverse("people:second_person", args=[asked.pk])
    assert client.post(page, {"decision": "approve"}).status_code == 403

    client.force_login(hr)
    assert "员工 A001" in client.get(page).content.decode()
    assert client.post(page, {"decision": "refuse"}).status_code == 422
    assert client.post(page, {"decision": "approve"}).status_code == 303
    assert Leave.objects.count() == 1


def test_an_overlapping_absence_is_refused_and_nothing_is_decided(
    client: Client, boss: User, hr: User, team: str
) -> None:
    services.approve(report(boss, team).pk, by=hr, at=NOW)
    again = report(boss, team)
    client.force_login(hr)

    answer = client.post(reverse("people:second_person", args=[again.pk]), {"decision": "approve"})

    assert answer.status_code == 422
    again.refresh_from_db()
    assert (again.state, Leave.objects.count()) == (State.ASKED, 1)


def test_supervisors_do_not_report_their_own_absence(client: Client, boss: User) -> None:
    client.force_login(boss)

    assert client.get(reverse("people:add_absence", args=["S001"])).status_code == 403
