"""A line of a card with everything that explains it, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal.metrics import METRICS, REASON_LABELS, Anchor, Metric, Owner, Shape
from appraisal.models import ScoreLine
from appraisal.rule_sentences import sentence, sentences
from appraisal.schemes.describe import param_words
from appraisal.schemes.formulas import unit_of
from appraisal.schemes.words import band_names, category_label
from appraisal.scorecards.outcome import AnyCard, line_input, segment_of
from appraisal.scoring import Part
from kpi_portal.core.text import GAP, metric_number

ANCHORS: Mapping[Anchor, Any] = {
    Anchor.CREATED: gettext_lazy("Tickets created in the period"),
    Anchor.RESOLVED: gettext_lazy("Tickets resolved in the period"),
    Anchor.PROMISED: gettext_lazy("Tickets whose promised time falls in the period"),
    Anchor.ANSWERED: gettext_lazy("Satisfaction answers given in the period"),
    Anchor.WINDOW_END: gettext_lazy("Tickets whose observation window ends in the period"),
    Anchor.VISIT: gettext_lazy("Visits due in the period"),
    Anchor.INVITED: gettext_lazy("Survey invitations sent in the period"),
    Anchor.REVIEW: gettext_lazy("Assessments submitted in the period"),
    Anchor.EFFECTIVE: gettext_lazy("Values of the days of the period"),
}
OWNERS: Mapping[Owner, Any] = {
    Owner.AGENT: gettext_lazy("counted for the agent in charge"),
    Owner.FIRST_AGENT: gettext_lazy("counted for the agent who responded first"),
}


@dataclass(frozen=True, slots=True)
class LineView:
    """One line for a page. `tick` is where the target lies on the bar of points, 0 to 100.

    `is_first` begins a category, which has `span` lines in a row. `story` are sentences: the
    rule with its numbers, and how this value became these points. `counts` says what its
    sample is: `tickets`, `answers`, or "" for orders and what is the whole department's.
    """

    line: ScoreLine
    name: str
    category: str
    is_first: bool
    span: int
    unit: str
    target: str
    tick: Decimal | None
    definition: str
    source: str
    params: list[tuple[str, str]]
    story: list[str]
    left_out: list[tuple[str, int]]
    level: int
    counts: str
    low: Decimal | None
    high: Decimal | None


def line_views(card: AnyCard, lines: Sequence[Any]) -> list[LineView]:
    """The lines in order. Reads nothing: indicators and version are loaded."""
    names = band_names(card.version.bands)
    views = []
    for place, line in enumerate(lines):
        is_first = place == 0 or _group(lines[place - 1]) != _group(line)
        views.append(_view(line, is_first, _run(lines, place) if is_first else 0, names))
    return views


def points_level(points: Decimal | None) -> int:
    """The shade of a cell: 1 to 5 for below 60, 70, 80, 90 and the rest; 0 without points."""
    if points is None:
        return 0
    return 1 + sum(points >= bound for bound in (60, 70, 80, 90))


def _run(lines: Sequence[Any], start: int) -> int:
    """How many lines from `start` on are of the same category."""
    length = 0
    while start + length < len(lines) and _group(lines[start + length]) == _group(lines[start]):
        length += 1
    return length


def _group(line: Any) -> tuple[int, str]:
    return segment_of(line), line.category


def _view(line: ScoreLine, is_first: bool, span: int, bands: Mapping[str, str]) -> LineView:
    metric = METRICS.get(line.metric)
    unit = unit_of(line.metric, line.params)
    item = line_input(line)
    target = item.rule.target_line(item.context)
    tick = None
    if target is not None and item.rule.missing(target, item.context) is None:
        tick = item.rule.points(target, item.context)
    return LineView(
        line=line,
        name=line.indicator.label,
        category=category_label(line.category) or _("Other"),
        is_first=is_first,
        span=span,
        unit=unit,
        target=_target(item.rule.target_words(item.context), unit),
        tick=tick,
        definition=line.indicator.description or (str(metric.definition) if metric else ""),
        source=_source(line, metric),
        params=param_words(line.metric, line.params),
        story=sentences(line.explanation, unit, lambda key: bands.get(key, key)),
        left_out=[
            (str(REASON_LABELS.get(reason, reason)), count)
            for reason, count in line.left_out_reasons.items()
        ],
        level=points_level(line.points),
        counts=_counts(line, metric),
        low=item.low,
        high=item.high,
    )


def _target(words: Part, unit: str) -> str:
    """The target for a table's cell; a measured baseline as short as the value beside it."""
    if words.key == "target.around":
        baseline = metric_number(words.params["baseline"], unit)
        return f"{baseline} ± {words.params['tolerance']}{GAP}%"
    return sentence(words, unit)


def _counts(line: ScoreLine, metric: Metric | None) -> str:
    if metric is None or line.is_department_line or metric.shape is Shape.PER_ORDER:
        return ""
    return "answers" if metric.anchor is Anchor.ANSWERED else "tickets"


def _source(line: ScoreLine, metric: Metric | None) -> str:
    """Where the value comes from, and for whom a record counts."""
    if metric is None:
        return ""
    if line.is_department_line:
        return _("%(anchor)s, of the whole department") % {"anchor": ANCHORS[metric.anchor]}
    return _("%(anchor)s, %(owner)s") % {
        "anchor": ANCHORS[metric.anchor],
        "owner": OWNERS[metric.owner],
    }
