"""Whether published cards still follow from their frozen inputs, and from the records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from appraisal.metrics import MetricRequest, collect, request
from appraisal.metrics.populations import COMPANY
from appraisal.models import Period, Scorecard, ScoreLine
from appraisal.periods.inputs import span_of_row
from appraisal.scorecards import build, frozen
from appraisal.scorecards.queries import with_lines
from appraisal.scoring import ENGINE_VERSION
from kpi_portal.core.decimals import exact_text

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not what it should be. `source`: `hash`, `inputs` or `records`."""

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
    differences: list[Difference] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "engine": ENGINE_VERSION,
            "cards": self.cards,
            "lines": self.lines,
            "differences": [
                {name: getattr(each, name) for name in Difference.__slots__}
                for each in self.differences
            ],
        }


def verify(periods: list[Period]) -> Verification:
    """Recompute every revision of the published cards of `periods`; changes nothing.

    From the frozen inputs: the hash and every number that the engine makes. From the records,
    for the newest revisions: value, numerator, denominator and sample of each line; records
    that came late, or have been deleted, show as a difference of source `records`.
    """
    result = Verification()
    for period in periods:
        measured = _Measured(period)
        for card in _cards(period):
            lines = list(card.lines.all())
            result.cards += 1
            result.lines += len(lines)
            result.differences += _from_inputs(card, lines)
            if card.is_current:
                result.differences += measured.differences(card, lines)
    return result


def _cards(period: Period) -> Iterator[Scorecard]:
    rows = Scorecard.objects.filter(period=period, frozen_at__isnull=False)
    related = rows.select_related("period", "employee", "version").order_by("pk")
    yield from with_lines(related).iterator(chunk_size=CHUNK)


def _from_inputs(card: Scorecard, lines: list[ScoreLine]) -> list[Difference]:
    found = []
    digest = frozen.digest(card, lines)
    if digest != card.inputs_hash:
        found.append(_difference(card, "hash", "inputs_hash", card.inputs_hash, digest))
    if card.engine == ENGINE_VERSION:
        result = build.replay(card, lines)
        for what in build.disagreements(card, lines):
            found.append(_difference(card, "inputs", what, *_both(card, lines, result, what)))
    return found


def _both(card: Scorecard, lines: list[ScoreLine], result: Any, what: str) -> tuple[str, str]:
    position, dot, name = what.partition(".")
    if dot:
        line = next(line for line in lines if line.position == int(position))
        outcome = next(each for each in result.lines if each.position == int(position))
        return str(getattr(line, name)), str(getattr(outcome, name))
    if what == "band":
        return card.band, result.band.key if result.band else ""
    return str(getattr(card, what)), str(getattr(result, what))


def _difference(card: Scorecard, source: str, what: str, stored: str, found: str) -> Difference:
    return Difference(
        card.period.code, card.employee.number, card.revision, source, what, stored, found
    )


class _Measured:
    """The values of a period, measured again from the records, once for all cards."""

    def __init__(self, period: Period) -> None:
        self.values: dict[MetricRequest, dict[int, Any]] = {}
        self.asked: dict[tuple[str, str], MetricRequest] = {}
        rows = ScoreLine.objects.filter(
            scorecard__period=period,
            scorecard__frozen_at__isnull=False,
            scorecard__is_current=True,
        )
        for metric, params in rows.values_list("metric", "params").iterator():
            key = _key(metric, params)
            if key not in self.asked:
                self.asked[key] = request(metric, params)
        if self.asked:
            span = span_of_row(period)
            ordered = sorted(set(self.asked.values()), key=lambda each: each.argument)
            self.values = collect(ordered, span.window, span.cutoff)

    def differences(self, card: Scorecard, lines: list[ScoreLine]) -> list[Difference]:
        found = []
        for line in lines:
            asked = self.asked[_key(line.metric, line.params)]
            now = self._now(asked, card)
            for name, value in now.items():
                stored = getattr(line, name)
                if stored != value:
                    what = f"{line.position}.{name}"
                    found.append(_difference(card, "records", what, str(stored), str(value)))
        return found

    def _now(self, asked: MetricRequest, card: Scorecard) -> dict[str, Any]:
        whose = {
            "agent": card.employee_id,
            "department": card.department_id,
            "company": COMPANY,
        }[asked.level]
        found = self.values[asked].get(whose)
        if found is None:
            return {"value": None, "numerator": "0", "denominator": "0", "sample": 0}
        return {
            "value": found.value,
            "numerator": exact_text(found.numerator),
            "denominator": exact_text(found.denominator),
            "sample": found.sample,
        }


def _key(metric: str, params: dict[str, Any]) -> tuple[str, str]:
    return metric, repr(sorted(params.items()))
