"""Finding the header of a table and what each of its columns means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from tickets.importing import converters, fields
from tickets.importing.errors import FileRefused
from tickets.importing.profiles import PLAIN, PRODUCTS, PROFILES
from tickets.importing.profiles.base import Profile, normalised, unit_in, without_unit
from tickets.importing.profiles.plain import ANSWERS, CHINESE, ENGLISH
from tickets.importing.reading import Cell
from tickets.importing.table_kinds import KINDS

FEWEST_KNOWN = 2
BEYOND_SCORE = frozenset({"nps", *fields.DIMENSIONS})


@dataclass(frozen=True, slots=True)
class Header:
    """The header cells as shown, and where each name stands."""

    names: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> "Header":
        names = [converters.plain(converters.shown(cell)) for cell in cells]
        places: dict[str, list[int]] = {}
        for index, name in enumerate(names):
            if name:
                places.setdefault(normalised(name), []).append(index)
        return cls(tuple(names), {name: tuple(each) for name, each in places.items()})

    @property
    def fewest(self) -> int:
        """How many cells a record must have: up to the last column with a name."""
        return max((index for index, name in enumerate(self.names, 1) if name), default=0)

    def find(self, column: str) -> list[int] | None:
        """Where `column` stands: a header, `header#2`, or two joined by "+". None: nowhere.

        Raises FileRefused if the header stands there several times and no place was chosen.
        """
        places = self.places.get(normalised(column))
        if places is not None:
            if len(places) > 1:
                raise _doubled(column)
            return list(places)
        name, mark, place = column.rpartition("#")
        if mark and place.isdecimal():
            found = self.places.get(normalised(name), ())
            return [found[int(place) - 1]] if 0 < int(place) <= len(found) else None
        parts = column.split("+")
        if len(parts) < 2:
            return None
        joined = [self.find(part.strip()) for part in parts]
        return [each[0] for each in joined if each] if all(joined) else None

    def label(self, column: str) -> str:
        """The column as a person finds it in the file."""
        places = self.find(column) or []
        return "+".join(self.names[place] for place in places) or column

    def choices(self) -> list[str]:
        """Every column by a name that `find` understands."""
        seen: dict[str, int] = {}
        listed = []
        for name in self.names:
            key = normalised(name)
            seen[key] = seen.get(key, 0) + 1
            if name:
                is_double = len(self.places[key]) > 1
                listed.append(f"{name}#{seen[key]}" if is_double else name)
        return listed


def _doubled(column: str) -> FileRefused:
    return FileRefused(
        _(
            "The column “%(column)s” stands in the file more than once. Choose which one is "
            "meant: %(column)s#1 or %(column)s#2."
        )
        % {"column": column}
    )


@cache
def _known_names(kind: str) -> frozenset[str]:
    """Every header name that any profile knows, or that means a field of a small table."""
    names: set[str] = set()
    if kind in KINDS:
        for variants in KINDS[kind].names.values():
            names.update(map(normalised, variants))
        return frozenset(names)
    for profile in PROFILES.values():
        for variants in (*profile.columns.values(), *profile.answers.values()):
            names.update(normalised(part) for name in variants for part in name.split("+"))
        names.update(normalised(name) for name in profile.signature)
    return frozenset(names)


def header_row(rows: Sequence[Sequence[Cell]], chosen: Iterable[str], kind: str) -> int:
    """The number, from 1, of the row that is the header. Raises FileRefused if none is."""
    wanted = {normalised(part) for column in chosen for part in column.split("+") if column}
    wanted |= {name.rpartition("#")[0] for name in wanted if "#" in name}
    best, most = 0, FEWEST_KNOWN - 1
    for number, row in enumerate(rows, 1):
        names = {normalised(cell) for cell in row if isinstance(cell, str) and cell}
        names |= {normalised(without_unit(cell)) for cell in row if isinstance(cell, str)}
        count = len(names & (_known_names(kind) | wanted))
        if count > most:
            best, most = number, count
    if not best:
        raise FileRefused(
            _(
                "No header was found: in none of the first rows stand names of columns that are "
                "known, such as 工单号 or created at. Add a header, or say which row it is."
            )
        )
    return best


def product(header: Header) -> Profile | None:
    """The help desk whose export this is, by its signature."""
    for profile in PRODUCTS:
        if all(normalised(name) in header.places for name in profile.signature):
            return profile
    return None


def plain(header: Header) -> Profile:
    """The plain profile that knows more of the columns."""
    return max(
        PLAIN,
        key=lambda profile: sum(
            normalised(name) in header.places
            for variants in profile.columns.values()
            for name in variants
        ),
    )


def columns(header: Header, profile: Profile, kind: str) -> dict[str, str]:
    """field → column as this profile maps them."""
    found: dict[str, str] = {}
    used: set[int] = set()
    is_plain = profile in PLAIN or kind in KINDS
    for field in fields.OF_KIND[kind]:
        for name in _names(profile, field, kind):
            column = _present(header, name, is_plain, used)
            if column is not None:
                found[field] = column
                used.update(header.find(column) or ())
                break
    return found


def _present(header: Header, name: str, is_plain: bool, used: set[int]) -> str | None:
    """The header that `name` means; in a plain table each column is used once."""
    for candidate in _spellings(header, name) if is_plain else (name,):
        places = header.find(candidate)
        if places is not None and not (is_plain and used.intersection(places)):
            return "+".join(header.names[place] for place in places)
    return None


def _spellings(header: Header, name: str) -> Iterable[str]:
    """The name itself, and the headers that are it with a unit in brackets."""
    yield name
    wanted = normalised(name)
    for each in header.names:
        if each and each != name and normalised(without_unit(each)) == wanted:
            yield each


def _names(profile: Profile, field: str, kind: str) -> tuple[str, ...]:
    """Under which headers this profile has the field."""
    if kind in KINDS:
        return KINDS[kind].names[field]
    if kind == "tickets":
        own = profile.columns.get(field, ())
        return own + _other_language(profile, field)
    if field in BEYOND_SCORE and profile not in PLAIN:
        return profile.answers.get(field, ())
    if field in ANSWERS and field != "ticket":
        return profile.answers.get(field, ()) or ANSWERS.get(field, ())
    if field == "ticket":
        ids = profile.columns.get("external_id", ())
        return (*profile.answers.get(field, ()), *ids, *_other_language(profile, "external_id"))
    return profile.columns.get(field, ()) + _other_language(profile, field)


def _other_language(profile: Profile, field: str) -> tuple[str, ...]:
    if profile not in PLAIN:
        return ()
    return (ENGLISH if profile.columns is CHINESE else CHINESE).get(field, ())


def units(
    header: Header, profile: Profile, mapped: Mapping[str, str], kind: str
) -> dict[str, str]:
    """field → unit of its plain numbers: the profile's, else the header's, else the field's."""
    found = {}
    for name, column in mapped.items():
        field = fields.OF_KIND[kind][name]
        if field.kind == "seconds":
            found[name] = profile.units.get(name) or unit_in(header.label(column)) or field.unit
    return found
