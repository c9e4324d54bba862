"""Records that came too late for the results of a period: by whom, and how many."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from appraisal.models import Period
from appraisal.periods.values import days_window
from kpi_portal.people.models import Employee
from surveys.models import Assessment, SatisfactionAnswer
from tickets.models import Import, Ticket

SOURCES: tuple[tuple[str, Any, tuple[str, ...], str], ...] = (
    ("tickets", Ticket, ("created_at", "resolved_at", "promised_at"), "agent_id"),
    ("answers", SatisfactionAnswer, ("answered_at",), "agent_id"),
    ("assessments", Assessment, ("submitted_at",), "subject_id"),
)
"""What comes in by import: the model, the instants that may put it into a period, whose it is."""


@dataclass(frozen=True, slots=True)
class LateRow:
    """Late records of one employee; `employee` None: of nobody that is known."""

    employee: Employee | None
    tickets: int
    answers: int
    assessments: int

    @property
    def total(self) -> int:
        return self.tickets + self.answers + self.assessments


@dataclass(frozen=True, slots=True)
class Late:
    """Everybody with late records, most first."""

    rows: list[LateRow]

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)


def late_records(period: Period) -> Late:
    """Records of a published period that an import brought or changed after it was computed.

    They are not in its results; reopening counts them. Five queries at most.
    Source: 4-schemes-periods-results.md, "Late data".
    """
    if not period.was_published or period.calculated_at is None:
        return Late([])
    imports = Import.objects.filter(finished_at__gt=period.calculated_at)
    if not imports.exists():
        return Late([])
    counts: dict[int | None, Counter[str]] = {}
    for name, whose, number in _counts(period, imports):
        counts.setdefault(whose, Counter())[name] += number
    people = Employee.objects.in_bulk([whose for whose in counts if whose is not None])
    rows = [
        LateRow(
            people.get(whose) if whose is not None else None,
            found["tickets"],
            found["answers"],
            found["assessments"],
        )
        for whose, found in counts.items()
    ]
    rows.sort(key=lambda row: (-row.total, row.employee.number if row.employee else ""))
    return Late(rows)


def _counts(period: Period, imports: Any) -> Iterator[tuple[str, int | None, int]]:
    window = days_window(period.start_on, period.end_on)
    for name, model, instants, whose in SOURCES:
        inside = Q()
        for instant in instants:
            inside |= Q(**{f"{instant}__gte": window.start, f"{instant}__lt": window.end})
        rows = model.objects.filter(inside, last_import__in=imports).order_by()
        for owner, number in rows.values_list(whose).annotate(number=Count("pk")):
            yield name, owner, number
