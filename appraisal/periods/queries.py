"""Periods as pages show them, what waits for HR and the committee, what a search finds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appraisal.models import DepartmentCoefficient, Period, Reopening
from appraisal.periods import permissions
from appraisal.periods.workflow import STEPS, State
from appraisal.scorecards.services import COMPUTE
from kpi_portal.core.search import SearchHit
from kpi_portal.jobs.models import LIVE, Job
from kpi_portal.people.models import Role, User
from kpi_portal.people.todo import Todo


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the line: `state` is done, current or next."""

    label: str
    state: str
    note: str = ""


def url_of(period: Period) -> str:
    return reverse("appraisal:period", args=[period.code])


def steps(period: Period) -> list[Step]:
    """The six steps; *approved* is still the fourth, waiting for its publication."""
    labels = {
        State.OPEN: pgettext("step", "Running"),
        State.COLLECTING: pgettext("step", "Collecting"),
        State.CALCULATED: pgettext("step", "Computing"),
        State.IN_REVIEW: pgettext("step", "Review"),
        State.PUBLISHED: pgettext("step", "Publication"),
        State.CLOSED: pgettext("step", "Closing"),
    }
    now = State.IN_REVIEW if period.state == State.APPROVED else State(period.state)
    place = STEPS.index(now)
    return [
        Step(str(labels[step]), _step_state(index, place, period), _note(period, step))
        for index, step in enumerate(STEPS)
    ]


def _step_state(index: int, place: int, period: Period) -> str:
    if index < place or period.state == State.CLOSED:
        return "done"
    return "current" if index == place else "next"


def _note(period: Period, step: str) -> str:
    if step == State.OPEN:
        return _("%(start)s to %(end)s") % {"start": period.start_on, "end": period.last_day}
    if step == State.COLLECTING:
        return _("records up to %(cutoff)s") % {"cutoff": period.cutoff_on}
    if step == State.IN_REVIEW and period.state == State.APPROVED:
        return _("approved")
    if step == State.PUBLISHED and period.appeals_until:
        return _("appeals until %(day)s") % {"day": period.appeals_until}
    return ""


def newest_job(period: Period) -> Job | None:
    """The last run of the period, waiting, running or ended."""
    return Job.objects.filter(kind=COMPUTE, key=period.code).order_by("-pk").first()


def live_job(period: Period) -> Job | None:
    """The run that waits or runs now."""
    return Job.objects.filter(kind=COMPUTE, key=period.code, state__in=LIVE).first()


def coefficients(period: Period) -> list[DepartmentCoefficient]:
    rows = DepartmentCoefficient.objects.filter(period=period)
    return list(rows.select_related("department", "set_by__employee", "approved_by__employee"))


def reopenings(period: Period) -> list[Reopening]:
    """Every request to reopen the period, newest first."""
    rows = Reopening.objects.filter(period=period)
    hands = ("requested_by", "agreed_by", "decided_by")
    return list(rows.select_related(*(f"{hand}__employee" for hand in hands)))


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """Periods to submit, to approve, to publish, and coefficients to approve, by role."""
    todos: list[Todo] = []
    if not user.has_role(Role.HR, Role.COMMITTEE):
        return todos
    for period in Period.objects.exclude(state__in=[State.OPEN, State.PUBLISHED, State.CLOSED]):
        todo = _todo(period, user, now)
        if todo is not None:
            todos.append(todo)
    for coefficient in _pending_coefficients(user):
        todos.append(
            Todo(
                _("Approve the coefficient of %(department)s for %(period)s")
                % {"department": coefficient.department.label, "period": coefficient.period.code},
                f"{url_of(coefficient.period)}#coefficients",
                None,
                "appraisal.coefficient",
            )
        )
    return todos + _reopenings_waiting(user)


def _reopenings_waiting(user: User) -> list[Todo]:
    """Requests to reopen that the user can agree to or decide."""
    rows = Reopening.objects.filter(
        state__in=[Reopening.State.REQUESTED, Reopening.State.AGREED]
    ).select_related("period")
    todos = []
    for each in rows:
        title = ""
        if each.state == Reopening.State.REQUESTED:
            if permissions.can_agree_to_reopening(user, each):
                title = _("Agree to reopening %(period)s, or not")
        elif permissions.can_decide_reopening(user, each):
            title = _("Decide whether %(period)s is reopened")
        if title:
            words = title % {"period": each.period.code}
            url = f"{url_of(each.period)}#reopening"
            todos.append(Todo(words, url, None, "appraisal.reopening"))
    return todos


def _todo(period: Period, user: User, now: datetime) -> Todo | None:
    words = {"period": period.code}
    url = url_of(period)
    if period.state == State.CALCULATED and permissions.can_submit(user, period):
        return Todo(
            _("Check and submit the results of %(period)s") % words,
            url,
            None,
            "appraisal.period_submit",
        )
    if period.state == State.IN_REVIEW and permissions.can_decide(user, period):
        return Todo(
            _("Review the results of %(period)s") % words, url, None, "appraisal.period_review"
        )
    if period.state == State.APPROVED and permissions.can_publish(user, period):
        return Todo(
            _("Publish the results of %(period)s") % words, url, None, "appraisal.period_publish"
        )
    return None


def _pending_coefficients(user: User) -> list[DepartmentCoefficient]:
    rows = DepartmentCoefficient.objects.filter(approved_at=None).exclude(set_by=user)
    open_states = [State.OPEN, State.COLLECTING, State.CALCULATED]
    return list(rows.filter(period__state__in=open_states).select_related("period", "department"))


def search(user: User, text: str, limit: int) -> list[SearchHit]:
    """Periods by code, for those who have the console."""
    if not permissions.can_view_periods(user):
        return []
    rows: Any = Period.objects.filter(code__startswith=text)[:limit]
    return [
        SearchHit(_("Period"), period.code, url_of(period), str(period.get_state_display()))
        for period in rows
    ]
