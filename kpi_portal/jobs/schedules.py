"""The timetable: rows in django-celery-beat's tables, seeded once and then the company's own."""

import json
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from kpi_portal.audit.services import record


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

LABELS = {
    "Sweep jobs": _("Repair interrupted work"),
    "Seal the audit trail": _("Seal the audit trail"),
    "Advance periods": _("Advance the periods"),
    "Appeal deadlines": _("Check the deadlines of appeals"),
}


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


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the timetable as the page shows it: `seconds` between runs, or daily `at`."""

    task: PeriodicTask
    label: str
    seconds: int | None
    at: str


def names() -> list[str]:
    return [schedule.name for schedule in SCHEDULES]


def entries() -> list[Entry]:
    """Our rows of the timetable, in the order of SCHEDULES."""
    rows = PeriodicTask.objects.filter(name__in=names()).select_related("interval", "crontab")
    by_name = {task.name: task for task in rows}
    return [entry(by_name[name]) for name in names() if name in by_name]


def entry(task: PeriodicTask) -> Entry:
    """One row of the timetable."""
    at = f"{int(task.crontab.hour):02}:{int(task.crontab.minute):02}" if task.crontab else ""
    seconds = task.interval.every if task.interval else None
    return Entry(task, str(LABELS.get(task.name, task.name)), seconds, at)


@transaction.atomic
def change_schedule(
    task: PeriodicTask,
    *,
    by: Any,
    enabled: bool,
    seconds: int | None = None,
    at: time | None = None,
) -> None:
    """Switch an entry on or off, or move it. Beat notices within seconds."""
    before = entry(task)
    if seconds is not None:
        task.interval = _interval(seconds)
        task.expire_seconds = max(seconds, 15)
    if at is not None:
        task.crontab = _daily(at.hour, at.minute)
    was_enabled, task.enabled = task.enabled, enabled
    task.save()
    after = entry(task)
    record(
        "schedule.changed",
        ("schedule", task.name),
        actor=by,
        before={"enabled": was_enabled, "seconds": before.seconds, "at": before.at},
        after={"enabled": enabled, "seconds": after.seconds, "at": after.at},
    )
