"""Scorecards as pages show them: one card in full, its trend, its revisions, what waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.models import Acknowledgement, Adjustment, CardSegment, Scorecard, ScoreLine
from appraisal.periods import calendar
from appraisal.scorecards.lines import LineView
from appraisal.scorecards.words import band_label
from kpi_portal.core.search import SearchHit
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date
from kpi_portal.people.todo import Todo

TREND = 12


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One earlier period of the same cycle; `final` None: no score."""

    code: str
    final: Decimal | None
    band: str
    band_key: str
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line that is also on the previous card, and by how many points it moved."""

    line: LineView
    before: Decimal
    delta: Decimal


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a card: what changed in it, and why."""

    card: Scorecard
    url: str
    changes: list[str]
    is_shown: bool


def cards_of(period_code: str, number: str, user: User) -> list[Scorecard]:
    """The revisions of one card that `user` may see, newest first; empty: not visible."""
    rows = Scorecard.objects.visible_to(user).filter(
        period__code=period_code, employee__number=number
    )
    return list(
        rows.select_related(
            "period", "employee", "version__scheme", "department", "position", "supervisor",
            "acknowledgement",
        ).order_by("-revision")
    )  # fmt: skip


def lines_of(card: Scorecard) -> list[ScoreLine]:
    return list(card.lines.select_related("indicator").order_by("segment", "position"))


def segments_of(card: Scorecard) -> list[CardSegment]:
    """The parts of a split period, in order; none of a card that is whole."""
    rows = card.segments.select_related("version__scheme", "department", "position")
    return list(rows.order_by("number"))


def url_of(card: Scorecard) -> str:
    """Where the newest revision is."""
    return reverse("appraisal:scorecard", args=[card.period.code, card.employee.number])


def trend(card: Scorecard, user: User) -> list[TrendPoint]:
    """The card and up to eleven earlier ones of the cycle that `user` may see, oldest first."""
    rows = (
        Scorecard.objects.visible_to(user)
        .current()
        .filter(
            employee_id=card.employee_id,
            period__cycle=card.period.cycle,
            period__start_on__lte=card.period.start_on,
        )
        .select_related("period", "employee", "version")
        .order_by("-period__start_on")[:TREND]
    )
    return [
        TrendPoint(row.period.code, row.final, band_label(row), row.band, url_of(row))
        for row in reversed(rows)
    ]


def previous_card(card: Scorecard, user: User) -> Scorecard | None:
    """The newest revision of the period before, if `user` may see it."""
    code = str(calendar.previous(card.period.code))
    rows = Scorecard.objects.visible_to(user).current()
    return (
        rows.filter(employee_id=card.employee_id, period__code=code)
        .select_related("period", "version")
        .first()
    )


def biggest_changes(
    views: Sequence[LineView], previous: Scorecard | None, limit: int = 3
) -> list[Change]:
    """The lines whose points moved most against the previous card, biggest first; none where
    one of the two is split, as its lines are of parts."""
    if previous is None or _is_split(view.line for view in views):
        return []
    if _is_split(previous.lines.all()):
        return []
    before = {_same(line): line.points for line in previous.lines.all()}
    changes = []
    for view in views:
        earlier = before.get(_same(view.line))
        if earlier is not None and view.line.points is not None:
            delta = view.line.points - earlier
            if delta:
                changes.append(Change(view, earlier, delta))
    changes.sort(key=lambda change: (-abs(change.delta), change.line.line.position))
    return changes[:limit]


def _is_split(lines: Iterable[ScoreLine]) -> bool:
    return any(line.segment != 1 for line in lines)


def _same(line: ScoreLine) -> tuple[int, str]:
    return line.indicator_id, repr(sorted(line.params.items()))


def revisions(cards: Sequence[Scorecard], shown: Scorecard) -> list[Revision]:
    """The revisions, newest first, each with its adjustments in words."""
    made: dict[int, list[Adjustment]] = {}
    rows = Adjustment.objects.filter(result__in=cards).select_related("line__indicator")
    for adjustment in rows:
        made.setdefault(adjustment.result_id, []).append(adjustment)
    return [
        Revision(
            card,
            f"{url_of(card)}?revision={card.revision}",
            [_in_words(adjustment) for adjustment in made.get(card.pk, ())],
            card.pk == shown.pk,
        )
        for card in cards
    ]


def _in_words(adjustment: Adjustment) -> str:
    if adjustment.line is None:
        return _("Total: %(points)s points") % {"points": format(adjustment.points, "+.2f")}
    before = adjustment.line.points
    return _("%(indicator)s: %(before)s → %(after)s points") % {
        "indicator": adjustment.line.indicator.label,
        "before": "—" if before is None else before,
        "after": adjustment.points,
    }


def open_items(card: Scorecard, user: User) -> list[Adjustment]:
    """Point adjustments of shorter periods inside this one, made since; see `revise`.

    A quarter or year is computed from records, so that an adjustment of points of one of its
    months does not move it; it is shown instead. An average of the months follows by itself.
    Source: 3-scoring.md, "Quarter and year".
    """
    if card.period.cycle == "month" or card.rollup.get("mode") == "average":
        return []
    rows = Adjustment.objects.filter(
        scorecard__employee_id=card.employee_id,
        scorecard__period__start_on__gte=card.period.start_on,
        scorecard__period__end_on__lte=card.period.end_on,
        scorecard__in=Scorecard.objects.visible_to(user),
    ).exclude(scorecard__period=card.period)
    return list(rows.select_related("scorecard__period", "line__indicator").order_by("pk"))


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One own card in the list."""

    card: Scorecard
    url: str
    band: str
    is_read: bool


def own_rows(user: User) -> list[OwnRow]:
    """The user's own published cards, newest revision each, newest period first. One query."""
    if user.employee_id is None:
        return []
    rows = Scorecard.objects.visible_to(user).current().filter(employee_id=user.employee_id)
    cards = rows.select_related("period", "employee", "version", "acknowledgement")
    return [OwnRow(card, url_of(card), band_label(card), _is_read(card)) for card in cards]


def _is_read(card: Scorecard) -> bool:
    found: Acknowledgement | None = getattr(card, "acknowledgement", None)
    return found is not None and found.read_at is not None


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """Own published cards that have not been opened, until their appeal window ends."""
    if user.employee_id is None:
        return []
    unread = (
        Scorecard.objects.visible_to(user)
        .current()
        .filter(
            employee_id=user.employee_id,
            acknowledgement__read_at__isnull=True,
            acknowledgement__delivered_at__isnull=False,
            period__appeals_until__gte=local_date(now),
        )
        .select_related("period", "employee")
    )
    return [
        Todo(
            _("Read your scorecard %(period)s") % {"period": card.period.code},
            url_of(card),
            card.period.appeals_until,
            "appraisal.scorecard_unread",
        )
        for card in unread
    ]


def search(user: User, text: str, limit: int) -> list[SearchHit]:
    """Newest visible scorecards of people whose number or name holds `text`."""
    rows = Scorecard.objects.visible_to(user).current()
    matching = rows.filter(employee__number__icontains=text) | rows.filter(
        employee__name__icontains=text
    )
    cards = matching.select_related("period", "employee", "department")[:limit]
    return [
        SearchHit(
            kind=_("Scorecard"),
            title=f"{card.employee.name} {card.employee.number} · {card.period.code}",
            url=url_of(card),
            detail=card.department.label,
        )
        for card in cards
    ]


def with_lines(rows: Any) -> Any:
    """The cards with lines and indicators loaded: two more queries."""
    lines = ScoreLine.objects.select_related("indicator").order_by("segment", "position")
    return rows.prefetch_related(Prefetch("lines", queryset=lines))


def with_parts(rows: Any) -> Any:
    """The cards with lines, indicators and segments loaded: three more queries."""
    segments = CardSegment.objects.select_related("version__scheme", "department", "position")
    return with_lines(rows).prefetch_related(
        Prefetch("segments", queryset=segments.order_by("number"))
    )
