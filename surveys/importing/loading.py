"""Rows into answers, as one idempotent upsert. Runs in the caller's transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from surveys.models import DimensionScore, SatisfactionAnswer
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
Dimensions = dict[str, tuple[int, int]]  # dimension → (score × 10,000, scale)
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
        dimensions = _dimensions_of([old["id"] for old in stored.values()], batch)
        new: list[list[Any]] = []
        changed: list[tuple[int, dict[str, Any]]] = []
        told: dict[str, Dimensions] = {}
        for row in batch:
            values = self.columns_of(row)
            old = stored.get(row["external_id"])
            if old is None:
                full = {**DEFAULTS, **values, "source": self.source}
                new.append([full[column] for column in COLUMNS])
                self.counts.add("created")
                if row.get("dimensions"):
                    told[row["external_id"]] = row["dimensions"]
                continue
            changes = changes_of(old, values)
            if "dimensions" in row and not is_older(old, values):
                before = dimensions.get(old["id"], {})
                if before != row["dimensions"]:
                    told[row["external_id"]] = row["dimensions"]
            has_changed = bool(changes) or row["external_id"] in told
            self.counts.add("updated" if has_changed else "unchanged")
            if has_changed:
                changed.append((old["id"], {**changes, "last_import_id": self.import_id}))
        if not self.dry:
            tables.insert(SatisfactionAnswer, COLUMNS, new)
            tables.update(SatisfactionAnswer, changed)
            self._tell(told)

    def _tell(self, told: Mapping[str, Dimensions]) -> None:
        """Write what answers say about dimensions, in place of what they said before."""
        if not told:
            return
        rows = SatisfactionAnswer.objects.filter(source=self.source, external_id__in=list(told))
        ids = dict(rows.order_by().values_list("external_id", "id"))
        DimensionScore.objects.filter(answer_id__in=ids.values()).delete()
        tables.insert(
            DimensionScore,
            ("answer_id", "dimension", "score_e4", "scale"),
            [
                [ids[number], name, *scored]
                for number, dimensions in told.items()
                for name, scored in dimensions.items()
            ],
        )

    def columns_of(self, row: Row) -> dict[str, Any]:
        """The columns that a row gives; an agent only where the row names one."""
        values = {name: row[name] for name in SAME_NAME if name in row}
        values["last_import_id"] = self.import_id
        if "dimensions" in row:
            values["has_dimensions"] = bool(row["dimensions"])
        if row.get("ticket"):
            values["ticket_external_id"] = row["ticket"]
        if row.get("agent"):
            values["agent_id"] = self.people.agent(row["agent"])
            values["names_agent"] = True
        return values


def _dimensions_of(ids: Sequence[int], batch: Sequence[Row]) -> dict[int, Dimensions]:
    """What stored answers say about dimensions; not read where the rows say nothing of them."""
    found: dict[int, Dimensions] = {}
    if not ids or not any("dimensions" in row for row in batch):
        return found
    rows = DimensionScore.objects.filter(answer_id__in=ids).order_by()
    for answer, name, score, scale in rows.values_list(
        "answer_id", "dimension", "score_e4", "scale"
    ):
        found.setdefault(answer, {})[name] = (score, scale)
    return found


def is_older(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the source had updated the stored version later than this one."""
    mine, theirs = new.get("source_updated_at"), old["source_updated_at"]
    return mine is not None and theirs is not None and mine < theirs


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What a further version changes: the later by source_updated_at wins, else the later import.

    An answer that now belongs to another ticket loses its link, so that it is linked anew.
    """
    if is_older(old, new):
        return {}
    changes = {
        column: value
        for column, value in new.items()
        if column != "last_import_id" and old[column] != value
    }
    if "ticket_external_id" in changes:
        changes["ticket_id"] = None
    return changes
