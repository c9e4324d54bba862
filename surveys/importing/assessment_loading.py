"""Rows into assessments and their items, as one idempotent upsert in the caller's transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils import timezone

from surveys.models import Assessment, AssessmentItem, QuestionnaireItem, QuestionnaireVersion
from surveys.questionnaires.services import take_into_use
from tickets.importing import limits, tables
from tickets.importing.loading import Counts, People
from tickets.importing.mapping import Row
from tickets.importing.table_facts import given
from tickets.importing.table_load import Target

TARGET = Target(
    Assessment,
    ("external_id", "source"),
    {"external_id": "", "source": "", "version_id": None, "subject_id": None,
     "ticket_external_id": "", "rater_group": "", "rater_id": None, "submitted_at": None,
     "score_e4": None, "failed_fatal": False, "valid_until": None, "is_adjudicated": False,
     "round": 1, "comment": "", "source_updated_at": None, "last_import_id": None},
)  # fmt: skip
ITEM_COLUMNS = ("assessment_id", "item_id", "value", "passed", "is_na", "text")

Judgement = tuple[Any, ...]  # (value, passed, is_na, text)


@dataclass(slots=True)
class AssessmentLoader:
    """Loads assessments of one source; questionnaires that are ready are put into use.

    A row is as `importing.assessments` makes it: `form`, `agent` (text), `ticket`, `rater_group`,
    `rater`, `submitted_at`, `score_e4`, `failed_fatal`, `judged` (code → columns) and maybe
    `valid_until, is_adjudicated, round, comment, source_updated_at`. With `dry` nothing is
    written.
    """

    source: str
    people: People
    import_id: int | None = None
    dry: bool = False
    counts: Counts = field(default_factory=Counts)
    _versions: dict[str, int | None] = field(default_factory=dict)
    _items: dict[tuple[str, str], int] = field(default_factory=dict)

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
        statuses = Counts(statuses=[])
        TARGET.load([self._columns(row) for row in batch], dry=self.dry, counts=statuses)
        ids = self._ids(batch)
        stored = self._stored(list(ids.values()))
        fresh: list[list[Any]] = []
        stale: list[int] = []
        for row, status in zip(batch, statuses.statuses or (), strict=True):
            pk = ids.get(row["external_id"])
            wanted = self._judgements(row)
            if pk is not None and row["judged"] and wanted != stored.get(pk, {}):
                status = "updated" if status == "unchanged" else status
                if not self.dry:
                    stale.append(pk)
                    fresh += [[pk, item, *judged] for item, judged in wanted.items()]
            self.counts.add(status)
        if stale:
            AssessmentItem.objects.filter(assessment_id__in=stale).delete()
            tables.insert(AssessmentItem, ITEM_COLUMNS, fresh)

    def _columns(self, row: Row) -> dict[str, Any]:
        columns = {
            "external_id": row["external_id"],
            "source": self.source,
            "version_id": self._version(row["form"]),
            "subject_id": self.people.agent(row["agent"]),
            "rater_group": row["rater_group"],
            "rater_id": self.people.agent(row["rater"]) if row.get("rater") else None,
            "last_import_id": self.import_id,
            **given(row, "submitted_at", "score_e4", "failed_fatal", "valid_until", "comment",
                    "source_updated_at"),
        }  # fmt: skip
        if row.get("ticket"):
            columns["ticket_external_id"] = row["ticket"]
        for name, otherwise in (("is_adjudicated", False), ("round", 1)):
            if name in row:
                columns[name] = row[name] or otherwise
        return columns

    def _version(self, key: str) -> int | None:
        """The id of the version to answer; a dry run puts none into use."""
        if key not in self._versions:
            if self.dry:
                rows = QuestionnaireVersion.objects.filter(questionnaire__key=key)
                found = rows.order_by("-number").first()
            else:
                found = take_into_use(key, by=self.people.by, at=timezone.now())
            self._versions[key] = found.pk if found else None
            if found:
                items = QuestionnaireItem.objects.filter(version=found)
                self._items.update({(key, each.code): each.pk for each in items})
        return self._versions[key]

    def _judgements(self, row: Row) -> dict[int, Judgement]:
        return {
            self._items[row["form"], code]: (
                columns["value"], columns["passed"], columns["is_na"], columns["text"]
            )
            for code, columns in row["judged"].items()
            if (row["form"], code) in self._items
        }  # fmt: skip

    def _ids(self, batch: Sequence[Row]) -> Mapping[str, int]:
        numbers = [row["external_id"] for row in batch]
        rows = Assessment.objects.filter(source=self.source, external_id__in=numbers).order_by()
        return dict(rows.values_list("external_id", "id"))

    def _stored(self, ids: Sequence[int]) -> Mapping[int, dict[int, Judgement]]:
        found: dict[int, dict[int, Judgement]] = {}
        rows = AssessmentItem.objects.filter(assessment_id__in=ids).order_by()
        for pk, item, *judged in rows.values_list(*ITEM_COLUMNS):
            found.setdefault(pk, {})[item] = tuple(judged)
        return found
