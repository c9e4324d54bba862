"""Service hours: the page, who may change it, and the seconds that come of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.audit.models import Event
from kpi_portal.people.models import Department, Role, WorkCalendarDay
from kpi_portal.people.tests.factories import make_user
from tickets import hours
from tickets.models import ServiceHours
from tickets.service_hours.services import HoursOverlap, add_hours, remove_hours

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3_600


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI).astimezone(UTC)


def served(start: datetime, end: datetime, place: hours.Place = (None, "")) -> int:
    table = hours.table(end)
    number = table.places.index(place)
    seconds = [table.served(number, int(each.timestamp())) for each in (start, end)]
    assert seconds[0] is not None and seconds[1] is not None
    return seconds[1] - seconds[0]


def test_without_an_entry_working_days_are_nine_to_six() -> None:
    monday = "2026-10-12"

    assert served(at(monday, "08:00"), at(monday, "10:00")) == HOUR
    assert served(at(monday, "17:30"), at("2026-10-13", "09:30")) == HOUR
    assert served(at("2026-10-16", "17:00"), at("2026-10-19", "10:00")) == 2 * HOUR
    assert served(at("2026-10-17", "00:00"), at("2026-10-18", "23:59")) == 0


def test_make_up_workdays_count_and_holidays_do_not() -> None:
    WorkCalendarDay.objects.create(day=date(2026, 10, 10), is_workday=True, kind="makeup")
    WorkCalendarDay.objects.create(day=date(2026, 10, 12), is_workday=False, kind="holiday")

    assert served(at("2026-10-10", "00:00"), at("2026-10-11", "00:00")) == 9 * HOUR
    assert served(at("2026-10-12", "00:00"), at("2026-10-13", "00:00")) == 0


def test_the_nearest_entry_counts() -> None:
    online = Department.objects.create(code="online", name="在线")
    for department, channel, days, opens, closes in (
        (None, "", "workday", 8 * 60, 20 * 60),
        (None, "chat", "weekend", 10 * 60, 12 * 60),
        (online, "", "holiday", 10 * 60, 11 * 60),
        (online, "hotline", "workday", 0, 24 * 60),
    ):
        ServiceHours.objects.create(
            department=department, channel=channel, days=days, opens=opens, closes=closes
        )
    WorkCalendarDay.objects.create(day=date(2026, 10, 12), is_workday=False, kind="holiday")

    def day(on: str, place: hours.Place) -> int:
        start = at(on, "00:00")
        return served(start, start + timedelta(days=1), place)

    assert day("2026-10-13", (None, "")) == 12 * HOUR
    assert day("2026-10-13", (online.pk, "hotline")) == 24 * HOUR
    assert day("2026-10-13", (online.pk, "chat")) == 12 * HOUR
    assert day("2026-10-17", (online.pk, "chat")) == 2 * HOUR
    assert day("2026-10-17", (online.pk, "hotline")) == 0
    assert day("2026-10-12", (online.pk, "chat")) == HOUR
    assert day("2026-10-12", (None, "chat")) == 0


def test_entering_and_removing_leaves_a_trace() -> None:
    admin = make_user(Role.ADMIN)
    row = add_hours(
        department=None, channel="chat", days="weekend", opens=600, closes=720, by=admin
    )
    with pytest.raises(HoursOverlap):
        add_hours(department=None, channel="chat", days="weekend", opens=719, closes=800, by=admin)
    add_hours(department=None, channel="chat", days="weekend", opens=720, closes=800, by=admin)

    remove_hours(row, by=admin)

    acts = list(Event.objects.filter(act__startswith="hours.").values_list("act", flat=True))
    assert sorted(acts) == ["hours.added", "hours.added", "hours.removed"]
    assert ServiceHours.objects.get().opens == 720


def test_the_page_takes_hours_and_says_what_is_wrong(client: Client) -> None:
    client.force_login(make_user(Role.HR))
    url = reverse("tickets:hours")
    sent = {"days": "workday", "opens": "8:30", "closes": "24:00", "reason": "值班"}

    assert client.post(url, sent).status_code == 303
    row = ServiceHours.objects.get()
    assert (row.opens, row.closes, row.channel, row.department) == (510, 1440, "", None)
    for wrong in ({"closes": "25:00"}, {"closes": "08:00"}, {"opens": "nine"}, {}):
        answer = client.post(url, sent | wrong)
        assert answer.status_code == 422, wrong
    assert "08:30–24:00" in client.get(url).content.decode()
    assert client.post(reverse("tickets:hours-remove", args=[row.pk])).status_code == 303
    assert not ServiceHours.objects.exists()
