"""Corrections as pages and other apps ask for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.corrections import permissions
from appraisal.metrics import METRICS
from appraisal.models import (
    AdjustmentRequest,
    Decision,
    Exclusion,
    Indicator,
    Period,
    SchemeVersion,
)
from appraisal.schemes.words import band_names
from kpi_portal.core.templatetags.portal import local_dt
from kpi_portal.people.models import Employee, Role, User
from kpi_portal.people.queries import led_ids
from kpi_portal.people.todo import Todo
from tickets.models import Ticket

LISTED = 200


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One person in one period: finals and band names before and after; changed lines as
    (name, before, after), points as text or None."""

    period: str
    number: str
    name: str
    final_before: Decimal | None
    final_after: Decimal | None
    band_before: str
    band_after: str
    lines: list[tuple[str, Decimal | None, Decimal | None]]

    @property
    def difference(self) -> Decimal | None:
        if self.final_before is None or self.final_after is None:
            return None
        return self.final_after - self.final_before


def adjustments(user: User) -> QuerySet[AdjustmentRequest]:
    """What the user may see, newest first."""
    return permissions.visible_adjustments(user).order_by("-proposed_at", "-pk")


def exclusions(user: User) -> QuerySet[Exclusion]:
    """What the user may see, newest first."""
    return permissions.visible_exclusions(user).order_by("-proposed_at", "-pk")


def open_and_decided(rows: QuerySet[Any]) -> tuple[list[Any], list[Any]]:
    """Those that wait, oldest first, and the newest of the others."""
    waiting = rows.filter(state=Decision.PROPOSED).order_by("proposed_at", "pk")
    return list(waiting[:LISTED]), list(rows.exclude(state=Decision.PROPOSED)[:LISTED])


def adjustment_effect(request: AdjustmentRequest, effect: dict[str, Any]) -> EffectRow:
    """The effect of an adjustment for the page."""
    indicator = request.indicator.label if request.indicator else ""
    lines = []
    if "points_after" in effect:
        before, after = effect["points_before"], effect["points_after"]
        lines = [(indicator, _number(before), _number(after))]
    names = _bands([request.period.code])
    return _row(request.period.code, request.employee, effect, lines, names)


def exclusion_effect(exclusion: Exclusion, user: User) -> list[EffectRow]:
    """The effect of an exclusion as `user` may see it: never one's own, supervisors their
    team's, HR everybody's; without those whose points stay. By period and employee no."""
    numbers = {number for people in exclusion.effect.values() for number in people}
    people = {each.number: each for each in Employee.objects.filter(number__in=numbers)}
    periods = {each.code: each for each in Period.objects.filter(code__in=exclusion.effect)}
    labels = {each.code: each.label for each in Indicator.objects.all()}
    names = _bands(exclusion.effect)
    rows = []
    for code, changes in sorted(exclusion.effect.items()):
        seen = _seen_ids(user, periods.get(code))
        for number, effect in changes.items():
            employee = people.get(number)
            if employee is None or employee.pk == user.employee_id:
                continue
            if seen is not None and employee.pk not in seen:
                continue
            lines = [
                (labels.get(indicator, indicator), _number(before), _number(after))
                for _position, indicator, before, after in effect["lines"]
                if before != after
            ]
            if not lines and effect["final_before"] == effect["final_after"]:
                continue
            rows.append(_row(code, employee, effect, lines, names))
    return rows


def frozen_periods(exclusion: Exclusion) -> list[Period]:
    """The published periods that an exclusion touches: they change only by being reopened."""
    states = (Period.State.PUBLISHED, Period.State.CLOSED)
    return list(Period.objects.filter(code__in=exclusion.effect, state__in=states))


def what(exclusion: Exclusion) -> str:
    """What an exclusion leaves out, in a few words."""
    if exclusion.ticket is not None:
        return _("Ticket %(number)s") % {"number": exclusion.ticket.external_id}
    if exclusion.answer is not None:
        return _("Answer %(number)s") % {"number": exclusion.answer.external_id}
    words = [f"{local_dt(exclusion.starts_at)} – {local_dt(exclusion.ends_at)}"]
    if exclusion.channel:
        words.append(str(Ticket.Channel(exclusion.channel).label))
    if exclusion.department is not None:
        words.append(exclusion.department.label)
    return " · ".join(words)


def metric_labels(exclusion: Exclusion) -> list[str]:
    """The metrics it leaves the record out of; empty for all."""
    return [str(METRICS[key].label) for key in exclusion.metrics if key in METRICS]


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """Proposals that this user of HR may decide."""
    if not user.has_role(Role.HR):
        return []
    todos = []
    for request in adjustments(user).filter(state=Decision.PROPOSED)[:LISTED]:
        if permissions.can_decide_adjustment(user, request):
            words = {"name": request.employee.name, "period": request.period.code}
            todos.append(
                Todo(
                    _("Decide on the adjustment for %(name)s, %(period)s") % words,
                    reverse("appraisal:adjustment", args=[request.pk]),
                    None,
                    "appraisal.adjustment",
                )
            )
    for exclusion in exclusions(user).filter(state=Decision.PROPOSED)[:LISTED]:
        if permissions.can_decide_exclusion(user, exclusion):
            cause = exclusion.get_cause_display()
            todos.append(
                Todo(
                    _("Decide on leaving out a record: %(cause)s") % {"cause": cause},
                    reverse("appraisal:exclusion", args=[exclusion.pk]),
                    None,
                    "appraisal.exclusion",
                )
            )
    return todos


def _row(
    code: str,
    employee: Employee,
    effect: dict[str, Any],
    lines: list[tuple[str, Decimal | None, Decimal | None]],
    names: dict[str, str],
) -> EffectRow:
    return EffectRow(
        period=code,
        number=employee.number,
        name=employee.name,
        final_before=_number(effect.get("final_before")),
        final_after=_number(effect.get("final_after")),
        band_before=names.get(effect.get("band_before") or "", effect.get("band_before") or ""),
        band_after=names.get(effect.get("band_after") or "", effect.get("band_after") or ""),
        lines=lines,
    )


def _bands(codes: Iterable[str]) -> dict[str, str]:
    """Names of the bands of every version that scored one of the periods."""
    versions = SchemeVersion.objects.filter(scorecards__period__code__in=list(codes)).distinct()
    names: dict[str, str] = {}
    for version in versions:
        names |= band_names(version.bands)
    return names


def _seen_ids(user: User, period: Period | None) -> set[int] | None:
    """Whose numbers the user may see; None for everybody's."""
    if user.has_role(Role.HR):
        return None
    return led_ids(user, period.start_on, period.end_on) if period is not None else set()


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
