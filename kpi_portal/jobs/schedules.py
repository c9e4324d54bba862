"""The timetable: rows in django-celery-beat's tables, seeded once and then the company's own."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask


@dataclass(frozen=True, slots=True)
class Schedule:
    """An entry as first seeded: either every `seconds`, or daily at `hour`:`minute`."""

    name: str
    task: str
    seconds: int | None = None
    hour: int = 0
    minute: int = 0
    args: list[str] = field(default_factory=list)


SCHEDULES = (
    Schedule("Sweep jobs", "kpi_portal.jobs.tasks.sweep", seconds=15),
    Schedule("Seal the audit trail", "kpi_portal.audit.tasks.seal_audit", seconds=5),
    Schedule(
        "Advance periods",
        "kpi_portal.jobs.tasks.request_job",
        hour=2,
        args=["periods.advance"],
    ),
    Schedule(
        "Appeal deadlines",
        "kpi_portal.jobs.tasks.request_job",
        hour=0,
        minute=10,
        args=["appeals.deadlines"],
    ),
)


@transaction.atomic
def seed_schedules() -> int:
    """Add the entries that are not there; how many. An entry that exists, by name, is left as
    it is, so that what administrators changed stays. Safe to run again."""
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    new = [schedule for schedule in SCHEDULES if schedule.name not in known]
    for schedule in new:
        _add(schedule)
    return len(new)


def _add(schedule: Schedule) -> None:
    when: dict[str, Any] = {}
    if schedule.seconds is not None:
        when["interval"] = _interval(schedule.seconds)
        when["expire_seconds"] = max(schedule.seconds, 15)
    else:
        when["crontab"] = _daily(schedule.hour, schedule.minute)
    PeriodicTask.objects.create(
        name=schedule.name, task=schedule.task, args=json.dumps(schedule.args), **when
    )


def _interval(seconds: int) -> IntervalSchedule:
    found = IntervalSchedule.objects.filter(every=seconds, period=IntervalSchedule.SECONDS).first()
    return found or IntervalSchedule.objects.create(every=seconds, period=IntervalSchedule.SECONDS)


def _daily(hour: int, minute: int) -> CrontabSchedule:
    wanted = {
        "minute": str(minute),
        "hour": str(hour),
        "day_of_week": "*",
        "day_of_month": "*",
        "month_of_year": "*",
        "timezone": settings.TIME_ZONE,
    }
    found = CrontabSchedule.objects.filter(**wanted).first()
    return found or CrontabSchedule.objects.create(**wanted)
