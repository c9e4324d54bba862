"""The working calendar: statutory days from two independent tables, and the company's own.

Source of the statutory days: the State Council's yearly notice, as the packages `holidays` and
`chinesecalendar` hold it. A year counts as announced only if the latter covers it; before that
its days are the rules of the law without make-up workdays, marked provisional.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import chinese_calendar
import holidays
from django.db import transaction
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import User, WorkCalendarDay

FIRST_YEAR = 2023
SATURDAY = 5
Kind = WorkCalendarDay.Kind


class TablesDisagree(DomainError):
    """The two tables differ for an announced year: nothing is stored until a person looks."""

    code = "calendar_tables_disagree"


@dataclass(frozen=True, slots=True)
class Day:
    """What the tables say about a day that does not follow the week."""

    is_workday: bool
    name: str
    is_provisional: bool


def statutory_days(year: int) -> dict[date, Day]:
    """The days of `year` that differ from the week or are named holidays.

    Raises TablesDisagree.
    """
    announced = any(day.year == year for day in chinese_calendar.workdays) or any(
        day.year == year for day in chinese_calendar.holidays
    )
    table = holidays.country_holidays("CN", years=year, language="zh_CN")
    off = {day: str(name) for day, name in table.items() if day.year == year}
    makeup = {day for day in table.weekend_workdays if day.year == year} if announced else set()
    if announced:
        _cross_check(year, set(off), makeup)
    days = {day: Day(False, name[:60], not announced) for day, name in off.items()}
    days.update({day: Day(True, "调休上班", False) for day in makeup})
    return days


def _cross_check(year: int, off: set[date], makeup: set[date]) -> None:
    """Both tables must make the same working days."""
    other_off = {day for day in chinese_calendar.holidays if day.year == year}
    other_makeup = {day for day in chinese_calendar.workdays if day.year == year}
    weekdays_off = {day for day in off if day.weekday() < SATURDAY}
    other_weekdays_off = {day for day in other_off if day.weekday() < SATURDAY}
    differing = (weekdays_off ^ other_weekdays_off) | (makeup ^ other_makeup)
    if differing:
        raise TablesDisagree(
            _("The two holiday tables disagree about %(days)s.")
            % {"days": ", ".join(str(day) for day in sorted(differing))}
        )


@transaction.atomic
def seed_calendar(years: Iterable[int], *, by: User | None = None) -> int:
    """Bring the statutory days of `years` up to date; how many days changed.

    Days that the company has set itself stay as they are. Safe to run again; a provisional year
    becomes final once it has been announced.
    """
    changed = 0
    for year in years:
        count = _seed_year(year)
        if count:
            record("calendar.seeded", ("year", str(year)), actor=by, after={"days": count})
        changed += count
    return changed


def _seed_year(year: int) -> int:
    wanted = statutory_days(year)
    kept = WorkCalendarDay.objects.filter(day__year=year)
    own = set(kept.filter(kind=Kind.COMPANY).values_list("day", flat=True))
    stored = {row.day: row for row in kept.exclude(kind=Kind.COMPANY)}
    gone = [row.pk for day, row in stored.items() if day not in wanted]
    WorkCalendarDay.objects.filter(pk__in=gone).delete()
    changed = len(gone)
    for day, what in wanted.items():
        if day not in own:
            changed += _put(stored.get(day), day, what)
    return changed


def _put(row: WorkCalendarDay | None, day: date, what: Day) -> int:
    kind = Kind.MAKEUP if what.is_workday else Kind.HOLIDAY
    values = {
        "is_workday": what.is_workday,
        "kind": kind,
        "name": what.name,
        "is_provisional": what.is_provisional,
    }
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return 0
    WorkCalendarDay.objects.update_or_create(day=day, defaults=values)
    return 1


@transaction.atomic
def set_company_day(
    day: date, *, is_workday: bool, name: str, by: User | None, reason: str = ""
) -> WorkCalendarDay:
    """The company works, or does not, on `day`, whatever the statutory calendar says."""
    before = WorkCalendarDay.objects.filter(day=day).first()
    row, _made = WorkCalendarDay.objects.update_or_create(
        day=day,
        defaults={
            "is_workday": is_workday,
            "kind": Kind.COMPANY,
            "name": name,
            "is_provisional": False,
        },
    )
    record(
        "calendar.day_set",
        ("day", day.isoformat()),
        actor=by,
        before={"is_workday": before.is_workday, "name": before.name} if before else {},
        after={"is_workday": is_workday, "name": name},
        reason=reason,
    )
    return row


@transaction.atomic
def clear_company_day(day: date, *, by: User | None, reason: str = "") -> None:
    """Take a company day back: the statutory calendar, or the week, holds again."""
    row = WorkCalendarDay.objects.filter(day=day, kind=Kind.COMPANY).first()
    if row is None:
        return
    record(
        "calendar.day_cleared",
        ("day", day.isoformat()),
        actor=by,
        before={"is_workday": row.is_workday, "name": row.name},
        reason=reason,
    )
    row.delete()
    what = statutory_days(day.year).get(day)
    if what is not None:
        _put(None, day, what)
