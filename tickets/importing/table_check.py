"""Rows of the small tables: what every kind is checked for. Each kind adds its own."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from kpi_portal.core.time import midnight
from kpi_portal.people.models import Assignment
from kpi_portal.people.queries import local_date
from tickets.importing.agents import AgentBook, DepartmentBook, Person
from tickets.importing.checking import Findings, RowCheck
from tickets.importing.errors import BadValue, RowRejected
from tickets.importing.mapping import Mapper, Row
from tickets.importing.recognise import Recognition
from tickets.importing.table_kinds import TableKind

# Days that may lie ahead: when something falls due, holds until, or somebody is away.
AHEAD = frozenset({"due_on", "valid_until", "start_on", "last_on"})

Verify = Callable[["TableCheck", Row], str]


class TableCheck(RowCheck):
    """Records of one small table. `verify` checks what is special about a row, may complete it,
    and gives the text by which two rows of one file are the same ("" for none).
    """

    def __init__(
        self, kind: TableKind, verify: Verify, found: Recognition, book: AgentBook,
        findings: Findings, now: datetime,
    ) -> None:  # fmt: skip
        super().__init__(found, book, findings, now)
        self.kind, self.verify = kind, verify
        self.mapper = Mapper(found.plan, found.header)
        self.departments = DepartmentBook()
        self.today = local_date(now)
        self.file_name = found.table.name
        self._posts: Mapping[int, list[tuple[date, date | None, int]]] | None = None

    def __call__(self, record: Any, row_number: int) -> Row:
        """A row that may be loaded. Raises RowRejected."""
        cells = self.shaped(record)
        row = self.mapper(cells)
        row["cells"] = cells
        row["row_number"] = row_number
        for name in self.kind.required:
            self.required(row, name)
        self.instants(row)
        self._days(row)
        if "department" in row:
            row["department_id"] = self.department(row)
        key = self.verify(self, row)
        del row["cells"], row["row_number"]
        if key:
            self.once(key, row_number, self.label(self._key_field()))
        self._note(row)
        return row

    def _key_field(self) -> str:
        return "external_id" if self.kind.has_ids else self.kind.day

    def _days(self, row: Row) -> None:
        for name, value in row.items():
            is_day = isinstance(value, date) and not isinstance(value, datetime)
            if is_day and value > self.today and name not in AHEAD:
                raise self.refused(name, value.isoformat(), "in_the_future")

    def refused(self, name: str, value: Any, key: str, **params: Any) -> RowRejected:
        """The refusal of a row for what stands in a field."""
        return RowRejected(self.label(name), str(value), key, params)

    def department(self, row: Row) -> int | None:
        """The department that a row names. Raises RowRejected for one that is not known."""
        text = row.get("department") or ""
        if not text:
            return None
        found = self.departments.id_of(text)
        if found is None:
            raise self.refused("department", text, "unknown_department")
        return found

    def someone(self, row: Row, name: str, on: date) -> Person | None:
        """The employee whom a field names, employed on that day; None for nobody or one who is
        to be created. Raises RowRejected.
        """
        text = row.get(name)
        if not text:
            return None
        noon = midnight(on, self.zone) + timedelta(hours=12)
        self.person(row, name, noon, noon)
        try:
            return self.book.check(text, row.get("department") or "")
        except BadValue as bad:
            raise self.refused(name, text, bad.key, **bad.params) from None

    def home(self, person: Person, on: date) -> int | None:
        """The department of an employee on a day."""
        if self._posts is None:
            posts: dict[int, list[tuple[date, date | None, int]]] = {}
            rows: Any = Assignment.objects.order_by("start_on").values_list(
                "employee_id", "start_on", "end_on", "department_id"
            )
            for employee, *span in rows:
                posts.setdefault(employee, []).append((span[0], span[1], span[2]))
            self._posts = posts
        for start, end, department in self._posts.get(person.id, ()):
            if start <= on and (end is None or on < end):
                return department
        return None

    def _note(self, row: Row) -> None:
        named = row.get("agent") or row.get("owner")
        if named:
            self.findings.agents[named] += 1
        when = row[self.kind.day]
        if isinstance(when, datetime):
            self.month(when)
        else:
            self.findings.months[when.strftime("%Y-%m")] += 1
