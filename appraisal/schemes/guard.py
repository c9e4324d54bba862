"""What stands in the way of submitting or activating a version, as sentences with places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appraisal.metrics.arguments import request
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.registry import METRICS
from appraisal.models import Coverage, Indicator, Period, Scheme, SchemeVersion
from appraisal.periods import calendar
from appraisal.rule_sentences import problem_sentence
from appraisal.schemes.content import HUNDRED, Content, ItemContent, covers_same
from appraisal.schemes.words import field_label
from appraisal.scoring import RULES, BandError, BandTable, Problem, RuleError, parse
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import Department, Position
from kpi_portal.people.queries import company


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way. `where`: `weights`, `coverage`, `effective_from`, `bands`,
    `items`, or `items.<place>.<field>` with places from 0; `sentence` says what to do."""

    where: str
    sentence: str


def content_obstacles(content: Content) -> list[Obstacle]:
    """What the content itself lacks: items, weights of exactly 100.00, no blanks, coverage."""
    found = [*item_obstacles(content), *weight_obstacles(content), *band_obstacles(content)]
    if not content.coverage:
        found.append(Obstacle("coverage", _("No department is covered. Choose at least one.")))
    return found


def weight_obstacles(content: Content) -> list[Obstacle]:
    """That the weights do not total exactly 100.00, and by how much."""
    if not content.items:
        return [Obstacle("items", _("There is no item yet. Add at least one indicator."))]
    difference = content.total - HUNDRED
    if difference == 0:
        return []
    numbers = {"total": content.total, "difference": abs(difference)}
    if difference > 0:
        text = _("The weights total %(total)s %%, that is %(difference)s %% too much.") % numbers
    else:
        text = _("The weights total %(total)s %%, %(difference)s %% are missing.") % numbers
    return [Obstacle("weights", text)]


def item_obstacles(content: Content) -> list[Obstacle]:
    """Blanks and mistakes of each item's rule and metric. One query for the names."""
    codes = {item.indicator for item in content.items}
    known = {each.code: each for each in Indicator.objects.filter(code__in=codes)}
    found: list[Obstacle] = []
    for place, item in enumerate(content.items):
        indicator = known.get(item.indicator)
        name = indicator.label if indicator else item.indicator
        for field, text in _item_problems(item, indicator):
            sentence = f"{name}{pgettext('colon', ': ')}{text}"
            found.append(Obstacle(f"items.{place}.{field}", sentence))
    return found


def _item_problems(item: ItemContent, indicator: Indicator | None) -> Iterable[tuple[str, str]]:
    if indicator is None:
        yield "indicator", _("this indicator is not in the library. Remove the item.")
        return
    try:
        request(indicator.metric, item.params)
    except BadMetric as error:
        yield "params", str(error.message)
    for problem in rule_problems(item.rule, item.rule_params):
        yield f"rule_params.{problem.field}", named_problem(item.rule, problem)
    metric = METRICS.get(indicator.metric)
    direction = item.rule_params.get("direction")
    if metric is not None and direction and direction != metric.direction:
        yield "rule_params.direction", _("the rule runs the wrong way for this indicator.")


def rule_problems(rule: str, params: Mapping[str, object]) -> tuple[Problem, ...]:
    """What is wrong with a rule's parameters; empty if nothing."""
    try:
        parse(rule, params)
    except RuleError as error:
        return error.problems
    return ()


def named_problem(rule: str, problem: Problem) -> str:
    """The problem's sentence, led by the name of the field where that is one of the rule's."""
    name = problem.field.split(".")[0]
    text = problem_sentence(problem)
    if rule in RULES and any(field.name == name for field in RULES[rule].FIELDS):
        return f"{field_label(rule, name)} – {text}"
    return text


def band_obstacles(content: Content) -> list[Obstacle]:
    """What is wrong with the bands."""
    try:
        BandTable.from_json(list(content.bands))
    except BandError as error:
        return [Obstacle(each.field, problem_sentence(each)) for each in error.problems]
    return []


def start_obstacles(cycle: str, start: date | None) -> list[Obstacle]:
    """That a version may begin on `start`: with a month, before nothing published.

    A quarter or a year in which a version begins with one of its later months is split.
    """
    if start is None:
        return [Obstacle("effective_from", _("Choose the period from which it applies."))]
    first_day = company().month_start_day
    code = calendar.containing(start, "month", first_day)
    if calendar.dates(code, first_day)[0] != start:
        text = _("%(day)s is not the first day of a period. A version begins with a period.")
        return [Obstacle("effective_from", text % {"day": start.isoformat()})]
    published = Period.objects.filter(
        cycle=cycle, end_on__gt=start, state__in=[Period.State.PUBLISHED, Period.State.CLOSED]
    )
    last = published.order_by("-start_on").first()
    if last is None:
        return []
    text = _("The period %(code)s is already published. Choose a later one.")
    return [Obstacle("effective_from", text % {"code": last.code})]


def overlap_obstacles(content: Content, scheme: Scheme, start: date) -> list[Obstacle]:
    """Versions of other schemes that would count for the same people from `start` on.

    Versions of the same scheme are no obstacle: activation ends them. Nor are those for another
    subject, nor one for newcomers beside one for everybody.
    """
    departments = {department for department, _position in content.coverage}
    rivals = (
        Coverage.objects.filter(
            department__in=departments,
            version__state__in=[SchemeVersion.State.ACTIVE, SchemeVersion.State.RETIRED],
            version__scheme__cycle=scheme.cycle,
            version__scheme__subject=scheme.subject,
            version__newcomer_months__isnull=content.newcomer_months is None,
        )
        .exclude(version__scheme=scheme.pk)
        .filter(Q(version__effective_to__isnull=True) | Q(version__effective_to__gt=start))
        .select_related("version__scheme", "department", "position")
    )
    found = {}
    for rival in rivals:
        empty = rival.version.effective_from == rival.version.effective_to
        if not empty and any(covers_same(rival, mine) for mine in content.coverage):
            found[rival.pk] = Obstacle("coverage", _overlap_sentence(rival))
    return list(found.values())


def _overlap_sentence(rival: Coverage) -> str:
    whom = rival.department.label
    if rival.position is not None:
        whom = f"{whom} · {rival.position.label}"
    numbers = {
        "whom": whom,
        "scheme": rival.version.scheme.label,
        "number": rival.version.number,
        "day": f"{rival.version.effective_from:%Y-%m-%d}",
    }
    if rival.version.effective_to is not None:
        numbers["end"] = f"{rival.version.effective_to:%Y-%m-%d}"
        return (
            _(
                "%(whom)s is already covered by “%(scheme)s” v%(number)s from %(day)s until "
                "%(end)s (excluded)."
            )
            % numbers
        )
    return _("%(whom)s is already covered by “%(scheme)s” v%(number)s from %(day)s on.") % numbers


def whom_label(department: Department, position: Position | None) -> str:
    """A coverage entry in words."""
    return f"{department.label} · {position.label}" if position else department.label


class NotReady(DomainError):
    """A version cannot be submitted or activated yet; `obstacles` says why."""

    code = "scheme_not_ready"
    status = 422

    def __init__(self, obstacles: Iterable[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        fields: dict[str, str] = {}
        for each in self.obstacles:
            fields.setdefault(each.where, each.sentence)
        super().__init__(" ".join(each.sentence for each in self.obstacles), fields=fields)


def total_words(total: Decimal) -> str:
    """The state of the weights in one line, for pages."""
    difference = total - HUNDRED
    if difference == 0:
        return _("100.00 % – complete")
    if difference > 0:
        return _("%(total)s %%, %(difference)s %% too much") % {
            "total": total, "difference": difference,
        }  # fmt: skip
    return _("%(total)s %%, %(difference)s %% missing") % {
        "total": total, "difference": -difference,
    }  # fmt: skip
