"""Absences, as `Facts`: nobody is away twice on one day, and nobody records their own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from kpi_portal.people.models import Employee, Leave
from kpi_portal.people.services import add_leave
from tickets.importing.agents import AgentBook
from tickets.importing.checking import Findings
from tickets.importing.loading import Counts, People
from tickets.importing.mapping import Row
from tickets.importing.recognise import Recognition
from tickets.importing.table_check import TableCheck
from tickets.importing.table_kinds import LEAVE

ONE_DAY = timedelta(days=1)
Spans = dict[int, list[tuple[date, date]]]


class LeaveCheck(TableCheck):
    """Records as absences `[start_on, last_on]`."""

    def __init__(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> None:
        super().__init__(LEAVE, _verify, found, book, findings, now)
        self.spans: Spans = {}
        for employee, start, end in _stored():
            self.spans.setdefault(employee, []).append((start, end))


def _stored() -> Iterable[tuple[int, date, date]]:
    rows: Any = Leave.objects.order_by()
    found: Iterable[tuple[int, date, date]] = rows.values_list("employee_id", "start_on", "end_on")
    return found


def _verify(check: TableCheck, row: Row) -> str:
    assert isinstance(check, LeaveCheck)
    start, last = row["start_on"], row["last_on"]
    if last < start:
        raise check.refused("last_on", last, "ends_before_start")
    person = check.someone(row, "agent", start)
    if person is None:
        return f"{row['agent']} {start}"
    if person.id == check.book.importer:
        raise check.refused("agent", row["agent"], "own_leave")
    end = last + ONE_DAY
    spans = check.spans.setdefault(person.id, [])
    for known, known_end in spans:
        if known < end and start < known_end and (known, known_end) != (start, end):
            raise check.refused(
                "start_on", row["agent"], "overlapping_leave",
                start=known.isoformat(), end=(known_end - ONE_DAY).isoformat(),
            )  # fmt: skip
    if (start, end) not in spans:
        spans.append((start, end))
    return f"{person.id} {start}"


class LeaveFacts:
    """Absences, as `Facts`. Each new one is recorded by the service that pages use."""

    kind = "leave"

    def check(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> Callable[[Any, int], Row | None]:
        return LeaveCheck(found, book, findings, now)

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
        counts = Counts()
        stored: Mapping[tuple[int, date], Leave] = {
            (each.employee_id, each.start_on): each for each in Leave.objects.order_by()
        }
        for row in rows:
            employee = people.agent(row["agent"]) or 0
            old = stored.get((employee, row["start_on"]))
            if old is not None:
                counts.add("updated" if self._retyped(old, row, dry=dry) else "unchanged")
                continue
            counts.add("created")
            if not dry:
                add_leave(
                    Employee.objects.get(pk=employee), start_on=row["start_on"],
                    end_on=row["last_on"] + ONE_DAY, kind=row.get("kind") or "", by=people.by,
                )  # fmt: skip
        return counts

    def _retyped(self, old: Leave, row: Row, *, dry: bool) -> bool:
        """Give a known absence the kind that the file says; whether that changes anything."""
        kind = row.get("kind", old.kind) or old.kind
        if kind == old.kind:
            return False
        if not dry:
            Leave.objects.filter(pk=old.pk).update(kind=kind)
        return True
