"""Who is meant by a name in an export: employee no., else a unique name, else an alias."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kpi_portal.people.models import Alias, Department, Employee
from kpi_portal.people.queries import zone
from tickets.importing.converters import plain
from tickets.importing.errors import BadValue

NUMBER_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Person:
    """An employee as imports need them."""

    id: int
    hired_on: date | None
    left_on: date | None


@dataclass(slots=True)
class AgentBook:
    """All employees by every text that names them; three queries, however many rows.

    `importer` is the employee who imports, None for a command. `newcomers`: text → group column
    of agents to be created; `unknown`: text → rows rejected.
    """

    source: str
    create: bool = False
    importer: int | None = None
    newcomers: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    _known: dict[str, Person] = field(default_factory=dict)
    _doubtful: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.load()

    def load(self) -> None:
        """Read the employees anew, as after newcomers were added."""
        people: dict[int, Person] = {}
        by_number: dict[str, Person] = {}
        by_name: dict[str, list[Person]] = {}
        rows: Any = Employee.objects.order_by("id").values_list(
            "id", "number", "name", "hired_on", "left_on"
        )
        for pk, number, name, hired_on, left_on in rows:
            person = people[pk] = Person(pk, hired_on, left_on)
            by_number[plain(number)] = person
            by_name.setdefault(plain(name), []).append(person)
        aliases = Alias.objects.filter(source=self.source).values_list("text", "employee_id")
        by_alias = {plain(text): people[pk] for text, pk in aliases}
        unique = {name: found[0] for name, found in by_name.items() if len(found) == 1}
        self._known = {**by_alias, **unique, **by_number}
        self._doubtful = {name: len(found) for name, found in by_name.items() if len(found) > 1}

    def check(self, text: str, group: str = "") -> Person | None:
        """The employee; None for one who will be created. Raises BadValue."""
        person = self._known.get(text)
        if person is not None:
            return person
        if text in self._doubtful:
            raise BadValue("ambiguous_agent", count=self._doubtful[text])
        if not self.create:
            self.unknown[text] = self.unknown.get(text, 0) + 1
            raise BadValue("unknown_agent")
        if len(text) > NUMBER_LIMIT:
            raise BadValue("too_long", limit=NUMBER_LIMIT)
        if not self.newcomers.get(text):
            self.newcomers[text] = group
        return None

    def knows(self, text: str) -> bool:
        """Whether somebody is meant by a text beyond doubt."""
        return text in self._known

    def id_of(self, text: str) -> int:
        """The id of an agent that `check` has let through and that exists by now."""
        return self._known[text].id


def check_employed(person: Person | None, created: datetime, last: datetime) -> None:
    """A ticket that ended before somebody was hired, or began after they left, is not theirs.

    Raises BadValue.
    """
    if person is None or (person.hired_on is None and person.left_on is None):
        return
    began, ended = created.astimezone(zone()).date(), last.astimezone(zone()).date()
    if person.hired_on is not None and ended < person.hired_on:
        raise BadValue("not_employed", day=ended.isoformat())
    if person.left_on is not None and began > person.left_on:
        raise BadValue("not_employed", day=began.isoformat())


class DepartmentBook:
    """Departments by code and by name."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        rows: Any = Department.objects.order_by("-id").values_list("id", "code", "name")
        for pk, _code, name in rows:
            self._ids[plain(name)] = pk
        for pk, code, _name in rows:
            self._ids[plain(code)] = pk

    def id_of(self, text: str) -> int | None:
        """The department, None if it is not known."""
        return self._ids.get(text)
