"""The team board: people by indicators, as one reader may see them, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Value, When

from appraisal.models import Period, SchemeItem, Scorecard, ScoreLine
from appraisal.periods import calendar
from appraisal.schemes.words import band_names, category_label
from appraisal.scorecards.lines import points_level
from appraisal.scorecards.queries import url_of, with_lines
from appraisal.scorecards.words import band_label
from kpi_portal.core.names import localized
from kpi_portal.people.models import User

PAGE = 50
SORTS = {
    "name": ("employee__name", "employee__number"),
    "number": ("employee__number",),
    "department": ("department__code", "employee__number"),
    "final": ("final", "employee__number"),
    "change": ("moved", "employee__number"),
}
FIRST_SORT = "-final"


@dataclass(frozen=True, slots=True)
class Column:
    """One indicator with one set of parameters, wherever it stands in which version.

    `key` is what `?sort=` says; `places` are the (version id, position) where it is.
    """

    key: str
    name: str
    category: str
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A line in its column; None of a column that the person's scheme does not have."""

    points: Decimal | None
    level: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `moved` is the change of the final against the period before."""

    card: Scorecard
    url: str
    band: str
    moved: Decimal | None
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board. `departments` and `bands` are what can be filtered by."""

    columns: list[Column]
    page: Page[Any]
    rows: list[Row]
    departments: list[tuple[str, str]]
    bands: list[tuple[str, str]]
    total: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asked for; empty texts ask for nothing."""

    text: str = ""
    department: str = ""
    band: str = ""
    sort: str = FIRST_SORT
    page: str = "1"


def board_cards(period: Period, user: User) -> Any:
    """The newest revisions that `user` may see on the board of `period`; never the own one."""
    return Scorecard.objects.visible_to(user).current().of_others(user).filter(period=period)


def board(period: Period, user: User, wish: Wish) -> Board:
    """The board as `user` may see it. A fixed number of queries, however many people."""
    cards = board_cards(period, user)
    places = _places(cards)
    items = _items({place[0] for place in places})
    columns = _columns(items)
    chosen = _sorted(_filtered(cards, wish), wish.sort, columns, period)
    page = Paginator(chosen, PAGE).get_page(wish.page)
    rows = list(page.object_list)
    return Board(
        columns=columns,
        page=page,
        rows=[_row(card, columns) for card in rows],
        departments=sorted({(code, localized(*names)) for _pk, code, *names in places}),
        bands=_bands(items),
        total=page.paginator.count,
    )


def filtered_cards(period: Period, user: User, wish: Wish) -> Any:
    """The cards of the board that the wish leaves, for a file."""
    return _filtered(board_cards(period, user), wish)


def _filtered(cards: Any, wish: Wish) -> Any:
    if wish.text:
        cards = cards.filter(
            Q(employee__name__icontains=wish.text) | Q(employee__number__icontains=wish.text)
        )
    if wish.department:
        cards = cards.filter(department__code=wish.department)
    if wish.band:
        cards = cards.filter(Q(band=wish.band) | Q(band="", status=wish.band))
    return cards


def _places(cards: Any) -> list[tuple[Any, ...]]:
    """Version id, department code and the department's names, each combination once."""
    names = ("name", "name_zh_hant", "name_en")
    rows = cards.order_by().values_list(
        "version_id", "department__code", *(f"department__{name}" for name in names)
    )
    return list(rows.distinct())


def _items(version_ids: set[int]) -> list[SchemeItem]:
    """The items of these versions in order, with indicator and version."""
    rows = SchemeItem.objects.filter(version_id__in=version_ids)
    related = rows.select_related("indicator", "version")
    return list(related.order_by("position", "version_id"))


def _columns(items: Sequence[SchemeItem]) -> list[Column]:
    """The columns of these items, in their order."""
    merged: dict[tuple[int, str], list[SchemeItem]] = {}
    for item in items:
        merged.setdefault((item.indicator_id, repr(sorted(item.params.items()))), []).append(item)
    return [
        Column(
            key=f"i{place}",
            name=group[0].indicator.label,
            category=category_label(group[0].category),
            places=tuple((item.version_id, item.position) for item in group),
        )
        for place, group in enumerate(merged.values(), start=1)
    ]


def _sorted(cards: Any, sort: str, columns: Sequence[Column], period: Period) -> Any:
    """Cards in the wished order; those without the number come last either way."""
    cards = cards.select_related("employee", "department", "version", "period").annotate(
        moved=F("final") - _final_before(period)
    )
    cards = with_lines(cards)
    key, falling = sort.removeprefix("-"), sort.startswith("-")
    column = next((each for each in columns if each.key == key), None)
    if column is not None:
        cards = cards.annotate(wished=_points_in(column))
        order: tuple[str, ...] = ("wished", "employee__number")
    else:
        order = SORTS.get(key, SORTS["final"])
    first = F(order[0])
    by = first.desc(nulls_last=True) if falling else first.asc(nulls_last=True)
    return cards.order_by(by, *order[1:], "pk")


def _final_before(period: Period) -> Subquery:
    code = str(calendar.previous(period.code))
    rows = Scorecard.objects.filter(
        period__code=code, employee_id=OuterRef("employee_id"), is_current=True
    )
    return Subquery(rows.values("final")[:1])


def _points_in(column: Column) -> Case:
    """The points of the line in this column, wherever the card's version has it."""
    number = DecimalField(max_digits=6, decimal_places=2)
    whens = [
        When(
            version_id=version_id,
            then=Subquery(
                ScoreLine.objects.filter(scorecard_id=OuterRef("pk"), position=position).values(
                    "points"
                )[:1]
            ),
        )
        for version_id, position in column.places
    ]
    return Case(*whens, default=Value(None, output_field=number), output_field=number)


def _row(card: Any, columns: Sequence[Column]) -> Row:
    newest = max((line.segment for line in card.lines.all()), default=1)
    lines = {
        (card.version_id, line.position): line
        for line in card.lines.all()
        if line.segment == newest
    }
    url = url_of(card)
    cells: list[Cell | None] = []
    for column in columns:
        line = next((lines[place] for place in column.places if place in lines), None)
        if line is None:
            cells.append(None)
        else:
            there = f"{url}lines/{line.position}/"
            cells.append(Cell(line.points, points_level(line.points), there))
    return Row(card, url, band_label(card), card.moved, cells)


def _bands(items: Sequence[SchemeItem]) -> list[tuple[str, str]]:
    """Band keys and names, best first, then the states of cards without a band."""
    found: dict[str, str] = {}
    for version in {item.version_id: item.version for item in items}.values():
        found = {**band_names(version.bands), **found}
    statuses = [
        (str(status.value), str(status.label))
        for status in Scorecard.Status
        if status is not Scorecard.Status.SCORED
    ]
    return [*found.items(), *statuses]
