"""The demo's past: schemes approved before they count, periods computed and published in turn."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from appraisal.models import Period, SchemeVersion, Scorecard
from appraisal.periods import calendar
from appraisal.periods.compute import compute
from appraisal.periods.services import (
    NotReady,
    approve,
    close,
    cutoff_instant,
    ensure,
    publish,
    submit,
)
from appraisal.schemes.content import content_of
from appraisal.schemes.services.approval import approve as approve_scheme
from appraisal.schemes.services.approval import submit as submit_scheme
from appraisal.schemes.services.drafts import save_draft
from appraisal.schemes.services.templates import create_from_template
from appraisal.scorecards.services import comment, confirm, mark_read
from kpi_portal.demo.cast import UNITS
from kpi_portal.demo.staff import at_hour, user
from kpi_portal.people.models import Department, Notice, Position
from kpi_portal.people.queries import company, local_date, working_day_after

CYCLES = ("month", "quarter", "year")
COMMENTS = (
    "已阅，下月会继续改进首响时间。",
    "数据与我的记录一致，谢谢。",
    "大促期间转接较多，希望能考虑排班因素。",
)


def schemes(start: date) -> None:
    """The complaints policy, scaled to 100, for the agents of all four departments."""
    agents = Position.objects.get(code="AGENT")
    coverage = [
        (department.pk, agents.pk)
        for department in Department.objects.filter(code__in=[unit.code for unit in UNITS])
    ]
    first = date(start.year, 1, 1)
    written = at_hour(first - timedelta(days=30), 10)
    for cycle in CYCLES:
        version = create_from_template(
            "complaints", cycle=cycle, coverage=coverage, by=user("supervisor"), at=written,
            scale=True,
        )  # fmt: skip
        version = _compare_within_departments(version, written)
        submit_scheme(
            version.pk, lock=version.lock, start=first, reason="首次上线，按考核办法执行。",
            by=user("supervisor"), at=written + timedelta(days=1),
        )  # fmt: skip
        approve_scheme(
            version.pk, reason="符合考核办法，同意执行。", by=user("chair"),
            at=written + timedelta(days=3),
        )  # fmt: skip
    _draft(agents.pk, at_hour(first, 9))


def _compare_within_departments(version: SchemeVersion, at: datetime) -> SchemeVersion:
    """Handling times differ by kind of work: each department has its own mean as baseline."""
    content = content_of(version)
    items = tuple(
        replace(item, rule_params={**item.rule_params, "baseline": "department_mean"})
        if item.rule == "tolerance"
        else item
        for item in content.items
    )
    return save_draft(
        version.pk, replace(content, items=items), lock=version.lock,
        by=user("supervisor"), at=at,
    )  # fmt: skip


def _draft(position_id: int, at: datetime) -> None:
    """A scheme in preparation as published, 110 percent and all, for the editor."""
    online = Department.objects.get(code="ONLINE")
    create_from_template(
        "complaints", cycle="month", coverage=[(online.pk, position_id)], by=user("supervisor"),
        at=at, new_key="online-next",
        names={"zh-hans": "在线客服月度考核(修订稿)", "zh-hant": "線上客服月度考核(修訂稿)",
               "en": "Online service, monthly (revision)"},
    )  # fmt: skip


def codes(start: date, now: datetime) -> Iterator[str]:
    """Every month, quarter and year that began on or after `start` and has ended."""
    today = local_date(now)
    first = company().month_start_day
    found: set[tuple[date, str]] = set()
    day = start
    while day < today:
        for cycle in CYCLES:
            name = calendar.containing(day, cycle, first)
            begin, end = calendar.dates(name, first)
            if begin >= start and end <= today:
                found.add((end, str(name)))
        day += timedelta(days=15)
    for _end, code in sorted(found):
        yield code


def score(code: str, now: datetime) -> Period:
    """Compute one period and take it as far as it would be by now.

    The newest months are published only a moment ago, so that their time to appeal runs.
    """
    period = ensure(code)
    compute(period.pk, at=max(cutoff_instant(period), at_hour(period.end_on, 2)), by=None)
    published_on = _publication_day(period, now)
    if published_on is None:
        return period
    submit(period.pk, by=user("hr"), at=at_hour(published_on - timedelta(days=1), 9))
    approve(period.pk, by=user("chair"), at=at_hour(published_on - timedelta(days=1), 15))
    publish(period.pk, by=user("hr"), at=at_hour(published_on, 10))
    period.refresh_from_db()
    return period


def _publication_day(period: Period, now: datetime) -> date | None:
    """Four working days after the cutoff; for a period just over, as late as today allows."""
    today = local_date(now)
    if period.cutoff_on > today - timedelta(days=1):
        return None
    usual = working_day_after(period.cutoff_on, 4)
    newest = period.end_on > today - timedelta(days=45)
    latest = today - timedelta(days=2)
    if newest and period.cycle == "month":
        return latest if latest > period.cutoff_on else None
    return usual if usual <= latest else None


def acknowledge(period: Period, now: datetime) -> None:
    """Most people have read their card, many confirmed it, a few said something."""
    if period.published_at is None:
        return
    cards = Scorecard.objects.filter(period=period, is_current=True).select_related(
        "employee__user", "period"
    )
    for index, card in enumerate(cards.order_by("employee__number")):
        person = getattr(card.employee, "user", None)
        if person is None or index % 5 == 4 or person.username == "agent":
            continue
        at = min(period.published_at + timedelta(hours=3 + index), now)
        mark_read(card, by=person, at=at)
        if index % 3 != 2:
            confirm(card, by=person, at=at)
        if index % 11 == 5:
            comment(card, COMMENTS[index % len(COMMENTS)], by=person, at=at)


def close_due(now: datetime) -> None:
    """Close what can be closed, oldest first; a period with an open appeal stays."""
    for period in Period.objects.filter(state=Period.State.PUBLISHED).order_by("start_on"):
        until = period.appeals_until
        if until is not None and until < local_date(now) - timedelta(days=10):
            with suppress(NotReady):
                close(period.pk, by=None, at=at_hour(until + timedelta(days=10), 3))


def read_old_notices(now: datetime) -> None:
    """Who has worked here for years has no year of unread notices."""
    Notice.objects.filter(created_at__lt=now - timedelta(days=20)).update(read_at=now)
