"""Reads what departments are measured by: contacts, self-service, hours open, rectifications.

Every agent of a department has the department's figure as a line. A department without rows of
its own takes the company's (rows without a department). Source: 2-indicators.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from appraisal.metrics.base import (
    COMPANY,
    Collected,
    Level,
    Measurement,
    MetricRequest,
    Reason,
)
from appraisal.metrics.pooling import lines_of, share
from kpi_portal.core.time import Window
from kpi_portal.people.models import Department
from kpi_portal.people.queries import local_date
from tickets.models import ContactVolume, Rectification, SelfServiceSession, Ticket

AFTER_SESSION = timedelta(hours=24)

# (department or None, above the line, below the line, reason or "")
Counted = tuple[int | None, int, int, str]
Read = Callable[[MetricRequest, Window, datetime], Iterable[Counted]]


@dataclass(slots=True)
class _Sum:
    top: int = 0
    bottom: int = 0
    rows: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def measurement(self, *, by_rows: bool) -> Measurement:
        found = share(self.top, self.bottom, self.reasons)
        return found._replace(sample=self.rows) if by_rows and self.bottom else found


@dataclass(frozen=True, slots=True)
class Volumes:
    """A way of measuring: how one request's rows are read, and what they are.

    `totals`: rows without a department are the company's own figure, not of an unknown one.
    `by_rows`: the sample is the rows, not what they add up to.
    """

    read: Read
    totals: bool = False
    by_rows: bool = False

    def collect(
        self,
        requests: Sequence[MetricRequest],
        window: Window,
        cutoff: datetime,
        decided_by: datetime | None = None,
    ) -> Collected:
        """The measurements of all requests, everybody's."""
        departments = list(Department.objects.order_by().values_list("pk", flat=True))
        return {
            request: self._at_level(
                list(self.read(request, window, cutoff)), request.level, window, departments
            )
            for request in requests
        }

    def _summed(self, counted: Iterable[Counted]) -> dict[int | None, Measurement]:
        sums: dict[int | None, _Sum] = defaultdict(_Sum)
        for department, top, bottom, reason in counted:
            found = sums[department]
            if reason:
                found.reasons[reason] += 1
            else:
                found.top, found.bottom = found.top + top, found.bottom + bottom
                found.rows += 1
        return {key: each.measurement(by_rows=self.by_rows) for key, each in sums.items()}

    def _at_level(
        self, counted: Sequence[Counted], level: Level, window: Window, departments: Iterable[int]
    ) -> dict[int, Measurement]:
        by_department = self._summed(counted)
        whole = by_department.pop(None, None)
        if level is Level.COMPANY:
            if whole is None or not self.totals:
                whole = self._summed((None, *row[1:]) for row in counted).get(None)
            return {} if whole is None else {COMPANY: whole}
        found = {pk: each for pk, each in by_department.items() if pk is not None}
        if whole is not None:
            found = {**dict.fromkeys(departments, whole), **found}
        return found if level is Level.DEPARTMENT else lines_of(found, window)


def _days(window: Window, cutoff: datetime) -> Mapping[str, Any]:
    """The days of the window that are over at the cutoff."""
    return {
        "day__gte": local_date(window.start),
        "day__lt": min(local_date(window.end), local_date(cutoff)),
    }


def _channels(request: MetricRequest) -> Q:
    wanted = dict(request.filters).get("channel")
    return Q(channel__in=wanted) if wanted else Q()


def contacts(request: MetricRequest, window: Window, cutoff: datetime) -> QuerySet[ContactVolume]:
    rows = ContactVolume.objects.filter(_channels(request), **_days(window, cutoff))
    return rows.order_by()


def answered(request: MetricRequest, window: Window, cutoff: datetime) -> Iterable[Counted]:
    rows = contacts(request, window, cutoff).values_list("department_id", "answered", "offered")
    for department, answered, offered in rows:
        yield department, answered or 0, offered or 0, Reason.MISSING if offered is None else ""


def opened(request: MetricRequest, window: Window, cutoff: datetime) -> Iterable[Counted]:
    rows = contacts(request, window, cutoff)
    for department, offered, planned in rows.values_list(
        "department_id", "offered_minutes", "planned_minutes"
    ):
        yield department, offered or 0, planned or 0, Reason.MISSING if planned is None else ""


def sessions(request: MetricRequest, window: Window, cutoff: datetime) -> Any:
    """Sessions of the window with `followed`: a ticket of the customer within 24 hours."""
    tickets = Ticket.objects.filter(
        customer_hash=OuterRef("customer_hash"),
        created_at__gt=OuterRef("started_at"),
        created_at__lte=OuterRef("started_at") + AFTER_SESSION,
    ).filter(created_at__lte=cutoff)
    rows = SelfServiceSession.objects.filter(
        _channels(request),
        started_at__gte=window.start,
        started_at__lt=window.end,
        started_at__lte=cutoff,
    )
    return rows.order_by().annotate(followed=Exists(tickets))


def solved(request: MetricRequest, window: Window, cutoff: datetime) -> Iterable[Counted]:
    due = cutoff - AFTER_SESSION
    rows: Any = sessions(request, window, cutoff).values_list(
        "department_id", "customer_hash", "started_at", "followed"
    )
    for department, customer, started, followed in rows.iterator():
        reason = "" if customer else Reason.MISSING
        if customer and started > due:
            reason = Reason.PENDING
        yield department, int(not followed), 1, reason


def due_in(request: MetricRequest, window: Window, cutoff: datetime) -> QuerySet[Rectification]:
    return Rectification.objects.filter(
        due_on__gte=local_date(window.start), due_on__lt=local_date(window.end)
    ).order_by()


def in_time(request: MetricRequest, window: Window, cutoff: datetime) -> Iterable[Counted]:
    today = local_date(cutoff)
    rows: Any = due_in(request, window, cutoff).values_list("department_id", "due_on", "done_on")
    for department, due, done in rows:
        # A day is over when the next one begins: a due day that is the cutoff's is not over yet.
        is_done = bool(done) and done < today
        if not is_done and due >= today:
            yield department, 0, 1, Reason.PENDING
        else:
            yield department, int(is_done and done <= due), 1, ""
