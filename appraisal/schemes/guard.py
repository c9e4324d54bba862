"""What stands in the way of submitting or activating a version, as sentences with places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from appraisal.models import Coverage, Period, Scheme, SchemeVersion
from appraisal.periods import calendar
from appraisal.schemes.content import HUNDRED, Content, covers_same
from appraisal.schemes.guard_items import (
    item_obstacles,
    item_warnings,
    named_problem,
    rule_problems,
)
from appraisal.schemes.guard_settings import band_obstacles, settings_obstacles
from appraisal.schemes.obstacles import NotReady, Obstacle, by_field
from kpi_portal.people.models import Department, Position
from kpi_portal.people.queries import company

__all__ = [
    "NotReady",
    "Obstacle",
    "band_obstacles",
    "by_field",
    "content_obstacles",
    "content_warnings",
    "item_obstacles",
    "named_problem",
    "overlap_obstacles",
    "rule_problems",
    "start_obstacles",
    "total_words",
    "weight_obstacles",
    "whom_label",
]


def content_obstacles(content: Content, scheme: Scheme) -> list[Obstacle]:
    """What keeps a version with this content from being submitted.

    Items and their weights of exactly 100.00, blanks, rules, settings, coverage; `scheme` need
    not be stored: its cycle and subject count.
    """
    return [
        *item_obstacles(content, scheme),
        *weight_obstacles(content),
        *settings_obstacles(content, scheme),
    ]


def content_warnings(content: Content) -> list[Obstacle]:
    """What deserves a thought before submitting, and hinders nothing."""
    return item_warnings(content)


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
    published = Period.objects.filter(cycle=cycle, end_on__gt=start, published_at__isnull=False)
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
