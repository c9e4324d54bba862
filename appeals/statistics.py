"""Figures over closed and open appeals, for calibration and the committee's yearly report.

Groups of fewer than five appellants are not shown, nor a single hidden one's neighbour, from
whose difference to the total it could be told. Source: 5-appeals.md rule 17; 9-promises.md, C11.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appeals.deadlines import DAYS
from appeals.models import Appeal, ReasonCode, State, Step
from kpi_portal.core.time import add_working_days, midnight, working_days
from kpi_portal.people.queries import local_date, workday_test, zone

SMALLEST = 5
DECIDED = (State.SETTLED, State.REEVALUATED, State.MAINTAINED, State.CHANGED)
STEPS = tuple(DAYS)
LONGEST_STEP = timedelta(days=120)
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at one step: its length in working days (None: still there) and if it ran over."""

    state: str
    days: int | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one group; with `is_hidden` only its label is told.

    Shares are percent, one decimal, None without cases. `days`: mean working days per step, in
    the order of STEPS.
    """

    label: str
    is_hidden: bool
    filed: int
    decided: int
    changed: int
    share_changed: Decimal | None
    days: tuple[Decimal | None, ...]
    share_over: Decimal | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """`reasons`: how often each reason code decided, the most frequent first."""

    total: Row
    periods: list[Row]
    indicators: list[Row]
    departments: list[Row]
    reasons: list[tuple[str, int]]


def statistics(now: datetime, *, year: int | None = None) -> Statistics:
    """Of all appeals filed, or those filed in `year` of company time."""
    rows = Appeal.objects.filter(filed_at__isnull=False)
    if year is not None:
        first, next_first = date(year, 1, 1), date(year + 1, 1, 1)
        span = (midnight(first, zone()), midnight(next_first, zone()))
        rows = rows.filter(filed_at__gte=span[0], filed_at__lt=span[1])
    appeals = list(
        rows.select_related("period", "scorecard__department")
        .prefetch_related("steps", "extensions", "disputed__line__indicator")
        .order_by("period__start_on", "number")
    )
    stays = _stays(appeals, now)
    total = _row(_("all"), appeals, stays)
    return Statistics(
        total=total,
        periods=_grouped(appeals, stays, lambda each: [each.period.code]),
        indicators=_grouped(appeals, stays, _indicators),
        departments=_grouped(appeals, stays, lambda each: [each.scorecard.department.label]),
        reasons=[] if total.is_hidden else _reasons(appeals),
    )


def years() -> list[int]:
    """The years in which appeals were filed, newest first."""
    found = Appeal.objects.filter(filed_at__isnull=False).datetimes(
        "filed_at", "year", tzinfo=zone()
    )
    return sorted({local_date(moment).year for moment in found}, reverse=True)


def _indicators(appeal: Appeal) -> list[str]:
    """What an appeal disputes: its indicators, else the card as a whole."""
    names = [row.line.indicator.label for row in appeal.disputed.all()]
    return sorted(set(names)) or [_("the whole scorecard")]


def _grouped(
    appeals: list[Appeal], stays: Mapping[int, list[Stay]], keys: Callable[[Appeal], Iterable[str]]
) -> list[Row]:
    groups: dict[str, list[Appeal]] = defaultdict(list)
    for appeal in appeals:
        for key in keys(appeal):
            groups[key].append(appeal)
    hidden = _hidden(groups)
    return [
        _row(key, found, stays, is_hidden=key in hidden) for key, found in sorted(groups.items())
    ]


def _people(appeals: Iterable[Appeal]) -> int:
    return len({appeal.employee_id for appeal in appeals})


def _hidden(groups: Mapping[str, list[Appeal]]) -> set[str]:
    """Groups of fewer than five people; where their sum is that small, the next larger, too."""
    sizes = sorted((_people(found), key) for key, found in groups.items())
    hidden: set[str] = set()
    together: set[int] = set()
    for size, key in sizes:
        people = {appeal.employee_id for appeal in groups[key]}
        if size < SMALLEST or (hidden and len(together) < SMALLEST):
            hidden.add(key)
            together |= people
    return hidden


def _row(
    label: str,
    appeals: list[Appeal],
    stays: Mapping[int, list[Stay]],
    *,
    is_hidden: bool | None = None,
) -> Row:
    if _people(appeals) < SMALLEST if is_hidden is None else is_hidden:
        return Row(label, True, 0, 0, 0, None, tuple(None for _state in STEPS), None)
    decided = [appeal for appeal in appeals if appeal.state in DECIDED]
    changed = [appeal for appeal in decided if appeal.result_id is not None]
    all_stays = [stay for appeal in appeals for stay in stays[appeal.pk]]
    over = [stay for stay in all_stays if stay.is_over]
    return Row(
        label=label,
        is_hidden=False,
        filed=len(appeals),
        decided=len(decided),
        changed=len(changed),
        share_changed=_share(len(changed), len(decided)),
        days=tuple(_mean_days(all_stays, state) for state in STEPS),
        share_over=_share(len(over), len(all_stays)),
    )


def _share(part: int, whole: int) -> Decimal | None:
    if whole == 0:
        return None
    return (Decimal(100 * part) / whole).quantize(TENTH, ROUND_HALF_UP)


def _mean_days(stays: list[Stay], state: str) -> Decimal | None:
    days = [stay.days for stay in stays if stay.state == state and stay.days is not None]
    if not days:
        return None
    return (Decimal(sum(days)) / len(days)).quantize(TENTH, ROUND_HALF_UP)


def _reasons(appeals: list[Appeal]) -> list[tuple[str, int]]:
    labels = dict(ReasonCode.choices)
    tally = Counter(appeal.reason_code for appeal in appeals if appeal.state in DECIDED)
    return [(str(labels.get(code, code)), n) for code, n in tally.most_common()]


def _stays(appeals: list[Appeal], now: datetime) -> dict[int, list[Stay]]:
    """By appeal, with one look at the calendar."""
    if not appeals:
        return {}
    moments = [appeal.filed_at for appeal in appeals if appeal.filed_at is not None]
    first, last = local_date(min(moments)), local_date(now) + LONGEST_STEP
    test = workday_test(first, last + LONGEST_STEP)
    return {appeal.pk: _stays_of(appeal, now, test) for appeal in appeals}


def _stays_of(appeal: Appeal, now: datetime, test: Callable[[date], bool]) -> list[Stay]:
    moves = [step for step in appeal.steps.all() if step.from_state != step.to_state]
    return [
        _stay(appeal, step, moves[place + 1].at if place + 1 < len(moves) else None, now, test)
        for place, step in enumerate(moves)
        if step.to_state in STEPS
    ]


def _stay(appeal: Appeal, entry: Step, left_at: datetime | None, now: datetime, test: Any) -> Stay:
    """The step's own due date, with its extension, or from where an outside chair began."""
    begun = entry.at
    for step in appeal.steps.all():
        if step.act == "take_up" and step.from_state == entry.to_state:
            begun = step.at
    due = add_working_days(local_date(begun), DAYS[State(entry.to_state)], test)
    for extension in appeal.extensions.all():
        if extension.state == entry.to_state:
            due = add_working_days(max(due, local_date(extension.at)), extension.days, test)
    end = left_at or now
    start, stop = local_date(entry.at), local_date(end)
    days = working_days(start + date.resolution, stop + date.resolution, test)
    is_paused = left_at is None and appeal.paused_at is not None
    is_over = not is_paused and local_date(end) > due
    return Stay(str(entry.to_state), days if left_at is not None else None, is_over)


def as_table(found: Statistics) -> tuple[list[Any], list[list[Any]]]:
    """Head and rows of the export; hidden groups are named without figures."""
    labels = dict(State.choices)
    head = [
        _("Grouped by"), _("Group"), pgettext("number of appeals", "Filed"),
        _("Decided"), _("Changed"), _("Share changed %"),
        *[_("Working days: %(step)s") % {"step": labels[state]} for state in STEPS],
        _("Steps overdue %"),
    ]  # fmt: skip
    sections = [
        (_("all"), [found.total]),
        (_("Period"), found.periods),
        (_("Indicator"), found.indicators),
        (_("Department"), found.departments),
    ]
    rows = [_cells(name, row) for name, group in sections for row in group]
    rows += [[_("Reason"), label, None, n] for label, n in found.reasons]
    return head, rows


def _cells(name: str, row: Row) -> list[Any]:
    if row.is_hidden:
        return [name, row.label, _("fewer than %(n)s people") % {"n": SMALLEST}]
    figures = [row.filed, row.decided, row.changed, row.share_changed, *row.days, row.share_over]
    return [name, row.label, *figures]
