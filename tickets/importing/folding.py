"""Event logs: many rows per ticket, one for each change, folded into one row per ticket.

Source: 13-contracts, "Fine print: imports": the agent is the assignee of the last event not after
the first resolution, else of the last event; the first response is the first event whose state
is not the initial one; counters by maximum.
"""

import pickle
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

from tickets.importing.derive import RULES

Row = dict[str, Any]

COUNTERS = ("contacts", "transfers", "reopens", "handle_seconds")
EVER = ("escalated", "service_error")
FIRST = ("created_at", "resolved_at", "solution_given_at", "arrived_at")
LAST = ("last_resolved_at", "closed_at", "source_updated_at")
DONE = ("resolved", "closed")
BATCH = 10_000


def folded(
    rows: Iterable[Row], rules: Sequence[str], note: Callable[[Row], None]
) -> Iterator[Row]:
    """One row per ticket from the rows of its events, in any order; `note` sees each.

    `rules` are those of the profile. Holds one ticket in memory at a time, the rest on disk.
    """
    applied = [RULES[name] for name in rules]
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        for events in _by_ticket(rows, Path(folder) / "events.sqlite3"):
            row = fold(events)
            for rule in applied:
                rule(row)
            note(row)
            yield row


def _by_ticket(rows: Iterable[Row], path: Path) -> Iterator[list[Row]]:
    """The events of each ticket by time, those of one instant as they stood in the file."""
    store = sqlite3.connect(path, isolation_level=None)
    try:
        store.execute("PRAGMA journal_mode = OFF")
        store.execute("CREATE TABLE event (ticket TEXT, at TEXT, number INTEGER, row BLOB)")
        store.execute("BEGIN")
        store.executemany(
            "INSERT INTO event VALUES (?, ?, ?, ?)",
            (
                (row["external_id"], _sortable(row), number, pickle.dumps(row))
                for number, row in enumerate(rows)
            ),
        )
        store.execute("COMMIT")
        found = store.execute("SELECT ticket, row FROM event ORDER BY ticket, at, number")
        for _ticket, group in groupby(found, key=lambda each: each[0]):
            # Our own bytes, in a folder of our own.
            yield [pickle.loads(raw) for _id, raw in group]
    finally:
        store.close()


def _sortable(row: Row) -> str:
    at = _time(row)
    return at.strftime("%Y-%m-%dT%H:%M:%S") if at else ""


def _time(row: Row) -> datetime | None:
    found: datetime | None = row.get("source_updated_at") or row.get("created_at")
    return found


def fold(events: Sequence[Row]) -> Row:
    """The ticket that its events, earliest first, tell of."""
    row = _newest(events)
    for name in COUNTERS:
        _set(row, name, max, events)
    for name in EVER:
        _set(row, name, any, events)
    for name in FIRST:
        _set(row, name, min, events)
    for name in LAST:
        _set(row, name, max, events)
    if row.get("resolved_at") is None:
        row["resolved_at"] = _first_done(events)
    row["agent"] = _owner(events, row.get("resolved_at"))
    answered = _first_answer(events)
    if answered is not None:
        if row.get("first_response_at") is None:
            row["first_response_at"] = _time(answered)
        row["first_agent"] = row.get("first_agent") or answered.get("agent") or ""
    if "transfers" not in row:
        row["transfers"] = _changes(events)
    return row


def _newest(events: Sequence[Row]) -> Row:
    """Each field as the last event that fills it says."""
    row: Row = {}
    for event in events:
        for name, value in event.items():
            if value not in (None, "") or name not in row:
                row[name] = value
    return row


def _set(row: Row, name: str, choose: Callable[[Iterable[Any]], Any], events: Any) -> None:
    known = [event[name] for event in events if event.get(name) is not None]
    if known:
        row[name] = choose(known)


def _first_done(events: Sequence[Row]) -> datetime | None:
    return next((_time(event) for event in events if event.get("status") in DONE), None)


def _owner(events: Sequence[Row], resolved: datetime | None) -> str:
    named = [event for event in events if event.get("agent")]
    if resolved is not None:
        before = [event for event in named if (at := _time(event)) and at <= resolved]
        if before:
            return str(before[-1]["agent"])
    return str(named[-1]["agent"]) if named else ""


def _first_answer(events: Sequence[Row]) -> Row | None:
    """The first event in another state than the first one; None without states."""
    initial = events[0].get("event_state") or events[0].get("status")
    if not initial:
        return None
    for event in events[1:]:
        state = event.get("event_state") or event.get("status")
        if state and state != initial:
            return event
    return None


def _changes(events: Sequence[Row]) -> int:
    """How often the assignee changed to another person."""
    agents = [event["agent"] for event in events if event.get("agent")]
    return sum(1 for one, other in pairwise(agents) if one != other)
