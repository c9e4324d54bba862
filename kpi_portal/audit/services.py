"""Writing the trail: recording events, sealing them into the chain."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from kpi_portal.audit import anchor, chain
from kpi_portal.audit.models import Event, Head
from kpi_portal.audit.verification import Verification, check_chain
from kpi_portal.core.logs import current_request_id

BATCH = 1000

_acting_as: ContextVar[str] = ContextVar("acting_as", default="")


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Events recorded inside without an actor name `name` (a command, a job) as who acted."""
    token = _acting_as.set(name)
    try:
        yield
    finally:
        _acting_as.reset(token)


def operating_system_user() -> str:
    """Who runs this command, for `acting_as`."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for its user id
        return "unknown"


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entries of `before` and `after` that differ, for `record`."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return (
        {key: before[key] for key in keys if key in before},
        {key: after[key] for key in keys if key in after},
    )


def record(
    act: str,
    obj: Model | tuple[str, str],
    *,
    actor: Any | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Add an event to the trail, in the caller's transaction: both happen or neither.

    `act` is `noun.verb_in_the_past`, as `employee.transferred`. `obj` is a saved model object or
    (type, id). `actor` None: the system, a command or a job (see `acting_as`). `before` and
    `after` hold only what changed and never customer data; decimals, dates and objects become
    text. The event is numbered and chained within seconds by `seal`.
    """
    object_type, object_id = _name_of(obj)
    known = actor if actor is not None and actor.pk is not None else None
    return Event.objects.create(
        at=timezone.now(),
        actor=known,
        actor_name=chain.plain(str(known) if known else _acting_as.get())[:150],
        act=act,
        object_type=object_type,
        object_id=object_id,
        before=chain.plain(before or {}),
        after=chain.plain(after or {}),
        reason=chain.plain(reason),
        request_id=current_request_id(),
    )


def _name_of(obj: Model | tuple[str, str]) -> tuple[str, str]:
    if isinstance(obj, Model):
        return obj._meta.label_lower, str(obj.pk)
    return obj


def seal() -> int:
    """Number and chain all committed events that are not yet; how many it sealed.

    Safe with several sealers at once: each batch claims the one head row by a conditional
    UPDATE, and whoever comes second seals nothing. Safe to run again.
    """
    sealed = 0
    while count := _seal_batch():
        sealed += count
    return sealed


def _seal_batch() -> int:
    with transaction.atomic():
        head, _ = Head.objects.get_or_create(pk=1)
        rows = list(
            Event.objects.filter(sequence=None).order_by("id").values(*chain.FIELDS)[:BATCH]
        )
        if not rows:
            return 0
        links = _links(rows, head.sequence, head.hash)
        last_sequence, _previous, last_hash, _pk = links[-1]
        claimed = Head.objects.filter(pk=1, sequence=head.sequence, hash=head.hash).update(
            sequence=last_sequence, hash=last_hash
        )
        if not claimed:
            return 0
        _write(links)
        transaction.on_commit(
            lambda: anchor.advance(last_sequence, last_hash, started_at=head.sequence)
        )
    return len(rows)


Link = tuple[int, str, str, int]


def _links(rows: list[dict[str, Any]], sequence: int, previous: str) -> list[Link]:
    """(sequence, previous hash, hash, event id) of each row, continuing after `sequence`."""
    links = []
    for row in rows:
        sequence += 1
        digest = chain.event_hash(sequence, previous, row)
        links.append((sequence, previous, digest, row["id"]))
        previous = digest
    return links


def _write(links: list[Link]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE audit_event SET sequence = %s, previous_hash = %s, hash = %s "
            "WHERE id = %s AND sequence IS NULL",
            links,
        )


def verify(*, limit: int = 1000) -> Verification:
    """Seal what is open, then check the whole chain. At most `limit` findings are listed."""
    known = anchor.read()
    seal()
    return check_chain(known, limit=limit)


def anchor_anew() -> None:
    """Write the file `audit.head` from the database as it is.

    For a data folder that is new (the file did not come with it). Whoever does this states that
    the database is the right one; the act itself enters the trail.
    """
    with transaction.atomic():
        record("audit.anchored", ("audit.head", "1"), actor=None)
    seal()
    head = Head.objects.get(pk=1)
    anchor.write(head.sequence, head.hash)
