"""Measures QA inspections: the score of inspected tickets, and how often one item was passed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)

from appraisal.metrics import excluded
from appraisal.metrics.base import Collected, Filters, Level, Measurement, MetricRequest, Reason
from appraisal.metrics.excluded import Exclusions
from appraisal.metrics.pooling import Pools, place_of, pools
from appraisal.metrics.record_lists import NONE, RecordList
from kpi_portal.core.time import Window
from surveys.judged import inspected, judged
from surveys.models import Assessment
from tickets import measures

E4 = 10_000

POINTS = ExpressionWrapper(
    F("score_e4") * Decimal("0.0001"), DecimalField(max_digits=8, decimal_places=4)
)

# (subject, ticket), or (subject, minus the inspection) where an inspection names no ticket.
Inspected = tuple[int, int]


class Inspection(NamedTuple):
    """One inspection as it is read."""

    id: int
    subject: int
    ticket: int | None
    department: int | None
    score: int | None
    failed_fatal: bool
    is_adjudicated: bool
    at: datetime
    channel: str | None


def about(rows: QuerySet[Assessment]) -> Any:
    """Those about people who are appraised, with `home`: the ticket's department, else the
    subject's on the day of the review.
    """
    known = measures.of_people(rows, "subject")
    home = measures.department_id("subject", "submitted_at", "ticket__department_id")
    return known.annotate(home=home)


def collect(
    requests: Sequence[MetricRequest],
    window: Window,
    cutoff: datetime,
    decided_by: datetime | None = None,
) -> Collected:
    """The measurements of QA scores and items; the inspections are read once per filter."""
    by_rows: dict[tuple[Level, Filters], list[MetricRequest]] = defaultdict(list)
    for request in requests:
        by_rows[request.level, request.filters].append(request)
    exclusions = excluded.approved(window, decided_by)
    found: Collected = {}
    for (level, filters), members in by_rows.items():
        standing = _standing(_rows(level, filters, window, cutoff), window)
        for request in members:
            kept, out = _split(standing, request.metric, exclusions)
            if request.metric == "qa_score":
                found[request] = _scores(kept, out, level)
            else:
                found[request] = _passed(kept, out, level, request["item"])
    return found


def _rows(level: Level, filters: Filters, window: Window, cutoff: datetime) -> Any:
    narrow = measures.narrowed(filters, "ticket__")
    return about(inspected(window, cutoff).filter(narrow))


def _standing(rows: QuerySet[Assessment], window: Window) -> list[list[Inspection]]:
    """By inspected ticket of the window: the adjudication, else all its inspections."""
    by_case: dict[Inspected, list[Inspection]] = defaultdict(list)
    names = ("id", "subject_id", "ticket_id", "home", "score_e4", "failed_fatal",
             "is_adjudicated", "submitted_at", "ticket__channel")  # fmt: skip
    for values in rows.order_by("submitted_at", "id").values_list(*names):
        row = Inspection(*values)
        by_case[row.subject, -row.id if row.ticket is None else row.ticket].append(row)
    kept = []
    for group in by_case.values():
        if group[0].at >= window.end:
            continue
        adjudicated = [row for row in group if row.is_adjudicated]
        kept.append(adjudicated[-1:] or group)
    return kept


def _split(
    standing: Iterable[list[Inspection]], metric: str, exclusions: Exclusions
) -> tuple[list[list[Inspection]], list[list[Inspection]]]:
    """Those that count in a metric, and those that an approved exclusion takes out."""
    kept: list[list[Inspection]] = []
    out: list[list[Inspection]] = []
    named = [row for row in exclusions if not row.metrics or metric in row.metrics]
    for group in standing:
        (out if any(_takes_out(row, group[0]) for row in named) else kept).append(group)
    return kept, out


def _takes_out(exclusion: excluded.Row, first: Inspection) -> bool:
    """Of a ticket, or of a span by the inspection's instant, on its ticket's channel."""
    if exclusion.ticket is not None:
        return exclusion.ticket == first.ticket
    if exclusion.starts is None or exclusion.ends is None:
        return False
    return (
        exclusion.starts <= first.at < exclusion.ends
        and exclusion.department in (None, first.department)
        and exclusion.channel in ("", first.channel)
    )


def _scores(
    standing: Iterable[list[Inspection]], out: Iterable[list[Inspection]], level: Level
) -> dict[int, Measurement]:
    by_place = pools()
    for group in out:
        place = place_of(level, group[0].subject, group[0].department)
        if place is not None:
            by_place[place].leave_out(Reason.EXCLUDED)
    for group in standing:
        place = place_of(level, group[0].subject, group[0].department)
        if place is None:
            continue
        scores = [row.score for row in group if row.score is not None]
        if any(row.failed_fatal for row in group):
            by_place[place].add(0)
        elif scores:
            by_place[place].add(Fraction(sum(scores), len(scores) * E4))
        else:
            by_place[place].leave_out(Reason.MISSING)
    return {place: pool.mean() for place, pool in by_place.items()}


def _passed(
    standing: Iterable[list[Inspection]],
    out: Iterable[list[Inspection]],
    level: Level,
    code: str,
) -> dict[int, Measurement]:
    """Inspections whose form lacks the item are not about it; not applicable is left out."""
    excluded_ids = {row.id for group in out for row in group}
    rows = {row.id: row for group in (*standing, *out) for row in group}
    by_place: Pools = pools()
    for pk, passed in _judged(list(rows), code):
        place = place_of(level, rows[pk].subject, rows[pk].department)
        if place is None:
            continue
        if pk in excluded_ids:
            by_place[place].leave_out(Reason.EXCLUDED)
        elif passed is None:
            by_place[place].leave_out(Reason.MISSING)
        else:
            by_place[place].add(int(passed))
    return {place: pool.rate() for place, pool in by_place.items()}


CHUNK = 20_000


def _judged(ids: Sequence[int], code: str) -> Iterable[tuple[int, bool | None]]:
    for start in range(0, len(ids), CHUNK):
        rows = judged(ids[start : start + CHUNK], code)
        yield from rows.values_list("assessment_id", "passed")


def records(request: MetricRequest, owner_id: int, window: Window, cutoff: datetime) -> RecordList:
    """The inspections behind a QA score or item."""
    rows = _rows(request.level, request.filters, window, cutoff)
    owner = "subject_id" if request.level is Level.AGENT else "home"
    owned = rows.filter(**{owner: owner_id})
    kept, out = _split(_standing(owned, window), request.metric, excluded.approved(window))
    ids = [row.id for group in (*kept, *out) for row in group]
    taken_out = {row.id for group in out for row in group}
    found = Assessment.objects.filter(pk__in=ids)
    if request.metric == "qa_score":
        return listed(found, taken_out=taken_out)
    by_code = dict(_judged(ids, request["item"]))
    return listed(found.filter(pk__in=list(by_code)), by_code, taken_out=taken_out)


def listed(
    rows: QuerySet[Assessment],
    passed: Mapping[int, bool | None] | None = None,
    *,
    taken_out: Collection[int] = (),
) -> RecordList:
    """Assessments as records for pages: `number`, `at`, `amount` in points of 100.

    `passed` says by id which are hit and, None, which are left out; without it, those without a
    score are.
    """
    shown: Any = rows.select_related("ticket").annotate(
        number=F("external_id"), at=F("submitted_at"), amount=POINTS
    )
    shown = shown.order_by("-submitted_at", "-id")
    reason = Case(
        When(pk__in=list(taken_out), then=Value(str(Reason.EXCLUDED))),
        default=Value(str(Reason.MISSING)),
        output_field=CharField(),
    )
    out = Q(pk__in=list(taken_out))
    if passed is None:
        counted = shown.filter(~out, score_e4__isnull=False).annotate(is_hit=NONE)
        left_out = shown.filter(out | Q(score_e4__isnull=True)).annotate(reason=reason)
        return RecordList(counted, left_out)
    hits = [pk for pk, value in passed.items() if value]
    judged_ids = [pk for pk, value in passed.items() if value is not None and pk not in taken_out]
    is_hit = Case(When(pk__in=hits, then=Value(True)), default=Value(False))
    counted = shown.filter(pk__in=judged_ids).annotate(is_hit=is_hit)
    return RecordList(counted, shown.exclude(pk__in=judged_ids).annotate(reason=reason))
