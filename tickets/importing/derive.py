"""What a record implies but its columns do not say: instants out of durations, stored seconds.

A profile names the rules that its help desk needs; `RULES` is the whole list.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]

# Fields that exist only in files: rules turn them into ticket fields.
HELPERS = ("response_after", "resolved_after", "is_resolved", "event_state")


def stored_seconds(row: Mapping[str, Any]) -> Row:
    """`frt_s`, `active_s`, `full_s`, `promise_met` of a ticket; None where an instant is missing.

    Whole seconds; None too where the two instants are in the wrong order (contradictory).
    """
    created, responded = row.get("created_at"), row.get("first_response_at")
    resolved, promised = row.get("resolved_at"), row.get("promised_at")
    return {
        "frt_s": _seconds(created, responded),
        "active_s": _seconds(responded, resolved),
        "full_s": _seconds(created, resolved),
        "promise_met": resolved <= promised if resolved and promised else None,
    }


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None or end < start:
        return None
    span = end - start
    return span.days * 86_400 + span.seconds


def _later(instant: datetime | None, seconds: int | None) -> datetime | None:
    """`seconds` after `instant`; None where either is unknown."""
    if instant is None or seconds is None:
        return None
    return instant + timedelta(seconds=seconds)


def response_after_creation(row: Row) -> None:
    """first_response_at = created_at + the response time given."""
    if row.get("first_response_at") is None:
        row["first_response_at"] = _later(row.get("created_at"), row.get("response_after"))


def resolution_after_creation(row: Row) -> None:
    """resolved_at = created_at + the resolution time given."""
    if row.get("resolved_at") is None:
        row["resolved_at"] = _later(row.get("created_at"), row.get("resolved_after"))


def resolution_after_talk(row: Row) -> None:
    """A call resolved is resolved when the talk ends: first response + handle_seconds."""
    ended = _later(row.get("first_response_at"), row.get("handle_seconds"))
    row["resolved_at"] = ended if row.get("is_resolved") is True else None


def resolution_only_when_done(row: Row) -> None:
    """Completion times of a ticket that is open again do not resolve it."""
    if row.get("status") not in ("resolved", "closed"):
        row["resolved_at"] = row["last_resolved_at"] = None


def reopened_when_completed_twice(row: Row) -> None:
    """reopens = 1 where the two completions differ or an open ticket has one, else 0.

    Runs before `resolution_only_when_done`, which takes them away.
    """
    first, last = row.get("resolved_at"), row.get("last_resolved_at")
    is_open = row.get("status") not in ("resolved", "closed")
    row["reopens"] = int(first != last or (is_open and first is not None))


Rule = Callable[[Row], None]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        response_after_creation,
        resolution_after_creation,
        resolution_after_talk,
        reopened_when_completed_twice,
        resolution_only_when_done,
    )
}

# The fields that a rule writes: they count as mapped where the rule's own columns are.
WRITES: Mapping[str, tuple[str, ...]] = {
    "response_after_creation": ("first_response_at",),
    "resolution_after_creation": ("resolved_at",),
    "resolution_after_talk": ("resolved_at",),
    "reopened_when_completed_twice": ("reopens",),
    "resolution_only_when_done": ("resolved_at", "last_resolved_at"),
}

NEEDS: Mapping[str, tuple[str, ...]] = {
    "response_after_creation": ("response_after",),
    "resolution_after_creation": ("resolved_after",),
    "resolution_after_talk": ("is_resolved", "handle_seconds"),
    "reopened_when_completed_twice": ("resolved_at", "last_resolved_at", "status"),
    "resolution_only_when_done": ("status", "resolved_at"),
}
