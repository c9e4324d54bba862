"""Schemes, periods and results for tests: defaults for everything but what the test is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from appraisal.models import (
    Coverage,
    Indicator,
    Period,
    Scheme,
    SchemeItem,
    SchemeVersion,
    Scorecard,
)
from appraisal.periods import services
from appraisal.periods.compute import RunResult, compute
from appraisal.scoring import DEFAULT_BANDS
from kpi_portal.people.models import Department, Employee, User
from kpi_portal.people.tests.factories import make_user
from surveys.tests.factories import make_answer
from tickets.tests.factories import make_ticket

LONG_AGO = date(2020, 1, 1)
DAY = timedelta(days=1)
AFTER = datetime(2026, 11, 5, 1, 0, tzinfo=UTC)
"""After the cutoff of October 2026."""

_numbers = count(1)

ItemSpec = Mapping[str, Any]

SMALL: Sequence[ItemSpec] = (
    {"metric": "frt_mean", "rule_params": {"direction": "down", "target": "60"}, "weight": "60"},
    {"metric": "csat_mean", "rule_params": {"direction": "up", "target": "90"}, "weight": "40"},
)
"""Response time and satisfaction, both linear."""


def make_indicator(metric: str = "frt_mean", **fields: Any) -> Indicator:
    fields.setdefault("name", f"指标 {metric}")
    code = fields.pop("code", metric)
    return Indicator.objects.get_or_create(code=code, defaults={"metric": metric, **fields})[0]


def make_active_version(
    *departments: Department,
    cycle: str = "month",
    items: Sequence[ItemSpec] = SMALL,
    effective_from: date = LONG_AGO,
    **fields: Any,
) -> SchemeVersion:
    """A version in force that covers `departments`. Items are dicts of SchemeItem's fields,
    with `metric` for the indicator; rule `linear` and a smallest sample of 1 unless given."""
    scheme = fields.pop("scheme", None) or Scheme.objects.create(
        key=f"scheme-{next(_numbers)}", name="考核方案", cycle=cycle
    )
    at = datetime(2019, 12, 1, tzinfo=UTC)
    version = SchemeVersion.objects.create(
        scheme=scheme,
        number=scheme.versions.count() + 1,
        created_at=at,
        bands=DEFAULT_BANDS.to_json(),
        **{"min_days": 1, **fields},
    )
    for position, spec in enumerate(items, start=1):
        given = dict(spec)
        SchemeItem.objects.create(
            version=version,
            position=position,
            indicator=make_indicator(given.pop("metric"), code=given.pop("code", spec["metric"])),
            weight=Decimal(given.pop("weight")),
            **{"rule": "linear", "min_sample": 1, **given},
        )
    Coverage.objects.bulk_create(
        Coverage(version=version, department=department) for department in departments
    )
    SchemeVersion.objects.filter(pk=version.pk).update(
        state=SchemeVersion.State.SUBMITTED, effective_from=effective_from, submitted_at=at
    )
    SchemeVersion.objects.filter(pk=version.pk).update(
        state=SchemeVersion.State.ACTIVE, decided_at=at, approved_on_command_by="test"
    )
    version.refresh_from_db()
    return version


def make_period(code: str = "2026-10") -> Period:
    return services.ensure(code)


def make_work(
    who: User | Employee,
    *,
    frt: int = 60,
    score: int | None = 5,
    tickets: int = 3,
    day: date = date(2026, 10, 12),
) -> None:
    """Tickets answered after `frt` seconds, each rated `score` of 5 (None: not rated)."""
    employee = employee_of(who)
    for number in range(tickets):
        at = datetime(day.year, day.month, day.day, 2, number, tzinfo=UTC)
        ticket = make_ticket(employee, created_at=at, frt=frt, full=frt + 600)
        if score is not None:
            make_answer(
                employee, ticket=ticket, score=score, scale=5, answered_at=at + timedelta(hours=1)
            )


def run(period: Period, at: datetime = AFTER) -> RunResult:
    """A run as the job does it; `period` is up to date afterwards."""
    result = compute(period.pk, at=at)
    period.refresh_from_db()
    return result


def in_review(period: Period, at: datetime = AFTER) -> Period:
    """The computed period handed to the committee by somebody of HR."""
    return services.submit(period.pk, by=make_user("hr"), at=at)


def publish(period: Period, at: datetime = AFTER) -> Period:
    """The computed period submitted, approved by somebody else, and published."""
    in_review(period, at)
    services.approve(period.pk, by=make_user("committee"), at=at)
    published = services.publish(period.pk, by=make_user("hr"), at=at)
    period.refresh_from_db()
    return published


def card_of(who: User | Employee, period: Period | None = None) -> Scorecard:
    """The newest revision of somebody's only card, or of the one in `period`."""
    rows = Scorecard.objects.current().filter(employee=employee_of(who))
    found: Scorecard = (rows.filter(period=period) if period else rows).get()
    return found


def employee_of(who: User | Employee | None) -> Employee:
    """The employee behind an account; tests speak of the cast by their accounts."""
    employee = who.employee if isinstance(who, User) else who
    assert employee is not None
    return employee
