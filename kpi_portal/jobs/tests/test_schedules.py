"""The timetable is seeded once; what administrators change stays."""

import json
from datetime import time

import pytest
from django_celery_beat.models import PeriodicTask

from kpi_portal.audit.models import Event
from kpi_portal.jobs import schedules, tasks
from kpi_portal.jobs.models import Job
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db


def test_seeding_twice_adds_once() -> None:
    assert schedules.seed_schedules() == len(schedules.SCHEDULES)
    assert schedules.seed_schedules() == 0


def test_the_timetable_is_the_agreed_one() -> None:
    schedules.seed_schedules()

    found = {entry.task.name: (entry.seconds, entry.at) for entry in schedules.entries()}

    assert found == {
        "Sweep jobs": (15, ""),
        "Seal the audit trail": (5, ""),
        "Advance periods": (None, "02:00"),
        "Appeal deadlines": (None, "00:10"),
    }
    zones = {str(task.crontab.timezone) for task in PeriodicTask.objects.exclude(crontab=None)}
    assert zones == {"Asia/Shanghai"}


def test_every_entry_names_a_task_and_kind_that_exist() -> None:
    from kpi_portal.celery import app
    from kpi_portal.jobs import kinds

    app.loader.import_default_modules()
    for schedule in schedules.SCHEDULES:
        assert schedule.task in app.tasks
        assert set(schedule.args) <= set(kinds.handlers())


def test_what_an_administrator_changed_survives_the_next_start(admin_user: User) -> None:
    schedules.seed_schedules()
    task = PeriodicTask.objects.get(name="Advance periods")
    schedules.change_schedule(task, by=admin_user, enabled=False, at=time(4, 30))

    schedules.seed_schedules()

    task.refresh_from_db()
    assert (task.enabled, schedules.entry(task).at) == (False, "04:30")
    event = Event.objects.get(act="schedule.changed")
    assert event.before["at"] == "02:00" and event.after["at"] == "04:30"


def test_changing_one_interval_leaves_the_other_entries_alone(admin_user: User) -> None:
    schedules.seed_schedules()
    task = PeriodicTask.objects.get(name="Sweep jobs")

    schedules.change_schedule(task, by=admin_user, enabled=True, seconds=5)
    schedules.change_schedule(task, by=admin_user, enabled=True, seconds=20)

    assert {entry.seconds for entry in schedules.entries()} == {20, 5, None}


def test_a_timetable_entry_asks_for_one_job_while_one_lives() -> None:
    tasks.request_job("test.count")
    tasks.request_job("test.count")

    assert Job.objects.filter(kind="test.count").count() == 1
    schedules.seed_schedules()
    assert json.loads(PeriodicTask.objects.get(name="Advance periods").args) == ["periods.advance"]
