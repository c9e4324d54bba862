"""Checking the chain: every event, its place, its neighbours, and the end kept outside."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kpi_portal.audit import anchor, chain
from kpi_portal.audit.models import Event, Head

CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not fit, at which sequence.

    `kind`: `altered` (the event is not what was sealed), `missing` (a number is gone),
    `out_of_order` (linked to another event than the one before), `cut` (the newest events are
    gone, or the table is older than the file), `replaced` (the end is not the one that the file
    knows), `head` (the head row disagrees with the events), `anchor_forged`, `anchor_missing`.
    """

    sequence: int
    kind: str


@dataclass(slots=True)
class Verification:
    """The outcome: `events` checked, the true count of findings and the first of them."""

    events: int = 0
    head: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)
    limit: int = 1000

    @property
    def is_intact(self) -> bool:
        return self.found == 0

    def add(self, sequence: int, kind: str) -> None:
        self.found += 1
        if len(self.findings) < self.limit:
            self.findings.append(Finding(sequence, kind))


def check_chain(known: anchor.Anchor | None, *, limit: int) -> Verification:
    """Walk the sealed events in order. `known` is the end as read before sealing."""
    result = Verification(limit=limit)
    expected, previous = 1, ""
    for event in _sealed():
        sequence = event["sequence"]
        if sequence != expected:
            for gone in range(expected, min(sequence, expected + limit)):
                result.add(gone, "missing")
        elif event["previous_hash"] != previous:
            result.add(sequence, "out_of_order")
        digest = chain.event_hash(sequence, event["previous_hash"], event)
        if not hmac.compare_digest(digest, event["hash"]):
            result.add(sequence, "altered")
        expected, previous = sequence + 1, event["hash"]
        result.events += 1
    result.head = expected - 1
    _check_head(result, previous)
    _check_anchor(result, known)
    return result


def _sealed() -> Iterator[dict[str, Any]]:
    columns = (*chain.FIELDS, "sequence", "previous_hash", "hash")
    events = Event.objects.exclude(sequence=None).order_by("sequence")
    yield from events.values(*columns).iterator(chunk_size=CHUNK)


def _check_head(result: Verification, last_hash: str) -> None:
    head = Head.objects.filter(pk=1).first()
    end = (head.sequence, head.hash) if head else (0, "")
    if end != (result.head, last_hash):
        result.add(end[0], "head")


def _check_anchor(result: Verification, known: anchor.Anchor | None) -> None:
    if known is None:
        # A trail that began just now has its file written by the sealing of this very check.
        if result.head and anchor.read() is None:
            result.add(result.head, "anchor_missing")
    elif not known.is_genuine:
        result.add(known.sequence, "anchor_forged")
    elif known.sequence > result.head:
        result.add(known.sequence, "cut")
    elif known.sequence and not anchor.is_in_chain(known):
        result.add(known.sequence, "replaced")
