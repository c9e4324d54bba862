"""Whether the data of a period are there: one finding per thing to look at, in words."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncDate
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appraisal.models import DepartmentCoefficient, Period, Scheme, SchemeVersion
from appraisal.periods.finding import Finding
from appraisal.periods.inputs import Covered, covered_people
from appraisal.periods.readiness_sources import sources
from appraisal.periods.rollups import builds_on_parts, missing_parts
from kpi_portal.core.text import local_dt
from kpi_portal.core.time import days_between, midnight
from kpi_portal.people.models import Department
from kpi_portal.people.queries import local_date, workday_test, zone
from tickets.models import Import, Ticket

LISTED = 6


def readiness(period: Period, now: datetime) -> list[Finding]:
    """The data of `period` as they stand at `now`. A fixed number of queries."""
    covered, uncovered = covered_people(period)
    return [
        *_imports(period),
        _missing_days(period, now),
        _unmatched(period),
        *_coverage(period, covered, len(uncovered)),
        *sources(period, covered),
        *_parts(period),
    ]


def _imports(period: Period) -> Iterator[Finding]:
    """Per source: when its data last came in, and rows that were rejected since the start."""
    begin = midnight(period.start_on, zone())
    done = Import.objects.filter(state=Import.State.DONE).order_by("kind", "source")
    latest = list(done.values("kind", "source").annotate(at=Max("finished_at")))
    if not latest:
        yield Finding(
            _("Imports"),
            "attention" if _has_tickets(period) else "problem",
            _("tickets are there, but no import of them is on record")
            if _has_tickets(period)
            else _("nothing has been imported yet"),
            _url("tickets:imports"),
        )
    end = midnight(period.end_on, zone())
    for row in latest:
        is_late = row["at"] is None or row["at"] < end
        yield Finding(
            f"{Import.Kind(row['kind']).label} · {row['source']}",
            "attention" if is_late else "good",
            _("last import %(at)s, before the period ended") % {"at": local_dt(row["at"])}
            if is_late
            else _("last import %(at)s") % {"at": local_dt(row["at"])},
            _url("tickets:imports"),
        )
    rejected = done.filter(finished_at__gte=begin).aggregate(rows=Sum("rejected"))["rows"] or 0
    yield Finding(
        _("Rejected rows"),
        "attention" if rejected else "good",
        ngettext(
            "%(count)s row since the period began",
            "%(count)s rows since the period began",
            rejected,
        )
        % {"count": rejected}
        if rejected
        else _("none since the period began"),
        _url("tickets:imports") if rejected else "",
    )


def _has_tickets(period: Period) -> bool:
    here = zone()
    return Ticket.objects.filter(
        created_at__gte=midnight(period.start_on, here),
        created_at__lt=midnight(period.end_on, here),
    ).exists()


def _missing_days(period: Period, now: datetime) -> Finding:
    """Working days of the period, so far, on which no ticket was created."""
    end = min(period.end_on, local_date(now))
    here = zone()
    rows = Ticket.objects.filter(
        created_at__gte=midnight(period.start_on, here), created_at__lt=midnight(end, here)
    )
    seen = set(
        rows.order_by().values_list(TruncDate("created_at", tzinfo=here), flat=True).distinct()
    )
    is_workday = workday_test(period.start_on, end)
    missing = [
        day for day in days_between(period.start_on, end) if day not in seen and is_workday(day)
    ]
    if not missing:
        return Finding(_("Days without tickets"), "good", _("none"))
    text = ngettext(
        "%(count)s working day: %(days)s", "%(count)s working days: %(days)s", len(missing)
    ) % {"count": len(missing), "days": _days(missing)}
    return Finding(_("Days without tickets"), "problem" if not seen else "attention", text)


def _days(missing: list[date]) -> str:
    shown = _(", ").join(str(day) for day in missing[:LISTED])
    return f"{shown} …" if len(missing) > LISTED else shown


def _unmatched(period: Period) -> Finding:
    here = zone()
    count = Ticket.objects.filter(
        created_at__gte=midnight(period.start_on, here),
        created_at__lt=midnight(period.end_on, here),
        agent=None,
        first_agent=None,
    ).count()
    if not count:
        return Finding(_("Tickets of nobody"), "good", _("none"))
    text = ngettext(
        "%(count)s ticket names no agent and counts for nobody",
        "%(count)s tickets name no agent and count for nobody",
        count,
    ) % {"count": count}
    return Finding(_("Tickets of nobody"), "attention", text)


def _parts(period: Period) -> Iterator[Finding]:
    """Published months and quarters that the results build on."""
    if not builds_on_parts(period):
        return
    missing = missing_parts(period, Scheme.Subject.AGENT)
    yield Finding(
        _("Published parts"),
        "problem" if missing else "good",
        _("not published yet: %(parts)s") % {"parts": _(", ").join(missing)}
        if missing
        else _("all published"),
        _url("appraisal:periods") if missing else "",
    )


def _coverage(period: Period, covered: Sequence[Covered], without: int) -> Iterator[Finding]:
    label = _("People without a scheme")
    if not covered:
        yield Finding(
            label, "problem", _("no active scheme covers anybody"), _url("appraisal:schemes")
        )
        return
    yield Finding(
        label,
        "attention" if without else "good",
        ngettext(
            "%(count)s person is not appraised", "%(count)s people are not appraised", without
        )
        % {"count": without}
        if without
        else _("none"),
        _url("appraisal:schemes") if without else "",
    )
    manual = {
        part.department_id
        for each in covered
        for part in each.parts
        if part.version.coefficient_mode == SchemeVersion.CoefficientMode.MANUAL
    }
    if manual:
        yield _coefficients(period, manual)


def _coefficients(period: Period, departments: set[int]) -> Finding:
    rows = DepartmentCoefficient.objects.filter(period=period)
    approved = set(rows.exclude(approved_at=None).values_list("department_id", flat=True))
    pending = rows.filter(approved_at=None).aggregate(count=Count("pk"))["count"]
    label = _("Department coefficients")
    if pending:
        text = ngettext(
            "%(count)s waits for the second person",
            "%(count)s wait for the second person",
            pending,
        ) % {"count": pending}
        return Finding(label, "problem", text, "#coefficients")
    missing = Department.objects.filter(pk__in=departments - approved)
    if not missing:
        return Finding(label, "good", _("set and approved"))
    names = _(", ").join(department.label for department in missing)
    text = _("not set, so 1.00 counts: %(names)s") % {"names": names}
    return Finding(label, "attention", text, "#coefficients")


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
