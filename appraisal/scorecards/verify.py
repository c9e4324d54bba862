"""Whether published cards still follow from their frozen inputs, and from the records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appraisal.metrics import MetricRequest, collect
from appraisal.models import (
    CardSegment,
    DepartmentCard,
    Period,
    Scheme,
    Scorecard,
)
from appraisal.models.scorecards import Line
from appraisal.periods.rollups import published_parts
from appraisal.periods.values import span_of_row
from appraisal.scorecards import build, frozen
from appraisal.scorecards.outcome import AnyCard
from appraisal.scorecards.queries import with_parts
from appraisal.scorecards.spans import asked_of, owner_of, segment_row, window_of
from appraisal.scoring import ENGINE_VERSION
from kpi_portal.core.decimals import exact_text
from kpi_portal.core.time import Window

CHUNK = 200
NOTHING = {"value": None, "numerator": "0", "denominator": "0", "sample": 0, "left_out": 0}


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not what it should be. `source`: `hash`, `inputs` or `records`.

    `agent` is the employee no., or the code of a department for its own card.
    """

    period: str
    agent: str
    revision: int
    source: str
    what: str
    stored: str
    found: str


@dataclass(slots=True)
class Verification:
    """How many cards and lines were looked at, and what was found."""

    cards: int = 0
    lines: int = 0
    department_cards: int = 0
    differences: list[Difference] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "engine": ENGINE_VERSION,
            "cards": self.cards,
            "department_cards": self.department_cards,
            "lines": self.lines,
            "differences": [
                {name: getattr(each, name) for name in Difference.__slots__}
                for each in self.differences
            ],
        }


def verify(periods: list[Period], *, records: bool = True) -> Verification:
    """Recompute every revision of the published cards of `periods`; changes nothing.

    From the frozen inputs: the hash and every number that the engine makes, segments and
    roll-ups included. From the records, for the newest revisions: value, numerator,
    denominator, sample and left-out count of each line, and the published parts of a roll-up;
    records that came late or have been deleted show as a difference of source `records`,
    exclusions approved since do not count. Without `records` only the inputs are looked at.
    """
    result = Verification()
    for period in periods:
        measured = _Measured(period) if records else None
        for card, lines, segments in _cards(period):
            result.cards += isinstance(card, Scorecard)
            result.department_cards += isinstance(card, DepartmentCard)
            result.lines += len(lines)
            result.differences += _from_inputs(card, lines, segments)
            if card.is_current and measured is not None:
                result.differences += measured.differences(card, lines, segments)
    return result


Found = tuple[AnyCard, Sequence[Line], Sequence[CardSegment]]


def _cards(period: Period) -> Iterator[Found]:
    rows = Scorecard.objects.filter(period=period, frozen_at__isnull=False)
    related = with_parts(rows.select_related("period", "employee", "version").order_by("pk"))
    for card in related.iterator(chunk_size=CHUNK):
        yield card, list(card.lines.all()), list(card.segments.all())
    teams = DepartmentCard.objects.filter(period=period, frozen_at__isnull=False)
    related = teams.select_related("period", "department", "version").prefetch_related("lines")
    for card in related.order_by("pk").iterator(chunk_size=CHUNK):
        yield card, list(card.lines.all()), ()


def _from_inputs(
    card: AnyCard, lines: Sequence[Line], segments: Sequence[CardSegment]
) -> list[Difference]:
    found = []
    digest = frozen.digest(card, lines, segments)
    if digest != card.inputs_hash:
        found.append(_difference(card, "hash", "inputs_hash", card.inputs_hash, digest))
    if card.engine == ENGINE_VERSION:
        for each in build.disagreements(card, lines, segments):
            found.append(_difference(card, "inputs", each.what, each.stored, each.found))
    return found


def _difference(card: AnyCard, source: str, what: str, stored: str, found: str) -> Difference:
    whose = card.employee.number if isinstance(card, Scorecard) else card.department.code
    return Difference(card.period.code, whose, card.revision, source, what, stored, found)


class _Measured:
    """The values of a period, measured again from the records, once for all cards."""

    def __init__(self, period: Period) -> None:
        self.values: dict[tuple[Window, datetime, MetricRequest], dict[int, Any]] = {}
        self.parts = {
            subject: published_parts(period, subject, strict=False) for subject in Scheme.Subject
        }
        wanted: dict[tuple[Window, datetime], set[MetricRequest]] = {}
        for card, lines, segments in self._newest(period):
            for line in lines:
                window = window_of(card, segment_row(line, segments))
                wanted.setdefault((window, card.computed_at), set()).add(asked_of(line))
        cutoff = span_of_row(period).cutoff
        for (window, at), requests in wanted.items():
            ordered = sorted(requests, key=lambda each: each.argument)
            found = collect(ordered, window, cutoff, decided_by=at)
            self.values.update({(window, at, each): found[each] for each in ordered})

    def differences(
        self, card: AnyCard, lines: Sequence[Line], segments: Sequence[CardSegment]
    ) -> list[Difference]:
        found = []
        for line in lines:
            segment = segment_row(line, segments)
            for name, value in self._now(card, line, segment).items():
                stored = getattr(line, name)
                if stored != value:
                    what = f"{build.name_of(line)}.{name}"
                    found.append(_difference(card, "records", what, str(stored), str(value)))
        return found + self._parts(card)

    def _newest(self, period: Period) -> Iterator[Found]:
        """One card of each set of lines would do; all are read, as their params may differ."""
        for card, lines, segments in _cards(period):
            if card.is_current:
                yield card, lines, segments

    def _now(self, card: AnyCard, line: Line, segment: CardSegment | None) -> dict[str, Any]:
        asked = asked_of(line)
        values = self.values[window_of(card, segment), card.computed_at, asked]
        found = values.get(owner_of(card, segment, asked.level))
        if found is None:
            return NOTHING
        return {
            "value": found.value,
            "numerator": exact_text(found.numerator),
            "denominator": exact_text(found.denominator),
            "sample": found.sample,
            "left_out": found.left_out,
        }

    def _parts(self, card: AnyCard) -> list[Difference]:
        """Whether the parts of a roll-up are still those that are published."""
        if not card.rollup:
            return []
        if isinstance(card, Scorecard):
            subject, whose = Scheme.Subject.AGENT, card.employee_id
        else:
            subject, whose = Scheme.Subject.DEPARTMENT, card.department_id
        now = _finals(self.parts[subject].found.get(whose, []))
        stored = _finals(card.rollup.get("parts", []))
        return [] if stored == now else [_difference(card, "records", "parts", stored, now)]


def _finals(parts: Sequence[dict[str, Any]]) -> str:
    return " ".join(f"{part['period']}:{part['final']}×{part['months']}" for part in parts)
