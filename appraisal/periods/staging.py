"""Scored cards waiting for the switch, packed, and the switch: old rows out, new rows in."""

import pickle
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model

from appraisal.models import (
    CardSegment,
    DepartmentCard,
    DepartmentLine,
    Period,
    Scorecard,
    ScoreLine,
)
from appraisal.periods.bases import Bases
from appraisal.scorecards import frozen
from appraisal.scorecards.build import BuiltCard, BuiltDepartment

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Staged:
    """A scored card, packed: 20,000 of them fit into a worker.

    `is_new`: it has to be stored; in a reopened period only where the numbers are other than
    those published.
    """

    employee_id: int
    digest: str
    status: str
    final: Decimal | None
    is_new: bool
    packed: bytes


def stage(built: BuiltCard, bases: Bases) -> Staged:
    """Pack a card and say whether it is to be stored."""
    card = built.card
    card.inputs_hash = frozen.digest(card, built.lines, built.segments)
    base = bases.people.get(card.employee_id)
    is_new = base is None or base.figures != frozen.figures(card, built.lines, built.segments)
    rows = (
        _row(card),
        [_row(line) for line in built.lines],
        [_row(segment) for segment in built.segments],
    )
    packed = zlib.compress(pickle.dumps(rows), level=1) if is_new else b""
    return Staged(card.employee_id, card.inputs_hash, card.status, card.final, is_new, packed)


def replace_cards(period: Period, staged: Sequence[Staged]) -> None:
    """Put the new cards in the place of all that are not frozen."""
    cards = Scorecard.objects.filter(period=period, frozen_at__isnull=True)
    # Raw: nothing hangs on a part of an unpublished card, and collecting would load them all.
    for parts in (ScoreLine.objects, CardSegment.objects):
        rows = parts.filter(scorecard__in=cards)
        rows._raw_delete(rows.db)
    cards.delete()
    new = [each for each in staged if each.is_new]
    for start in range(0, len(new), CHUNK):
        _insert(
            [pickle.loads(zlib.decompress(each.packed)) for each in new[start : start + CHUNK]]
        )


def replace_departments(
    period: Period, built: Sequence[BuiltDepartment], bases: Bases, computed_at: Any
) -> int:
    """The same for the departments' cards; how many of them are new or other than before."""
    rows = DepartmentCard.objects.filter(period=period, frozen_at__isnull=True)
    before = dict(rows.values_list("department_id", "inputs_hash"))
    new = []
    for each in built:
        card = each.card
        card.computed_at = computed_at
        card.inputs_hash = frozen.digest(card, each.lines)
        base = bases.departments.get(card.department_id)
        if base is None or base.figures != frozen.figures(card, each.lines):
            new.append(each)
    after = {each.card.department_id: each.card.inputs_hash for each in new}
    if before == after:
        return 0
    rows.delete()
    for each in new:
        each.card.save(force_insert=True)
        for line in each.lines:
            line.card = each.card
        DepartmentLine.objects.bulk_create(each.lines)
    keys = set(before) | set(after)
    return sum(before.get(key) != after.get(key) for key in keys)


def _insert(rows: Sequence[tuple[dict[str, Any], list[Any], list[Any]]]) -> None:
    made = Scorecard.objects.bulk_create([Scorecard(**card) for card, _lines, _parts in rows])
    lines, segments = [], []
    for card, (_card, own_lines, own_segments) in zip(made, rows, strict=True):
        owner = {"scorecard_id": card.pk}
        lines += [ScoreLine(**line | owner) for line in own_lines]
        segments += [CardSegment(**segment | owner) for segment in own_segments]
    ScoreLine.objects.bulk_create(lines)
    CardSegment.objects.bulk_create(segments)


def _row(obj: Model) -> dict[str, Any]:
    fields = obj._meta.concrete_fields
    return {field.attname: getattr(obj, field.attname) for field in fields if field.name != "id"}
