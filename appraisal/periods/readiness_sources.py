"""Findings about what does not come as tickets: assessments, tasks, recorded values, calendar."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appraisal.metrics import METRICS
from appraisal.models import Period, SchemeItem
from appraisal.periods.finding import Finding
from appraisal.periods.inputs import Covered
from appraisal.periods.values import days_window, request_of
from kpi_portal.people.models import WorkCalendarDay
from surveys.models import Assessment, RecordedValue, SurveyInvitation

RECORDED = "recorded"


def sources(period: Period, covered: Sequence[Covered]) -> Iterator[Finding]:
    """What the schemes of the period need besides tickets, each only where a scheme uses it."""
    items = {
        item.pk: (item, version_people)
        for version_people in _by_version(covered)
        for item in version_people[0].version.items.all()
    }
    metrics = {item.indicator.metric for item, _people in items.values()}
    yield from _assessments(period, metrics)
    yield from _invitations(period, metrics)
    yield from _recorded(period, [(item, people) for item, people in items.values()])
    yield _calendar(period)


def _by_version(covered: Sequence[Covered]) -> list[list[Covered]]:
    """The people of each version; those with several count for the last."""
    found: dict[int, list[Covered]] = {}
    for each in covered:
        found.setdefault(each.version.pk, []).append(each)
    return list(found.values())


def _assessments(period: Period, metrics: set[str]) -> Iterator[Finding]:
    """How many inspections and reviews came in, where a scheme counts them."""
    window = days_window(period.start_on, period.end_on)
    rows = Assessment.objects.filter(submitted_at__gte=window.start, submitted_at__lt=window.end)
    groups: dict[str, tuple[set[str], dict[str, Any]]] = {
        _("QA inspections"): ({"qa_score", "qa_item"}, {"rater_group": "qa"}),
        _("360° reviews"): ({"review360"}, {"rater_group__in": ["self", "supervisor", "peer"]}),
        _("Exams"): ({"exam"}, {"rater_group": "examiner"}),
        _("Mystery shopping"): ({"mystery"}, {"rater_group": "shopper"}),
    }
    for label, (wanted, narrow) in groups.items():
        if wanted & metrics:
            count = rows.filter(**narrow).count()
            yield Finding(
                label,
                "good" if count else "problem",
                ngettext("%(count)s in the period", "%(count)s in the period", count)
                % {"count": count}
                if count
                else _("none in the period"),
                _url("surveys:assessments"),
            )


def _invitations(period: Period, metrics: set[str]) -> Iterator[Finding]:
    """Questions that nobody has answered yet."""
    if not any(METRICS[name].anchor == "invited" for name in metrics if name in METRICS):
        return
    window = days_window(period.start_on, period.end_on)
    rows = SurveyInvitation.objects.filter(
        invited_at__gte=window.start, invited_at__lt=window.end, answered_at__isnull=True
    )
    count = rows.count()
    yield Finding(
        _("Unanswered invitations"),
        "good",
        ngettext("%(count)s not answered", "%(count)s not answered", count) % {"count": count}
        if count
        else _("none"),
    )


def _recorded(
    period: Period, items: Sequence[tuple[SchemeItem, list[Covered]]]
) -> Iterator[Finding]:
    """People whose recorded value for the period is still blank, per item."""
    people: dict[str, set[int]] = {}
    for item, covered in items:
        if item.indicator.metric == RECORDED:
            code = request_of(item)["item"]
            ids = {each.seat.employee_id for each in covered}
            people[code] = people.get(code, set()) | ids
    if not people:
        return
    rows = RecordedValue.objects.filter(
        item__in=people,
        employee__isnull=False,
        effective_on__gte=period.start_on,
        effective_on__lt=period.end_on,
    )
    filled: dict[str, set[int]] = {}
    for code, employee_id in rows.values_list("item", "employee_id"):
        filled.setdefault(code, set()).add(employee_id)
    for code, wanted in sorted(people.items()):
        blank = len(wanted - filled.get(code, set()))
        yield Finding(
            _("Recorded values · %(item)s") % {"item": code},
            "attention" if blank else "good",
            ngettext("blank for %(count)s person", "blank for %(count)s people", blank)
            % {"count": blank}
            if blank
            else _("filled in for everybody"),
            _url("surveys:recorded"),
        )


def _calendar(period: Period) -> Finding:
    """Whether the calendar of the period is the announced one."""
    last = period.end_on - timedelta(days=1)
    years = range(period.start_on.year, last.year + 1)
    provisional = [year for year in years if _is_provisional(year)]
    label = _("Working calendar")
    if not provisional:
        return Finding(label, "good", _("as announced"))
    text = _("provisional for %(years)s: working days may still change") % {
        "years": _(", ").join(str(year) for year in provisional)
    }
    return Finding(label, "attention", text, _url("people:calendar"))


def _is_provisional(year: int) -> bool:
    """A year that has not been announced, or of which the calendar says nothing."""
    days = WorkCalendarDay.objects.filter(day__gte=date(year, 1, 1), day__lt=date(year + 1, 1, 1))
    statutory = days.exclude(kind=WorkCalendarDay.Kind.COMPANY)
    return not statutory.exists() or statutory.filter(is_provisional=True).exists()


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
