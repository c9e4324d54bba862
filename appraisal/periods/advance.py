"""What the schedule does once a night: opens, collects, asks for runs, closes, retires."""

from datetime import datetime, time, timedelta
from typing import Any

import structlog
from django.db import transaction

from appraisal.models import Cycle, Period, Scheme, SchemeVersion
from appraisal.periods import calendar
from appraisal.periods.compute import is_over
from appraisal.periods.rollups import builds_on_parts, missing_parts
from appraisal.periods.services import NotReady, close, ensure
from appraisal.periods.workflow import State, WrongState, move
from appraisal.schemes.services.notices import retire_ended
from appraisal.scorecards.services import COMPUTE
from kpi_portal.audit.services import record
from kpi_portal.jobs.models import Job
from kpi_portal.jobs.services import AlreadyRunning
from kpi_portal.jobs.services import request as request_job
from kpi_portal.people.queries import company, local_date, zone

log = structlog.get_logger(__name__)

RUN_AT = time(2)
LATER_DAYS = {Cycle.MONTH: 0, Cycle.QUARTER: 1, Cycle.YEAR: 2}
"""A run starts at 02:00 company time of the cutoff's date, quarters and years later.

Source: 4-schemes-periods-results.md, "Period".
"""


def advance(now: datetime) -> dict[str, Any]:
    """Bring every period to where it belongs at `now`; the codes that moved, by what
    happened, and how many scheme versions retired.

    Safe to run again: each step is done once. Refused closings are left for the next night.
    """
    opened = _open(now)
    collecting = _collect(now)
    return {
        "opened": opened,
        "collecting": collecting,
        "requested": _request_runs(now),
        "closed": _close(now),
        "retired": retire_ended(at=now),
    }


def run_due_at(period: Period) -> datetime:
    """When the schedule computes the period."""
    day = period.cutoff_on + timedelta(days=LATER_DAYS[Cycle(period.cycle)])
    return datetime.combine(day, RUN_AT, tzinfo=zone())


def _open(now: datetime) -> list[str]:
    day, settings = local_date(now), company()
    codes = [str(calendar.containing(day, cycle, settings.month_start_day)) for cycle in Cycle]
    known = set(Period.objects.filter(code__in=codes).values_list("code", flat=True))
    return [ensure(code).code for code in codes if code not in known]


def _collect(now: datetime) -> list[str]:
    moved = []
    for period in Period.objects.filter(state=State.OPEN, end_on__lte=local_date(now)):
        if is_over(period, now):
            with transaction.atomic():
                move(period, "collect")
                record("period.collecting", period, actor=None)
            moved.append(period.code)
    return moved


def _request_runs(now: datetime) -> list[str]:
    """Ask for the run of each period that is due and has not been computed since."""
    asked = []
    for period in Period.objects.filter(state__in=[State.COLLECTING, State.CALCULATED]):
        due = run_due_at(period)
        done = period.calculated_at is not None and period.calculated_at >= due
        if now < due or done or _was_requested(period, due) or not _has_scheme(period):
            continue
        if builds_on_parts(period) and missing_parts(period, Scheme.Subject.AGENT):
            log.info("period waits for its parts", period=period.code)
            continue
        try:
            request_job(COMPUTE, period.code, {"period": period.code}, by=None)
        except AlreadyRunning:
            continue
        asked.append(period.code)
    return asked


def _was_requested(period: Period, due: datetime) -> bool:
    """So that a run that failed is looked at by people instead of failing every night."""
    jobs = Job.objects.filter(kind=COMPUTE, key=period.code)
    return jobs.filter(requested_at__gte=due).exists()


def _has_scheme(period: Period) -> bool:
    versions = SchemeVersion.objects.in_force(period.start_on)
    return versions.filter(scheme__cycle=period.cycle).exists()


def _close(now: datetime) -> list[str]:
    closed = []
    over = Period.objects.filter(state=State.PUBLISHED, appeals_until__lt=local_date(now))
    for period in over:
        try:
            close(period.pk, by=None, at=now)
        except (NotReady, WrongState):
            log.info("period stays open for appeals", period=period.code)
            continue
        closed.append(period.code)
    return closed
