"""First step: from a file to a plan of how to read it, decided on the whole file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from kpi_portal.people.queries import zone
from tickets.importing import converters, fields, headers, limits
from tickets.importing.customers import masked, without_personal
from tickets.importing.derive import NEEDS
from tickets.importing.errors import FileRefused, PlanIncomplete
from tickets.importing.headers import Header
from tickets.importing.plans import ORDERS, Choices, Plan
from tickets.importing.profiles import PROFILES
from tickets.importing.profiles.base import Profile, normalised
from tickets.importing.reading import BadRecord, Cell, Table, open_table
from tickets.importing.table_kinds import KINDS, TableKind

LONGEST_SHOWN = 80


@dataclass(slots=True)
class Recognition:
    """A plan, the table it is for, and what somebody has to choose before it can be used.

    `questions` are sentences; `preview` the first rows as text; `rows` how many records the file
    has; `undecided` the date columns whose day and month could be either.
    """

    plan: Plan
    table: Table
    header: Header
    rows: int = 0
    preview: list[list[str]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def require_complete(self) -> None:
        """Raises PlanIncomplete with the first thing that is missing."""
        if self.questions:
            raise PlanIncomplete(self.questions[0])


def recognise(path: Path, name: str, kind: str, choices: Choices) -> Recognition:
    """How the file is to be read. Reads it once to its end. Raises FileRefused."""
    table = open_table(
        path,
        name,
        encoding=choices.encoding,
        delimiter=choices.delimiter,
        sheet=choices.sheet,
    )
    number, header = _header(table, choices, kind)
    profile, is_product = _profile(header, choices, kind)
    columns = _columns(header, profile, kind, choices)
    found = _Columns(header, columns, kind)
    rows = found.read(records(table, number))
    if rows == 0:
        raise FileRefused(_("“%(name)s” has a header, but no records.") % {"name": name})
    orders, undecided = found.decide(choices)
    plan = Plan(
        kind=kind,
        source=choices.source or (profile.key if is_product else ""),
        profile=profile.key,
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
        header_row=number,
        columns=columns,
        values=_values(profile, choices),
        constants={
            key: value
            for key, value in profile.constants.items()
            if key not in columns and key in fields.OF_KIND[kind]
        },
        units=headers.units(header, profile, columns, kind),
        orders=orders,
        rules=_rules(profile, columns),
        timezone=_zone(choices.timezone),
        scale=choices.scale or profile.scale,
        create_agents=choices.create_agents,
        empty=profile.empty,
    )
    recognition = Recognition(
        plan, table, header, rows, found.preview, undecided=undecided,
        warnings=[*table.warnings, *(["blank_rows"] if table.blank else [])],
    )  # fmt: skip
    recognition.questions = list(_questions(recognition))
    return recognition


def records(table: Table, header_row: int) -> Iterator[list[Cell] | BadRecord]:
    """The records below the header."""
    rows = table.rows()
    for number, row in enumerate(rows, 1):
        if number > limits.MAX_ROWS + header_row:
            raise FileRefused(
                _(
                    "“%(name)s” has more than %(limit)s million rows. Split it and import the "
                    "parts."
                )
                % {"name": table.name, "limit": limits.MAX_ROWS // 1_000_000}
            )
        if number > header_row:
            yield row


def _header(table: Table, choices: Choices, kind: str) -> tuple[int, Header]:
    first: list[list[Cell]] = []
    for row in table.rows():
        first.append(row if isinstance(row, list) else [])
        if len(first) >= max(limits.HEADER_WITHIN, choices.header_row or 0):
            break
    if not first:
        raise FileRefused(_("“%(name)s” holds no rows.") % {"name": table.name})
    if max(len(row) for row in first) > limits.MAX_COLUMNS:
        raise FileRefused(
            _("“%(name)s” has more than %(limit)s columns. Delete those that are not needed.")
            % {"name": table.name, "limit": limits.MAX_COLUMNS}
        )
    if choices.header_row is not None and not 1 <= choices.header_row <= len(first):
        raise FileRefused(
            _("“%(name)s” has no row %(row)s that could be the header.")
            % {"name": table.name, "row": choices.header_row}
        )
    number = choices.header_row or headers.header_row(first, choices.columns.values(), kind)
    return number, Header.of(first[number - 1])


def _profile(header: Header, choices: Choices, kind: str) -> tuple[Profile, bool]:
    """The profile, and whether it is that of a product (which then names the source)."""
    if choices.profile:
        profile = PROFILES.get(choices.profile)
        if profile is None:
            raise PlanIncomplete(
                _("There is no profile “%(name)s”. Known are: %(known)s.")
                % {"name": choices.profile, "known": ", ".join(PROFILES)}
            )
        return profile, bool(profile.signature)
    known = None if kind in KINDS else headers.product(header)
    return (known, True) if known else (headers.plain(header), False)


def _columns(header: Header, profile: Profile, kind: str, choices: Choices) -> dict[str, str]:
    chosen_away = {name for name in choices.columns if name in fields.OF_KIND[kind]}
    mapped = headers.columns(_without(header, profile, kind, choices), profile, kind)
    columns = {name: column for name, column in mapped.items() if name not in chosen_away}
    for name, column in choices.columns.items():
        if name not in fields.OF_KIND[kind]:
            raise PlanIncomplete(
                _("There is no field “%(name)s”. Known are: %(known)s.")
                % {"name": name, "known": ", ".join(fields.OF_KIND[kind])}
            )
        if column:
            if header.find(column) is None:
                raise PlanIncomplete(
                    _("The file has no column “%(column)s”. Its columns are: %(columns)s.")
                    % {"column": column, "columns": ", ".join(header.choices())}
                )
            columns[name] = column
    return columns


def _without(header: Header, profile: Profile, kind: str, choices: Choices) -> Header:
    """The header without doubled names for which somebody has chosen a place."""
    chosen = {column.rpartition("#")[0] for column in choices.columns.values() if "#" in column}
    taken = {normalised(name) for name in chosen}
    places = {name: each for name, each in header.places.items() if name not in taken}
    return Header(header.names, places)


def _values(profile: Profile, choices: Choices) -> dict[str, dict[str, str]]:
    """field → text in small letters → value."""
    merged: dict[str, dict[str, str]] = {}
    for values in (profile.values, choices.values):
        for name, mapping in values.items():
            into = merged.setdefault(name, {})
            into.update(
                {converters.plain(text).casefold(): value for text, value in mapping.items()}
            )
    return merged


def _rules(profile: Profile, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The profile's rules whose fields the file has."""
    return tuple(rule for rule in profile.rules if all(name in columns for name in NEEDS[rule]))


def _zone(name: str) -> str:
    if not name:
        return str(zone())
    if name not in available_timezones():
        raise PlanIncomplete(
            _("There is no time zone “%(name)s”. Use one like Asia/Shanghai.") % {"name": name}
        )
    return str(ZoneInfo(name))


class _Columns:
    """One pass over all records: the preview, and what the date columns look like."""

    def __init__(self, header: Header, columns: Mapping[str, str], kind: str) -> None:
        self.header = header
        self.preview: list[list[str]] = []
        known = fields.OF_KIND[kind]
        self.private = [
            place
            for name, column in columns.items()
            if known[name].kind == "customer"
            for place in header.find(column) or []
        ]
        self.dates: dict[str, int] = {}
        for name, column in columns.items():
            if known[name].kind in ("instant", "day", "month"):
                self.dates[column] = (header.find(column) or [0])[0]
        self.seen: dict[str, _Dates] = {column: _Dates() for column in self.dates}

    def read(self, rows: Iterator[list[Cell] | BadRecord]) -> int:
        """How many records there are. Raises FileRefused for what the whole file shows."""
        count = 0
        watched = [(index, self.seen[column].see) for column, index in self.dates.items()]
        for row in rows:
            count += 1
            if isinstance(row, BadRecord):
                continue
            if len(self.preview) < limits.PREVIEW_ROWS:
                self.preview.append(self._shown(row))
            for index, see in watched:
                if index < len(row):
                    see(row[index])
        return count

    def _shown(self, row: list[Cell]) -> list[str]:
        """The cells as the preview keeps them: nothing that identifies a customer."""
        shown = [without_personal(converters.shown(cell)[:LONGEST_SHOWN]) for cell in row]
        for place in self.private:
            if place < len(shown) and shown[place]:
                shown[place] = masked(shown[place])
        return shown

    def decide(self, choices: Choices) -> tuple[dict[str, str], list[str]]:
        """column → order for those that need one; and the columns that stay undecided."""
        orders, undecided = {}, []
        for column, dates in self.seen.items():
            order = choices.date_orders.get(column) or choices.date_order or dates.order()
            if order in ("ambiguous", *ORDERS) and not dates.needs_order():
                continue
            if order == "ambiguous":
                undecided.append(column)
            elif order:
                orders[column] = order
        decided = {order for order in orders.values() if order in ("dmy", "mdy")}
        if len(decided) == 1:  # one program writes all dates of a file alike
            orders.update(dict.fromkeys(undecided, decided.pop()))
            undecided = []
        return orders, undecided


class _Dates:
    """What the values of one column tell about the order of day and month."""

    def __init__(self) -> None:
        self.slashed = self.day_first = self.month_first = self.serials = self.others = 0

    def see(self, cell: Any) -> None:
        if not isinstance(cell, str):
            return
        if cell[4:5] in "-/年." or not cell:  # year first, or nothing
            self.others += bool(cell)
            return
        text = converters.plain(cell)
        if match := converters.SLASHED.match(text):
            self.slashed += 1
            self.day_first += int(match[1]) > 12
            self.month_first += int(match[3]) > 12
        elif converters._NUMBER_TEXT.match(text):
            self.serials += 1
        elif text.casefold() not in converters.EMPTY:
            self.others += 1

    def needs_order(self) -> bool:
        return bool(self.slashed or (self.serials and not self.others))

    def order(self) -> str:
        """dmy, mdy, mixed, ambiguous, serial, or "" where nothing needs deciding."""
        if self.slashed:
            if self.day_first and self.month_first:
                return "mixed"
            if self.day_first or self.month_first:
                return "dmy" if self.day_first else "mdy"
            return "ambiguous"
        return "serial" if self.serials and not self.others else ""


def _questions(found: Recognition) -> Iterator[str]:
    plan, columns = found.plan, found.plan.columns
    shown = ", ".join(found.header.choices())
    if plan.kind in KINDS:
        yield from _table_questions(KINDS[plan.kind], plan, shown)
    elif plan.kind == "tickets":
        yield from _ticket_questions(columns, plan, shown)
    else:
        yield from _answer_questions(columns, plan, shown)
    for column in found.undecided:
        yield _(
            "In “%(column)s” day and month could be either way round. Choose day first or month "
            "first."
        ) % {"column": column}
    if not plan.source and (plan.kind not in KINDS or KINDS[plan.kind].has_ids):
        yield _(
            "This is the export of no product that is known. Give the source a name, so that "
            "later exports update the same records."
        )


def _missing(name: str, label: Any, shown: str) -> str:
    return _("No column was found for “%(label)s” (%(name)s). Choose one of: %(columns)s.") % {
        "label": label,
        "name": name,
        "columns": shown,
    }


def _table_questions(kind: TableKind, plan: Plan, shown: str) -> Iterator[str]:
    for name in kind.required:
        if name not in plan.reads:
            yield _missing(name, kind.fields[name].label, shown)


def _ticket_questions(columns: Mapping[str, str], plan: Plan, shown: str) -> Iterator[str]:
    for name in ("external_id", "created_at"):
        if name not in columns:
            yield _missing(name, fields.TICKET_FIELDS[name].label, shown)


def _answer_questions(columns: Mapping[str, str], plan: Plan, shown: str) -> Iterator[str]:
    if "external_id" not in columns and "ticket" not in columns:
        yield _missing("external_id", fields.ANSWER_FIELDS["external_id"].label, shown)
    says = {"score", "nps", *fields.DIMENSIONS} & columns.keys()
    if not says:
        yield _missing("score", fields.ANSWER_FIELDS["score"].label, shown)
    if "answered_at" not in columns and not any(name in columns for name in fields.ENDS):
        yield _missing("answered_at", fields.ANSWER_FIELDS["answered_at"].label, shown)
    if plan.scale is None and "scale" not in columns and says - {"nps"}:
        yield _("The highest possible score is not known. Choose the scale, for example 5.")
