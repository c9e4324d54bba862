"""Third step: whether rows can be taken. Nothing is written; what passes goes into a spool."""

import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from django.conf import settings

from kpi_portal.people.queries import zone
from tickets.importing import converters, fields, limits
from tickets.importing.agents import AgentBook, check_employed
from tickets.importing.customers import without_personal
from tickets.importing.derive import RULES
from tickets.importing.errors import BadValue, Problem, RowRejected
from tickets.importing.folding import folded
from tickets.importing.mapping import Mapper, Row
from tickets.importing.profiles import is_log
from tickets.importing.reading import BadRecord, Cell
from tickets.importing.recognise import Recognition, records

TOTALS = frozenset({"合计", "总计", "小计", "汇总", "合計", "總計", "total", "grandtotal", "sum"})
AHEAD = timedelta(hours=24)
LONG = timedelta(days=30)

Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """For whoever does not watch."""


@dataclass(slots=True)
class Findings:
    """What a check found. `rows` is every record; `without_answer` those that hold none;
    `folded` accepted events of a log that went into the ticket of another one.

    `problems` are at most MAX_REJECTIONS_LISTED, `rejected` is the true count. `control` counts
    accepted rows by month of company time (`2026-10`), `agents` by name.
    """

    rows: int = 0
    rejected: int = 0
    without_answer: int = 0
    folded: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    mapped: set[str] = field(default_factory=set)

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected - self.without_answer

    def reject(self, problem: Problem) -> None:
        self.rejected += 1
        if len(self.problems) < limits.MAX_REJECTIONS_LISTED:
            self.problems.append(problem)


class Spool:
    """Rows on disk between check and load, in batches; gone when closed."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(  # noqa: SIM115  closed in __exit__
            dir=settings.FILE_UPLOAD_TEMP_DIR
        )
        self._batch: list[Row] = []

    def add(self, row: Row) -> None:
        self._batch.append(row)
        if len(self._batch) >= limits.BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._batch:
            pickle.dump(self._batch, self._file, pickle.HIGHEST_PROTOCOL)
            self._batch = []

    def rows(self) -> Iterator[Row]:
        """All rows in the order in which they came."""
        self._flush()
        self._file.seek(0)
        while True:
            try:
                # Our own bytes, in a file without a name.
                yield from pickle.load(self._file)
            except EOFError:
                return

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


class RowCheck:
    """Takes one record after the other: a row that may be loaded, or RowRejected.

    `now` bounds the future.
    """

    def __init__(self, found: Recognition, book: AgentBook, findings: Findings, now: datetime):
        self.plan, self.header, self.findings = found.plan, found.header, findings
        self.book, self.now, self.latest = book, now, now + AHEAD
        self.width, self.fewest = len(self.header.names), self.header.fewest
        self.seen: dict[str, int] = {}
        self.zone = zone()
        self.rules = [RULES[name] for name in self.plan.rules]

    def shaped(self, record: list[Cell] | BadRecord) -> list[Cell]:
        """The cells of a record, as many as the header has. Raises RowRejected."""
        if isinstance(record, BadRecord):
            raise RowRejected("", without_personal(record.raw.strip()[:200]), record.key, {})
        cells, width = record, self.width
        if len(cells) > width:
            if any(cell != "" for cell in cells[width:]):
                raise RowRejected("", "", "too_many_cells", _widths(cells, width))
            cells = cells[:width]
        elif len(cells) < self.fewest:
            raise RowRejected("", "", "too_few_cells", _widths(cells, width))
        elif len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        first = cells[0]
        if (
            isinstance(first, str)
            and first
            and first[0] in "合总小汇總tTgGsS"
            and _is_total(cells)
        ):
            raise RowRejected("", first, "total_row", {})
        if first == self.header.names[0] and _repeats(cells, self.header.names):
            raise RowRejected("", "", "repeated_header", {})
        return cells

    def once(self, key: str, row_number: int, column: str) -> None:
        """Raises RowRejected for an id that this file has had."""
        first = self.seen.setdefault(key, row_number)
        if first != row_number:
            raise RowRejected(column, key, "duplicate", {"first": first})

    def person(self, row: Row, name: str, began: datetime, ended: datetime) -> None:
        """Check the agent that `row[name]` names, if any. Raises RowRejected."""
        text = row.get(name)
        if not text:
            return
        try:
            person = self.book.check(text, row.get("department") or "")
            check_employed(person, began, ended)
        except BadValue as bad:
            raise RowRejected(self.label(name), text, bad.key, bad.params) from None

    def instants(self, row: Row) -> None:
        """No past may lie more than a day ahead. Raises RowRejected."""
        for name, value in row.items():
            if isinstance(value, datetime) and value > self.now and name not in fields.PLANNED:
                if value > self.latest:
                    raise RowRejected(
                        self.label(name),
                        value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S"),
                        "in_the_future",
                        {},
                    )
                self.findings.warnings["future"] += 1

    def required(self, row: Row, name: str) -> None:
        """Raises RowRejected where the field is empty."""
        if row.get(name) in (None, ""):
            raise RowRejected(self.label(name), "", "missing", {})

    def label(self, name: str) -> str:
        """The header of the column that gives a field."""
        column = self.plan.columns.get(name)
        return (
            self.header.label(column)
            if column
            else str(fields.OF_KIND[self.plan.kind][name].label)
        )

    def month(self, instant: datetime) -> None:
        self.findings.months[instant.astimezone(self.zone).strftime("%Y-%m")] += 1


class TicketCheck(RowCheck):
    """Records as rows of tickets."""

    def __init__(self, found: Recognition, book: AgentBook, findings: Findings, now: datetime):
        super().__init__(found, book, findings, now)
        self.mapper = Mapper(found.plan, found.header)
        self.is_log = is_log(found.plan.profile)

    def __call__(self, record: list[Cell] | BadRecord, row_number: int) -> Row:
        """A row that may be loaded. Raises RowRejected."""
        return self.checked(self.mapper(self.shaped(record)), row_number)

    def checked(self, row: Row, row_number: int) -> Row:
        """The same for a row whose fields are typed already."""
        self.required(row, "external_id")
        self.required(row, "created_at")
        for rule in () if self.is_log else self.rules:
            rule(row)
        self.instants(row)
        created = row["created_at"]
        ends = (row.get("resolved_at"), row.get("source_updated_at"), created)
        ended = max(end for end in ends if end is not None)
        if not self.is_log:
            self.once(row["external_id"], row_number, self.label("external_id"))
        self.person(row, "agent", created, ended)
        self.person(row, "first_agent", created, ended)
        if not self.is_log:
            self.note(row)
        return row

    def fold(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The tickets of a log of events; of any other file its rows."""
        if not self.is_log:
            yield from rows
            return
        tickets = 0
        for row in folded(rows, self.plan.rules, self.note):
            tickets += 1
            yield row
        self.findings.folded = self.findings.accepted - tickets

    def note(self, row: Row) -> None:
        """Count what deserves a look, and the control totals."""
        warnings = self.findings.warnings
        created, responded = row["created_at"], row.get("first_response_at")
        resolved, owner = row.get("resolved_at"), row.get("agent") or row.get("first_agent")
        if responded is not None and responded < created:
            warnings["response_before_creation"] += 1
        if resolved is not None:
            if resolved < created:
                warnings["resolution_before_creation"] += 1
            elif responded is not None and resolved < responded:
                warnings["resolution_before_response"] += 1
            if resolved - created > LONG:
                warnings["very_long"] += 1
        if owner:
            self.findings.agents[owner] += 1
        else:
            warnings["no_owner"] += 1
        self.month(created)


def run(
    found: Recognition,
    check: Callable[[Any, int], Row | None],
    findings: Findings,
    spool: Spool,
    rejected: Callable[[Any, Problem], None] | None = None,
    progress: Progress = no_progress,
) -> None:
    """Check every record of the file: rows into the spool, the others into the findings.

    `rejected` is told each record that is refused, with its problem. `check` gives None for a
    record that holds nothing to load.
    """
    for number, record in enumerate(records(found.table, found.plan.header_row), 2):
        findings.rows += 1
        try:
            row = check(record, number)
        except RowRejected as refusal:
            problem = refusal.at(number)
            findings.reject(problem)
            if rejected is not None:
                rejected(record, problem)
            continue
        if row is None:
            findings.without_answer += 1
        else:
            spool.add(row)
        if number % 1000 == 0:
            progress(number, found.rows)


def _widths(cells: Sequence[Cell], width: int) -> Mapping[str, int]:
    return {"found": len(cells), "expected": width}


def _is_total(cells: Sequence[Cell]) -> bool:
    text = converters.plain(str(cells[0])).casefold().replace(" ", "").rstrip(":：")
    return text in TOTALS


def _repeats(cells: Sequence[Cell], names: Sequence[str]) -> bool:
    shown = (converters.plain(converters.shown(cell)) for cell in cells)
    return all(text == name for text, name in zip(shown, names, strict=False))
