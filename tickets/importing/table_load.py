"""Rows of small tables into the database, as one idempotent upsert in the caller's transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Model

from tickets.importing import limits, tables
from tickets.importing.loading import Counts

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows go. `key`: the columns that tell rows apart, the first of them the one by which
    stored rows are looked up; `defaults`: every column that is written, with what a new row has
    where the file is silent. `kept`: columns of which a change alone is no change of the row.
    """

    model: type[Model]
    key: tuple[str, ...]
    defaults: Values
    kept: frozenset[str] = frozenset({"last_import_id"})

    def load(
        self,
        rows: Iterable[Values],
        *,
        dry: bool = False,
        progress: Callable[[int], None] | None = None,
        counts: Counts | None = None,
    ) -> Counts:
        """Take rows (column → value) in, batch by batch; keys must be unique among them.

        `counts` goes on from earlier ones.
        """
        counts, iterator, done = counts or Counts(), iter(rows), 0
        while batch := list(islice(iterator, limits.BATCH_ROWS)):
            self._load_batch(batch, counts, dry=dry)
            done += len(batch)
            if progress is not None:
                progress(done)
        return counts

    def _load_batch(self, batch: Sequence[Values], counts: Counts, *, dry: bool) -> None:
        stored = self._stored(batch)
        columns = tuple(self.defaults)
        new, changed = [], []
        for row in batch:
            old = stored.get(tuple(row[name] for name in self.key))
            if old is None:
                full = {**self.defaults, **row}
                new.append([full[column] for column in columns])
                counts.add("created")
                continue
            changes = self._changes(old, row)
            counts.add("updated" if changes else "unchanged")
            if changes:
                changed.append((old["id"], changes))
        if not dry:
            tables.insert(self.model, columns, new)
            tables.update(self.model, changed)

    def _stored(self, batch: Sequence[Values]) -> dict[tuple[Any, ...], dict[str, Any]]:
        manager: Any = self.model._default_manager
        first = self.key[0]
        rows = manager.filter(**{f"{first}__in": {row[first] for row in batch}}).order_by()
        return {
            tuple(row[name] for name in self.key): row
            for row in rows.values("id", *self.defaults).iterator()
        }

    def _changes(self, old: Values, new: Values) -> dict[str, Any]:
        """The later version by source_updated_at wins, where both have one; else the new one."""
        mine, theirs = new.get("source_updated_at"), old.get("source_updated_at")
        if mine is not None and theirs is not None and mine < theirs:
            return {}
        changes = {name: value for name, value in new.items() if old[name] != value}
        return changes if changes.keys() - self.kept else {}
