"""The satisfaction index: the weighted mean of the means of several dimensions of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import F, Q

from appraisal.metrics.base import Measurement, MetricRequest, Reason
from appraisal.metrics.excluded import Exclusions
from appraisal.metrics.measuring import Measured, quotient
from appraisal.metrics.parameters import weights_of
from appraisal.metrics.populations import Key, excluded_of, group_of, narrow_of, rows_of
from kpi_portal.core.time import Window
from kpi_portal.core.totals import Branch, Row
from surveys import measures as answers
from tickets.measures import nothing, number, total

PREFIX = "answer__"


@dataclass(slots=True)
class _Sums:
    """Of one owner: answers, those excluded, those that count; per dimension how many and the
    sum in points of 100.
    """

    every: int = 0
    excluded: int = 0
    sample: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    points: dict[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """Requests of one key, and their part of the statement of answers.

    Its branches: the answers, and what they say about dimensions.
    """

    key: Key
    requests: Sequence[MetricRequest]
    exclusions: Exclusions = ()

    def branches(self, window: Window, cutoff: datetime) -> list[Branch]:
        """The answers of the anchor, and their scores by dimension."""
        counts, scores = [], []
        for request in self.requests:
            narrow = narrow_of(request)
            out = excluded_of(request, self.exclusions)
            counts += [number(narrow), nothing() if out is None else number(narrow & out)]
            names = tuple(weights_of(request["dimension"]))
            kept = narrow_of(request, PREFIX)
            out = excluded_of(request, self.exclusions, PREFIX)
            if out is not None:
                kept &= ~out
            scores.append(number(kept & answers.is_first_of(names)))
            for name in names:
                of_name = kept & Q(dimension=name)
                scores += [number(of_name), total(F("score_e4"), of_name)]
        return [
            Branch(rows_of(key, window, cutoff), (group_of(key), F("scale")), tuple(columns))
            for key, columns in ((self.key, counts), (self.scores_key, scores))
        ]

    @property
    def scores_key(self) -> Key:
        """That of the answers' dimensions."""
        key = self.key
        return Key(key.anchor, key.owner, key.level, key.instant, prefix=PREFIX)

    def measured(self, rows: Sequence[list[Row]]) -> dict[MetricRequest, Measured]:
        """The measurements of all requests."""
        found: dict[MetricRequest, Measured] = {}
        place = 2
        for number_, request in enumerate(self.requests):
            weights = weights_of(request["dimension"])
            sums = _added(rows, 2 + number_ * 2, place, tuple(weights))
            found[request] = {
                owner: _index(each, weights) for owner, each in sums.items() if each.every
            }
            place += 1 + 2 * len(weights)
        return found


def _added(
    rows: Sequence[list[Row]], answers_at: int, scores_at: int, names: Sequence[str]
) -> dict[int, _Sums]:
    found: dict[int, _Sums] = {}
    for row in rows[0]:
        if row[0] is not None:
            sums = found.setdefault(row[0], _Sums())
            sums.every += row[answers_at]
            sums.excluded += row[answers_at + 1]
    for row in (row for row in rows[1] if row[0] is not None):
        sums = found.setdefault(row[0], _Sums())
        sums.sample += row[scores_at]
        for place, name in enumerate(names):
            many, score = row[scores_at + 1 + 2 * place : scores_at + 3 + 2 * place]
            if many:
                sums.numbers[name] = sums.numbers.get(name, 0) + many
                points = Fraction(score, row[1] * 100)
                sums.points[name] = sums.points.get(name, Fraction(0)) + points
    return found


def _index(sums: _Sums, weights: Mapping[str, Decimal]) -> Measurement:
    """A dimension without an answer gives its weight to the others."""
    missing = sums.every - sums.excluded - sums.sample
    counts = {str(Reason.EXCLUDED): sums.excluded, str(Reason.MISSING): missing}
    reasons = {reason: n for reason, n in counts.items() if n}
    shares = {name: Fraction(weights[name]) for name in sums.numbers}
    whole = sum(shares.values(), Fraction(0))
    if not (sums.sample and whole):
        return Measurement(None, 0, 0, 0, reasons)
    means = sum(
        (share * sums.points[name] / sums.numbers[name] for name, share in shares.items()),
        Fraction(0),
    )
    index = means / whole
    value = quotient(index.numerator, index.denominator)
    return Measurement(value, index * sums.sample, sums.sample, sums.sample, reasons)
