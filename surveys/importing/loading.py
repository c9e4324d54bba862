"""Rows into answers, as one idempotent upsert. Runs in the caller's transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from surveys.models import SatisfactionAnswer
from tickets.importing import limits, tables
from tickets.importing.loading import Counts, People, Row

DEFAULTS: dict[str, Any] = {
    "source": "",
    "external_id": "",
    "ticket_external_id": "",
    "agent_id": None,
    "names_agent": False,
    "channel": "",
    "answered_at": None,
    "score_e4": None,
    "scale": None,
    "nps": None,
    "has_dimensions": False,
    "comment": "",
    "source_updated_at": None,
    "last_import_id": None,
}
COLUMNS = tuple(DEFAULTS)
SAME_NAME = ("external_id", "channel", "answered_at", "score_e4", "scale", "nps", "comment",
             "source_updated_at")  # fmt: skip


class AnswerLoader:
    """Loads answers of one source. With `dry` nothing is written."""

    def __init__(
        self, source: str, people: People, *, import_id: int | None = None, dry: bool = False
    ) -> None:
        self.source, self.people, self.import_id, self.dry = source, people, import_id, dry
        self.counts = Counts()
        self._is_new_source = not SatisfactionAnswer.objects.filter(source=source).exists()

    def load(self, rows: Iterable[Row], progress: Callable[[int], None] | None = None) -> Counts:
        """Take all rows in, batch by batch. Ids must be unique among them."""
        iterator, done = iter(rows), 0
        while batch := list(islice(iterator, limits.BATCH_ROWS)):
            self._load_batch(batch)
            done += len(batch)
            if progress is not None:
                progress(done)
        return self.counts

    def _load_batch(self, batch: Sequence[Row]) -> None:
        stored: dict[str, dict[str, Any]] = {}
        if not self._is_new_source:
            ids = [row["external_id"] for row in batch]
            stored = tables.existing(SatisfactionAnswer, self.source, ids, COLUMNS)
        new: list[list[Any]] = []
        changed: list[tuple[int, dict[str, Any]]] = []
        for row in batch:
            values = self.columns_of(row)
            old = stored.get(row["external_id"])
            if old is None:
                full = {**DEFAULTS, **values, "source": self.source}
                new.append([full[column] for column in COLUMNS])
                self.counts.add("created")
                continue
            changes = changes_of(old, values)
            self.counts.add("updated" if changes else "unchanged")
            if changes:
                changed.append((old["id"], {**changes, "last_import_id": self.import_id}))
        if not self.dry:
            tables.insert(SatisfactionAnswer, COLUMNS, new)
            tables.update(SatisfactionAnswer, changed)

    def columns_of(self, row: Row) -> dict[str, Any]:
        """The columns that a row gives; an agent only where the row names one."""
        values = {name: row[name] for name in SAME_NAME if name in row}
        values["last_import_id"] = self.import_id
        if row.get("ticket"):
            values["ticket_external_id"] = row["ticket"]
        if row.get("agent"):
            values["agent_id"] = self.people.agent(row["agent"])
            values["names_agent"] = True
        return values


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What a further version changes: the later by source_updated_at wins, else the later import.

    An answer that now belongs to another ticket loses its link, so that it is linked anew.
    """
    mine, theirs = new.get("source_updated_at"), old["source_updated_at"]
    if mine is not None and theirs is not None and mine < theirs:
        return {}
    changes = {
        column: value
        for column, value in new.items()
        if column != "last_import_id" and old[column] != value
    }
    if "ticket_external_id" in changes:
        changes["ticket_id"] = None
    return changes
