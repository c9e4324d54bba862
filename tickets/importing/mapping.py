"""Second step: a record's cells into typed fields, as the plan says. Writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tickets.importing import converters, fields
from tickets.importing.converters import EMPTY, EMPTY_NAMES, Instants
from tickets.importing.customers import masked, without_personal
from tickets.importing.days import Days
from tickets.importing.errors import BadValue, RowRejected
from tickets.importing.field import Field
from tickets.importing.headers import Header
from tickets.importing.plans import Plan
from tickets.importing.profiles.plain import VALUES
from tickets.importing.reading import Cell
from tickets.importing.table_kinds import CHOICES

Row = dict[str, Any]
Convert = Callable[[Cell], Any]

# What an empty cell means, where it is not simply unknown (None).
WHEN_EMPTY: Mapping[str, Any] = {
    "words": "",
    "id": "",
    "group": "",
    "customer": "",
    "choice": "",
    "tags": (),
}
UNKNOWN_CHOICE = {
    "kind": "other",
    "channel": "other",
    "status": "unknown",
    "use": "",
    "rater_group": "",
}
ALLOWED = {**VALUES, **CHOICES}
# Choices of which an unknown text rejects the row, with the reason.
STRICT = {"use": "which_questionnaire", "rater_group": "unknown_rater_group"}
RISKY = tuple("=+-@＝＋－＠")
MEMORY = 20_000  # how many different texts of a column are remembered


class Mapper:
    """Turns the cells of one file into rows: field → value, None where unknown.

    Agents, groups and customers stay text here. `only` restricts the fields that are read.
    """

    def __init__(self, plan: Plan, header: Header, only: frozenset[str] | None = None) -> None:
        self.plan, self.header = plan, header
        self.instants: list[Instants] = []
        known = fields.OF_KIND[plan.kind]
        wanted = [name for name in plan.columns if only is None or name in only]
        self._steps = [self._step(known[name]) for name in wanted]
        self.constants = {
            name: value for name, value in plan.constants.items() if only is None or name in only
        }

    def __call__(self, cells: Sequence[Cell]) -> Row:
        """Raises RowRejected at the first value that cannot be taken."""
        row: Row = dict(self.constants)
        for name, places, read, column in self._steps:
            cell = cells[places[0]] if len(places) == 1 else _joined(cells, places)
            try:
                row[name] = read(cell)
            except BadValue as bad:
                value = converters.shown(cell)
                value = masked(value) if name == "customer" else without_personal(value)
                raise RowRejected(column, value, bad.key, bad.params) from None
        return row

    @property
    def doubtful(self) -> int:
        """Times that a change of the clocks makes doubtful, so far."""
        return sum(each.doubtful for each in self.instants)

    def _step(self, field: Field) -> tuple[str, list[int], Convert, str]:
        column = self.plan.columns[field.name]
        places = self.header.find(column) or []
        return field.name, places, self._reader(field, column), self.header.label(column)

    def _reader(self, field: Field, column: str) -> Convert:
        """The converter behind the empty markers, the value map and a memory for short lists."""
        convert = self._converter(field, column)
        values = self.plan.values.get(field.name, {})
        empties = EMPTY_NAMES if field.kind == "person" else EMPTY | set(self.plan.empty)
        nothing = WHEN_EMPTY.get(field.kind)
        if field.kind == "choice":
            nothing = UNKNOWN_CHOICE[field.name]

        def read(cell: Cell) -> Any:
            if isinstance(cell, str):
                text = cell.strip()
                if text[:1] == "'" and text[1:2] in RISKY:  # as we and others escape formulas
                    cell = text = text[1:]
                if (
                    values
                    and (mapped := values.get(converters.plain(text).casefold())) is not None
                ):
                    cell = text = mapped
                if len(text) < 5 and _is_empty(text, empties, field.kind):
                    return nothing
                return convert(cell)
            return nothing if cell is None else convert(cell)

        return _remembered(read) if field.kind in ("choice", "person", "group", "words") else read

    def _converter(self, field: Field, column: str) -> Convert:
        limit = field.limit
        if field.kind == "instant":
            instants = Instants(self._zone_of(field), self.plan.orders.get(column, ""))
            self.instants.append(instants)
            return instants
        if field.kind in ("day", "month"):
            instants = Instants(self._zone_of(field), self.plan.orders.get(column, ""))
            self.instants.append(instants)
            return Days(instants, whole_months=field.kind == "month")
        if field.kind == "seconds":
            unit = self.plan.units.get(field.name, "s")
            return lambda cell: converters.seconds(cell, unit)
        simple: Mapping[str, Convert] = {
            "id": lambda cell: converters.identifier(cell, limit),
            "words": lambda cell: converters.words(cell, limit),
            "group": lambda cell: converters.identifier(cell, limit),
            "person": lambda cell: converters.identifier(cell, limit),
            "customer": lambda cell: converters.identifier(cell, limit),
            "count": converters.count,
            "flag": converters.flag,
            "tags": _tags,
            "choice": lambda cell: _choice(field.name, cell),
            "score": converters.number,
            "amount": converters.amount,
        }
        return simple[field.kind]

    def _zone_of(self, field: Field) -> ZoneInfo:
        return ZoneInfo(self.plan.timezone)


def _is_empty(text: str, empties: frozenset[str] | set[str], kind: str) -> bool:
    return text in empties if kind == "person" else text.casefold() in empties


def _remembered(read: Convert) -> Convert:
    known: dict[Any, Any] = {}

    def remembered(cell: Cell) -> Any:
        if cell in known:
            return known[cell]
        value = read(cell)
        if len(known) < MEMORY:
            known[cell] = value
        return value

    return remembered


def _choice(name: str, cell: Cell) -> str:
    text = converters.plain(converters.text_of(cell)).casefold()
    allowed = ALLOWED[name]
    if text in allowed:
        return allowed[text]
    if text in allowed.values():
        return text
    if name in STRICT:
        raise BadValue(STRICT[name])
    return UNKNOWN_CHOICE[name]


def _tags(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, list | tuple):
        return tuple(converters.words(each, 60) for each in cell)
    text = converters.words(cell, 2000)
    for mark in (";", ",", "，", "；", "|", "、"):
        if mark in text:
            return tuple(part.strip() for part in text.split(mark) if part.strip())
    return (text,)


def _joined(cells: Sequence[Cell], places: Sequence[int]) -> Cell:
    """Several cells as one text: a date and a time of day."""
    parts = [cells[place] for place in places]
    if any(part == "" or part is None for part in parts):
        return "" if parts[0] == "" else converters.shown(parts[0])
    texts = [converters.shown(part) for part in parts]
    if isinstance(parts[0], datetime):
        texts[0] = parts[0].date().isoformat()
    return " ".join(texts)
