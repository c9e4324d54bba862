"""The four steps in a row: recognise, map, check, load. The same for pages and commands.

Everything is checked before the first row is written, and the load is one transaction: nobody
ever sees half an import, and a crash leaves nothing behind.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction
from django.utils.module_loading import import_string

from kpi_portal.people.models import User
from kpi_portal.people.services import add_employees
from tickets.importing import tables
from tickets.importing.agents import AgentBook, DepartmentBook
from tickets.importing.checking import Findings, Progress, Spool, TicketCheck, no_progress, run
from tickets.importing.errors import Problem
from tickets.importing.loading import Counts, People, TicketLoader, reported
from tickets.importing.mapping import Row
from tickets.importing.plans import Choices
from tickets.importing.profiles import is_log
from tickets.importing.reasons import sentence
from tickets.importing.recognise import Recognition, recognise
from tickets.importing.rejected import RejectedRows

TO_BE_CREATED = -1  # stands for an agent whom a dry run does not create


class Facts(Protocol):
    """What differs between kinds of files: how a row is checked and how it is loaded."""

    @property
    def kind(self) -> str: ...

    def check(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> Callable[[Any, int], Row | None]: ...

    def load(
        self,
        found: Recognition,
        rows: Iterable[Row],
        people: People,
        *,
        import_id: int | None,
        dry: bool,
        progress: Callable[[int], None],
    ) -> Counts: ...


class TicketFacts:
    """Tickets, as `Facts`."""

    kind = "tickets"

    def check(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> Callable[[Any, int], Row | None]:
        return TicketCheck(found, book, findings, now)

    def load(
        self,
        found: Recognition,
        rows: Iterable[Row],
        people: People,
        *,
        import_id: int | None,
        dry: bool,
        progress: Callable[[int], None],
    ) -> Counts:
        response, resolution = reported(found.plan)
        loader = TicketLoader(
            found.plan.source, people, response=response, resolution=resolution,
            import_id=import_id, dry=dry,
        )  # fmt: skip
        counts = loader.load(rows, progress)
        if not dry:
            tell_listeners(found.plan.source)
        return counts


@dataclass(slots=True)
class Outcome:
    """What an import did, or a dry run would do. Counts add up to `rows`, with the events of a
    log that were folded into tickets.

    `unchanged` includes records that hold no answer.
    """

    found: Recognition
    findings: Findings
    counts: Counts
    dry_run: bool
    newcomers: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)

    @property
    def unchanged(self) -> int:
        return self.counts.unchanged + self.findings.without_answer

    @property
    def all_rejected(self) -> bool:
        return self.findings.rejected > 0 and self.findings.rejected == self.findings.rows

    def to_json(self) -> dict[str, Any]:
        """The document of `--json`. Source: 13-contracts, Commands."""
        plan = self.found.plan
        return {
            "rows": self.findings.rows,
            "created": self.counts.created,
            "updated": self.counts.updated,
            "unchanged": self.unchanged,
            "rejected": self.findings.rejected,
            "rejections": [described(problem) for problem in self.findings.problems],
            "source": plan.source,
            "profile": plan.profile,
            "encoding": plan.encoding,
            "dry_run": self.dry_run,
            **({"folded": self.findings.folded} if is_log(plan.profile) else {}),
        }

    def control(self) -> dict[str, Any]:
        """Control totals, warnings and agents, for the page."""
        findings = self.findings
        warnings = {**findings.warnings}
        warnings.update(dict.fromkeys(self.found.warnings, self.found.table.blank or 1))
        return {
            "months": dict(sorted(findings.months.items())),
            "agents": len(findings.agents),
            "top_agents": findings.agents.most_common(20),
            "newcomers": sorted(self.newcomers)[:200],
            "newcomer_count": len(self.newcomers),
            "unknown": sorted(self.unknown.items(), key=lambda each: -each[1])[:200],
            "unknown_count": len(self.unknown),
            "warnings": warnings,
            "without_answer": findings.without_answer,
        }


def described(problem: Problem) -> dict[str, Any]:
    """A rejection as commands and the API tell it."""
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "reason": sentence(
            problem.key, problem.row, problem.column, problem.value, problem.params
        ),
    }


def run_file(
    facts: Facts,
    path: Path,
    name: str,
    choices: Choices,
    *,
    by: User | None,
    at: datetime,
    dry: bool,
    import_id: int | None = None,
    rejected: RejectedRows | None = None,
    progress: Progress = no_progress,
) -> Outcome:
    """Check the file and, unless `dry`, load it: all accepted rows or, after an error, none.

    Raises FileRefused, PlanIncomplete, and what `progress` raises to stop.
    """
    found = recognise(path, name, facts.kind, choices)
    found.require_complete()
    importer = by.employee_id if by is not None else None
    book = AgentBook(found.plan.source, found.plan.create_agents, importer)
    findings = Findings()
    if rejected is not None:
        rejected.begin(found.header)
    with Spool() as spool:
        check = facts.check(found, book, findings, at)
        run(found, check, findings, spool, rejected.add if rejected else None, progress)
        counts = Counts()
        if findings.accepted:
            rows = check.fold(spool.rows()) if isinstance(check, TicketCheck) else spool.rows()
            counts = _load(facts, found, rows, book, by, import_id, dry, progress)
    return Outcome(found, findings, counts, dry, dict(book.newcomers), dict(book.unknown))


def _load(
    facts: Facts,
    found: Recognition,
    rows: Iterable[Row],
    book: AgentBook,
    by: User | None,
    import_id: int | None,
    dry: bool,
    progress: Progress,
) -> Counts:
    def loaded(done: int) -> None:
        progress(found.rows, found.rows)

    if dry:
        people = _people(book, DepartmentBook(), by, dry=True)
        return facts.load(found, rows, people, import_id=None, dry=True, progress=loaded)
    with transaction.atomic():
        tables.lock_loads()
        if book.newcomers:
            add_employees(book.newcomers, by=by)
            book.load()
        people = _people(book, DepartmentBook(), by, dry=False)
        return facts.load(found, rows, people, import_id=import_id, dry=False, progress=loaded)


def _people(book: AgentBook, departments: DepartmentBook, by: User | None, *, dry: bool) -> People:
    def agent(text: str) -> int | None:
        if dry and text in book.newcomers:
            return TO_BE_CREATED
        return book.id_of(text)

    return People(agent, departments.id_of, by)


def tell_listeners(source: str) -> None:
    """Let the apps above follow a change of a source's tickets, in this transaction."""
    for listener in import_string("kpi_portal.fact_listeners.AFTER_TICKETS"):
        import_string(listener)(source)
