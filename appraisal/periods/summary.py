"""The results of a period at a glance, as one reader may see them: no own card before its time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from appraisal.models import DepartmentCard, Period, Scorecard, ScoreLine
from appraisal.periods.workflow import State
from appraisal.schemes.words import band_names
from appraisal.scorecards.queries import url_of
from kpi_portal.core.charts import Bin, histogram
from kpi_portal.core.decimals import rounded
from kpi_portal.people.models import Employee, User

STEP = 5
LISTED = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a list, with a number or two beside the name."""

    name: str
    number: str
    department: str
    url: str
    final: Decimal | None
    before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department's counts and the mean of its finals (two decimals; None without any)."""

    name: str
    people: int
    scored: int
    mean: Decimal | None
    bands: list[int]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, distribution and lists. `bands`: key, name, count, best first."""

    cards: int
    scored: int
    mean: Decimal | None
    median: Decimal | None
    chart: str
    bins: list[Bin]
    bands: list[tuple[str, str, int]]
    departments: list[DepartmentRow]
    insufficient: list[Person]
    borderline: list[Person]
    not_assessed: list[Person]
    outliers: list[Person]
    changed: list[Person]
    differences: int
    candidates: list[Person]


def summary(period: Period, user: User) -> Summary | None:
    """What `user` may see of the results of `period`; None while there are none. A fixed
    number of queries, however many people.

    Of a reopened period: as it would be published, with the candidates in the place of what
    is published now.
    """
    cards, replaced = _cards(period, user)
    if not cards:
        return None
    borderline = _borderline(period)
    finals = sorted(card.final for card in cards if card.final is not None and card.band)
    bands = _bands(cards)
    bins = _bins(finals)
    return Summary(
        cards=len(cards),
        scored=len(finals),
        mean=_mean(finals),
        median=_quantile(finals, 2),
        chart=histogram(bins, title=_("Finals by span of five points")) if finals else "",
        bins=bins,
        bands=bands,
        departments=_departments(cards, [key for key, _name, _count in bands]),
        insufficient=[_person(card) for card in cards if card.status == "insufficient"],
        borderline=[_person(card) for card in cards if card.pk in borderline],
        not_assessed=[
            _person(card) for card in cards if card.status in ("not_assessed", "not_scored")
        ],
        outliers=_outliers(cards, finals),
        changed=_changed(period, cards),
        differences=int(period.last_run.get("differences", 0)),
        candidates=[
            _person(card, replaced.get(card.employee_id))
            for card in cards
            if period.is_reopened and not card.is_frozen
        ],
    )


def _cards(period: Period, user: User) -> tuple[list[Scorecard], dict[int, Decimal | None]]:
    """One card of each, by employee no., and the published finals that candidates replace."""
    rows = (
        Scorecard.objects.visible_to(user)
        .filter(Q(is_current=True) | Q(frozen_at__isnull=True), period=period)
        .select_related("employee", "department", "version", "period")
        .order_by("employee__number", "revision")
    )
    found: dict[int, Scorecard] = {}
    replaced: dict[int, Decimal | None] = {}
    for card in rows:
        if card.employee_id in found:
            replaced[card.employee_id] = found[card.employee_id].final
        found[card.employee_id] = card
    return list(found.values()), replaced


def _borderline(period: Period) -> set[int]:
    """Ids of cards with a line whose interval crosses a bound of the bands."""
    rows = ScoreLine.objects.filter(scorecard__period=period, is_borderline=True)
    return set(rows.values_list("scorecard_id", flat=True))


def department_cards(period: Period, user: User) -> list[DepartmentCard]:
    """The departments' own cards that `user` may see, by code: candidates before what they
    would replace."""
    rows = (
        DepartmentCard.objects.visible_to(user)
        .filter(Q(is_current=True) | Q(frozen_at__isnull=True), period=period)
        .select_related("department", "version__scheme", "period")
        .order_by("department__code", "revision")
    )
    return list({card.department_id: card for card in rows}.values())


def _bands(cards: Sequence[Scorecard]) -> list[tuple[str, str, int]]:
    names: dict[str, str] = {}
    for version in {card.version_id: card.version for card in cards}.values():
        names = {**band_names(version.bands), **names}
    counts = Counter(card.band for card in cards)
    return [(key, name, counts[key]) for key, name in names.items()]


def _bins(finals: Sequence[Decimal]) -> list[Bin]:
    """Spans of five points from the lowest to the highest final, empty ones included."""
    if not finals:
        return []
    first, last = int(finals[0]) // STEP, int(finals[-1]) // STEP
    counts = Counter(int(final) // STEP for final in finals)
    return [
        Bin(f"{place * STEP}–{place * STEP + STEP}", counts[place])
        for place in range(first, last + 1)
    ]


def _mean(finals: Sequence[Decimal]) -> Decimal | None:
    return rounded(sum(finals, Decimal(0)) / len(finals), 2) if finals else None


def _quantile(finals: Sequence[Decimal], quarter: int) -> Decimal | None:
    """The quartile by its number (2 is the median): mean of the two neighbours where even."""
    if not finals:
        return None
    place = (len(finals) - 1) * quarter
    low = finals[place // 4]
    high = finals[min(place // 4 + (1 if place % 4 else 0), len(finals) - 1)]
    return rounded((low + high) / 2, 2)


def _departments(cards: Sequence[Scorecard], bands: Sequence[str]) -> list[DepartmentRow]:
    groups: dict[str, list[Scorecard]] = {}
    for card in cards:
        groups.setdefault(card.department.label, []).append(card)
    rows = []
    for name, group in sorted(groups.items()):
        finals = [card.final for card in group if card.final is not None and card.band]
        counts = Counter(card.band for card in group)
        rows.append(
            DepartmentRow(
                name, len(group), len(finals), _mean(finals), [counts[key] for key in bands]
            )
        )
    return rows


def _outliers(cards: Sequence[Scorecard], finals: Sequence[Decimal]) -> list[Person]:
    """Finals more than one and a half quartile spans outside of the middle half, lowest first.

    Tukey's rule; ours, as the spec only says outliers.
    """
    low, high = _quantile(finals, 1), _quantile(finals, 3)
    if low is None or high is None or len(finals) < 8:
        return []
    reach = (high - low) * 3 / 2
    found = [
        card
        for card in cards
        if card.band and card.final is not None and not low - reach <= card.final <= high + reach
    ]
    found.sort(key=lambda card: (card.final, card.employee.number))
    return [_person(card) for card in found[:LISTED]]


def _changed(period: Period, cards: Sequence[Scorecard]) -> list[Person]:
    """What the last run made different, of those that the reader sees; none on a first run."""
    if period.state not in (State.OPEN, State.CALCULATED, State.IN_REVIEW):
        return []
    seen = {card.employee_id: card for card in cards}
    changes = period.last_run.get("changed", [])
    return [
        _person(seen[employee_id], Decimal(before))
        for employee_id, before, _after in changes
        if employee_id in seen and before is not None
    ][:LISTED]


def _person(card: Scorecard, before: Decimal | None = None) -> Person:
    return Person(
        card.employee.name,
        card.employee.number,
        card.department.label,
        url_of(card) if card.is_current else f"{url_of(card)}?revision={card.revision}",
        card.final,
        before,
    )


def without_scheme(period: Period) -> list[Employee]:
    """Those whom no scheme covered in the last run, by number."""
    ids = period.last_run.get("without_scheme", [])
    return list(Employee.objects.filter(pk__in=ids).order_by("number"))
