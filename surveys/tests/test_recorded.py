"""Typing values in: who may for whom, what is refused at which field, what the trail keeps."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kpi_portal.audit.models import Event
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date
from surveys.models import RecordedValue
from surveys.recorded.permissions import can_change, can_record, can_record_for
from surveys.tests.judgements import make_recorded

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 31)


def filled(user: User, **fields: Any) -> dict[str, Any]:
    assert user.employee is not None
    return {
        "item": "出勤率", "employee": user.employee.number, "effective_on": "2026-10-31",
        "value": "98.5", "source": "考勤系统", "evidence": "10 月报表",
    } | fields  # fmt: skip


def test_hr_and_the_supervisor_record_for_others_only(
    agent: User, outsider: User, supervisor: User, hr: User, admin_user: User, inspector: User
) -> None:
    assert agent.employee and outsider.employee and hr.employee and supervisor.employee

    assert [can_record(each) for each in (hr, supervisor, agent, admin_user, inspector)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert can_record_for(supervisor, agent.employee, DAY)
    assert not can_record_for(supervisor, outsider.employee, DAY)
    assert not can_record_for(supervisor, supervisor.employee, DAY)
    assert can_record_for(hr, outsider.employee, DAY)
    assert not can_record_for(hr, hr.employee, DAY)
    value = make_recorded(agent.employee, 99)
    assert [can_change(each, value) for each in (hr, supervisor, agent)] == [True, True, False]


def test_a_value_is_recorded_with_its_trace(client: Client, agent: User, supervisor: User) -> None:
    client.force_login(supervisor)

    answer = client.post(reverse("surveys:recorded"), filled(agent))

    assert answer.status_code == 303
    value = RecordedValue.objects.get()
    assert (value.item, str(value.value), value.recorded_by) == (
        "attendance", "98.5000", supervisor,
    )  # fmt: skip
    event = Event.objects.get(act="recorded_value.added")
    assert event.after["evidence"] == "10 月报表"
    page = client.get(reverse("surveys:recorded"), {"item": "出勤率"})
    assert "98.5" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"item": "出 勤"}, "item"),
        ({"employee": "X"}, "employee"),
        ({"employee": ""}, "employee"),
        ({"value": "九成"}, "value"),
        ({"value": "1.00001"}, "value"),
        ({"source": ""}, "source"),
        ({"evidence": " "}, "evidence"),
        ({"effective_on": (local_date(timezone.now()) + timedelta(2)).isoformat()},
         "effective_on"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    client: Client, agent: User, hr: User, fields: dict[str, str], field: str
) -> None:
    client.force_login(hr)

    answer = client.post(reverse("surveys:recorded"), filled(agent, **fields))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not RecordedValue.objects.exists()


def test_a_second_value_of_one_day_is_refused(client: Client, agent: User, hr: User) -> None:
    client.force_login(hr)
    client.post(reverse("surveys:recorded"), filled(agent))

    answer = client.post(reverse("surveys:recorded"), filled(agent, value="1"))

    assert answer.status_code == 422 and "effective_on" in answer.context["form"].errors
    assert RecordedValue.objects.count() == 1


def test_somebody_elses_team_is_refused(client: Client, outsider: User, supervisor: User) -> None:
    client.force_login(supervisor)

    answer = client.post(reverse("surveys:recorded"), filled(outsider))

    assert answer.status_code == 422 and "employee" in answer.context["form"].errors


def test_a_correction_and_a_removal_say_why(client: Client, agent: User, hr: User) -> None:
    client.force_login(hr)
    assert agent.employee is not None
    value = make_recorded(agent.employee, 90)
    url = reverse("surveys:recorded-change", args=[value.pk])
    fields = {"value": "95", "source": "考勤系统", "evidence": "更正单 7"}

    assert client.post(url, fields).status_code == 422
    assert client.post(url, {"remove": "1"}).status_code == 422
    assert client.post(url, {**fields, "reason": "漏计调休"}).status_code == 303
    value.refresh_from_db()
    assert value.value == 95
    event = Event.objects.get(act="recorded_value.corrected")
    assert (event.before["value"], event.after["value"]) == ("90.0000", "95.0000")

    assert client.post(url, {"remove": "1", "reason": "重复"}).status_code == 303
    assert not RecordedValue.objects.exists()
    assert Event.objects.get(act="recorded_value.removed").reason == "重复"
