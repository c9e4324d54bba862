"""What people and the schedule do with a period: from its row to its closing.

The run itself is in `compute`, coefficients in `coefficients`. Each act is one transaction
and one conditional UPDATE (see workflow.MOVES): running it twice changes nothing the second
time and says so.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from appraisal.hooks import holds_open
from appraisal.models import (
    AdjustmentRequest,
    Decision,
    DepartmentCoefficient,
    Exclusion,
    Period,
    Scorecard,
)
from appraisal.periods import calendar, reopening
from appraisal.periods.values import days_window
from appraisal.periods.workflow import State, WrongState, move, refusal
from appraisal.scorecards.services import (
    COMPUTE,
    deliver,
    follow,
    follow_departments,
    freeze_departments,
    freeze_period,
    tell,
    tell_heads,
)
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.core.time import midnight
from kpi_portal.jobs.models import Job
from kpi_portal.jobs.services import request as request_job
from kpi_portal.people.models import User
from kpi_portal.people.queries import company, local_date, working_day_after, zone


class NotReady(Conflict):
    """Something has to be done before this step."""

    code = "period_not_ready"


class ReasonMissing(DomainError):
    """An act that must say why was asked for without a reason."""

    code = "reason_missing"


def ensure(code: str) -> Period:
    """The period of that code, its row made if there is none. Safe to run again and at once.

    Its dates and cutoff are fixed when the row is made; later changes of the company's month
    start do not move it. Raises calendar.BadPeriod.
    """
    name = calendar.parse_code(code)
    settings = company()
    start, end = calendar.dates(name, settings.month_start_day)
    period, _made = Period.objects.get_or_create(
        code=str(name),
        defaults={
            "cycle": name.cycle,
            "start_on": start,
            "end_on": end,
            "cutoff_on": calendar.cutoff_on(name, settings.month_start_day, settings.settle_days),
        },
    )
    return period


def cutoff_instant(period: Period) -> datetime:
    """How far a run of `period` looks."""
    return midnight(period.cutoff_on, zone())


@transaction.atomic
def request_run(period_id: int, *, by: User, reason: str = "") -> Job:
    """Ask for a run of the period as a job; `reason` is needed to run it again.

    The caller has checked can_run. Raises WrongState, ReasonMissing, and AlreadyRunning
    with the job that runs.
    """
    period = Period.objects.get(pk=period_id)
    if period.state not in (State.OPEN, State.COLLECTING, State.CALCULATED):
        raise WrongState(refusal(period))
    if period.state == State.CALCULATED and not reason.strip():
        raise ReasonMissing(
            _("Say why the period is computed again."), fields={"reason": _("Needed.")}
        )
    params = {"period": period.code, "reason": reason.strip()}
    job = request_job(COMPUTE, period.code, params, by=by)
    record("period.run_requested", period, actor=by, reason=reason)
    return job


@transaction.atomic
def submit(period_id: int, *, by: User, at: datetime) -> Period:
    """HR hands the calculated results to the committee.

    The caller has checked can_submit. Raises WrongState, NotReady.
    """
    period = _locked(period_id)
    _refuse_unfinished(period)
    move(
        period,
        "submit",
        submitted_by=by,
        submitted_at=at,
        decided_by=None,
        decided_at=None,
        decision_reason="",
    )
    record("period.submitted", period, actor=by, after={"cards": _cards(period)})
    return period


@transaction.atomic
def approve(period_id: int, *, by: User, at: datetime, reason: str = "") -> Period:
    """The committee approves the results; not by the person who submitted them.

    The caller has checked can_decide. Raises WrongState, NotAllowed.
    """
    period = _locked(period_id)
    _refuse_submitter(period, by)
    move(period, "approve", decided_by=by, decided_at=at, decision_reason=reason)
    record("period.approved", period, actor=by, reason=reason)
    return period


@transaction.atomic
def send_back(period_id: int, *, by: User, at: datetime, reason: str) -> Period:
    """The committee sends the results back to HR with a reason; they may be run again.

    The caller has checked can_decide. Raises WrongState, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(
            _("Say what is to be mended, so that HR can act on it."),
            fields={"reason": _("A reason is needed.")},
        )
    period = _locked(period_id)
    move(period, "send_back", decided_by=by, decided_at=at, decision_reason=reason)
    record("period.sent_back", period, actor=by, reason=reason)
    return period


@transaction.atomic
def publish(period_id: int, *, by: User, at: datetime) -> Period:
    """Show the approved results to their people: freeze, deliver, notify, open the appeals.

    Every card is checked against its own inputs once more and frozen under a hash; from then
    on triggers refuse every change. A reopened period: only its candidates, and only their
    people are told; they take the place of the revisions before. The caller has checked
    can_publish.
    Raises WrongState, NotReady, NumbersDisagree.
    """
    period = _locked(period_id)
    if period.state != State.APPROVED:
        raise WrongState(refusal(period))
    _refuse_uncounted(period)
    is_reopened = period.is_reopened
    cards = freeze_period(period, at)
    if not cards and not is_reopened:
        raise NotReady(_("There is no scorecard to publish."))
    departments = freeze_departments(period, at)
    until = last_appeal_day(at) if cards or not is_reopened else period.appeals_until
    move(
        period,
        "publish",
        published_by=by,
        published_at=at,
        appeals_until=max(filter(None, (until, period.appeals_until))),
    )
    deliver(cards, at)
    tell(cards, at)
    tell_heads(departments, at)
    if is_reopened:
        reopening.finish(period, revisions=len(cards))
        reason = cards[0].reason if cards else ""
        follow(period, [card.employee_id for card in cards], by=by, reason=reason, at=at)
        teams = [card.department_id for card in departments]
        follow_departments(period, teams, by=by, reason=reason, at=at)
    counts = {"cards": len(cards), "department_cards": len(departments)}
    record("period.published", period, actor=by, after=counts)
    return period


@transaction.atomic
def close(period_id: int, *, by: User | None, at: datetime) -> Period:
    """End a published period whose appeal window is over and in which nothing is open.

    `by` None is the schedule. Raises WrongState, NotReady.
    """
    period = _locked(period_id)
    if period.state == State.PUBLISHED:
        _refuse_open_matters(period, at)
    move(period, "close", closed_at=at)
    record("period.closed", period, actor=by)
    return period


def last_appeal_day(delivered_at: datetime) -> date:
    """The last day of the appeal window: the first working day after the notice is day one.

    Source: 5-appeals.md, state *draft*.
    """
    return working_day_after(local_date(delivered_at), company().appeal_window_days)


def _locked(period_id: int) -> Period:
    return Period.objects.select_for_update().get(pk=period_id)


def _cards(period: Period) -> int:
    return Scorecard.objects.filter(period=period, is_current=True).count()


def _refuse_unfinished(period: Period) -> None:
    """Results that are not final yet must not reach the committee."""
    if period.state != State.CALCULATED or period.calculated_at is None:
        raise WrongState(refusal(period))
    if not _cards(period):
        raise NotReady(_("There is no scorecard to submit. Compute the period first."))
    if period.calculated_at < cutoff_instant(period):
        raise NotReady(
            _(
                "Records count up to %(cutoff)s, but the results were computed before. Compute "
                "the period again after that day."
            )
            % {"cutoff": period.cutoff_on}
        )
    if period.reopened_at is not None and period.calculated_at < period.reopened_at:
        raise NotReady(_("The period was reopened. Compute it again before it is submitted."))
    _refuse_uncounted(period)
    coefficients = DepartmentCoefficient.objects.filter(period=period)
    if coefficients.filter(approved_at=None).exists():
        raise NotReady(_("A department coefficient waits for the second person."))
    if coefficients.filter(approved_at__gt=period.calculated_at).exists():
        raise NotReady(
            _(
                "A department coefficient was approved after the results were computed. Compute "
                "the period again."
            )
        )


def _refuse_uncounted(period: Period) -> None:
    """Corrections approved after the run are not in its results yet."""
    since = {"state": Decision.APPROVED, "decided_at__gt": period.calculated_at}
    adjusted = AdjustmentRequest.objects.filter(period=period, result__isnull=True, **since)
    window = days_window(period.start_on, period.end_on)
    ticket = Q(ticket__created_at__gte=window.start, ticket__created_at__lt=window.end)
    ticket |= Q(ticket__resolved_at__gte=window.start, ticket__resolved_at__lt=window.end)
    answer = Q(answer__answered_at__gte=window.start, answer__answered_at__lt=window.end)
    span = Q(starts_at__lt=window.end, ends_at__gt=window.start)
    if adjusted.exists() or Exclusion.objects.filter(ticket | answer | span, **since).exists():
        raise NotReady(
            _(
                "An adjustment or exclusion was approved after the results were computed. "
                "Compute the period again."
            )
        )


def _refuse_submitter(period: Period, by: User) -> None:
    if period.submitted_by_id == by.pk:
        raise NotAllowed(
            _("You submitted these results yourself. Another member of the committee decides.")
        )


def _refuse_open_matters(period: Period, at: datetime) -> None:
    if period.appeals_until is not None and local_date(at) <= period.appeals_until:
        raise NotReady(
            _("The appeal window is open until %(day)s.") % {"day": period.appeals_until}
        )
    if holds_open(period, at):
        raise NotReady(_("An appeal of this period is still open, or can still be filed."))
