"""Seeding and editing the working calendar."""

from datetime import date
from typing import Any

import chinese_calendar
import pytest

from kpi_portal.people import services
from kpi_portal.people.models import User, WorkCalendarDay
from kpi_portal.people.queries import workday_test
from kpi_portal.people.services import calendar

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 12)


def is_workday(day: date) -> bool:
    return workday_test(day, day)(day)


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_both_tables_agree_about_the_announced_years(year: int) -> None:
    assert calendar.statutory_days(year)


def test_seeding_again_changes_nothing() -> None:
    assert services.seed_calendar([2025, 2026]) > 40
    assert services.seed_calendar([2025, 2026]) == 0


def test_tables_that_disagree_store_nothing(monkeypatch: Any) -> None:
    monkeypatch.setitem(chinese_calendar.holidays, DAY, None)

    with pytest.raises(calendar.TablesDisagree, match="2026-10-12"):
        services.seed_calendar([2026])

    assert not WorkCalendarDay.objects.exists()


def test_a_provisional_year_becomes_final_when_it_is_announced(monkeypatch: Any) -> None:
    announced = dict(chinese_calendar.holidays)
    workdays = dict(chinese_calendar.workdays)
    without = {day: name for day, name in announced.items() if day.year != 2026}
    monkeypatch.setattr(chinese_calendar, "holidays", without)
    monkeypatch.setattr(
        chinese_calendar,
        "workdays",
        {day: name for day, name in workdays.items() if day.year != 2026},
    )
    services.seed_calendar([2026])
    assert WorkCalendarDay.objects.filter(is_provisional=True).exists()

    monkeypatch.undo()
    services.seed_calendar([2026])

    assert not WorkCalendarDay.objects.filter(is_provisional=True).exists()
    assert WorkCalendarDay.objects.filter(kind="makeup").count() == 6


def test_a_day_of_the_company_wins_and_survives_seeding(admin_user: User) -> None:
    services.seed_calendar([2026])
    services.set_company_day(DAY, is_workday=False, name="厂庆", by=admin_user)
    services.set_company_day(date(2026, 10, 1), is_workday=True, name="值班", by=admin_user)

    services.seed_calendar([2026])

    assert not is_workday(DAY)
    assert is_workday(date(2026, 10, 1))


def test_a_day_taken_back_follows_the_statutory_calendar_again(admin_user: User) -> None:
    services.seed_calendar([2026])
    holiday = date(2026, 10, 1)
    services.set_company_day(holiday, is_workday=True, name="值班", by=admin_user)
    services.set_company_day(DAY, is_workday=False, name="厂庆", by=admin_user)

    services.clear_company_day(holiday, by=admin_user)
    services.clear_company_day(DAY, by=admin_user)
    services.clear_company_day(DAY, by=admin_user)

    assert not is_workday(holiday)
    assert is_workday(DAY)
    assert not WorkCalendarDay.objects.filter(kind="company").exists()
