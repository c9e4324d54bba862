"""Adjustments of points: proposed by one person, decided by another one of HR.

Nobody writes over a score. Approved before publication it counts in every run; afterwards it
makes a further revision at once. Source: 4-schemes-periods-results.md, "Scorecard".
"""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.corrections import effects
from appraisal.corrections.deciding import (
    ProposalChanged,
    ReasonMissing,
    locked,
    refuse_self,
    settle,
)
from appraisal.corrections.permissions import PROPOSABLE
from appraisal.corrections.words import ORIGINS
from appraisal.models import AdjustmentRequest, Decision, Period, Scorecard, ScoreLine
from appraisal.periods.workflow import State, WrongState, refusal
from appraisal.scorecards.services import COMPUTE, BadAdjustment, revise
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.jobs.services import AlreadyRunning
from kpi_portal.jobs.services import request as request_job
from kpi_portal.people.models import User
from kpi_portal.people.services import notify


class AlreadyProposed(Conflict):
    """Another proposal for the same line waits for its decision."""

    code = "already_proposed"


def newest_card(period: Period, employee_id: int) -> Scorecard | None:
    """The card that a decision would change: the candidate of a reopened period, else the
    newest revision."""
    rows = Scorecard.objects.filter(period=period, employee_id=employee_id)
    return (
        rows.select_related("period", "version", "employee")
        .prefetch_related("lines__indicator", "segments__version")
        .order_by("-revision")
        .first()
    )


@transaction.atomic
def propose(
    card: Scorecard,
    *,
    line: ScoreLine | None,
    points: Decimal,
    origin: str,
    reason: str,
    by: User,
    at: datetime,
) -> AdjustmentRequest:
    """Propose new points of a line (0 to the rule's cap), or a change of the total.

    The caller has checked can_propose_adjustment. Raises NotAllowed, WrongState,
    ReasonMissing, BadAdjustment, AlreadyProposed.
    """
    if by.employee_id == card.employee_id:
        raise NotAllowed(_("Nobody proposes a change of their own scorecard."))
    _refuse_state(card.period, PROPOSABLE)
    if not reason.strip():
        raise ReasonMissing(_("Say why the points are wrong."), fields={"reason": _("Needed.")})
    if origin not in ORIGINS:
        raise BadAdjustment(_("Choose where the correction comes from."))
    if line is not None and not line.nominal_weight:
        raise BadAdjustment(_("This line has no points of its own. Adjust the total instead."))
    effect = effects.of_adjustment(card, line, points)
    request = AdjustmentRequest(
        period=card.period,
        employee=card.employee,
        indicator=line.indicator if line else None,
        segment=line.segment if line else 1,
        points=points,
        origin=origin,
        reason=reason.strip(),
        effect=effect,
        proposed_by=by,
        proposed_at=at,
    )
    _refuse_second(request)
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        raise _already() from error
    record("adjustment.proposed", request, actor=by, after=_facts(request), reason=reason)
    return request


@transaction.atomic
def approve(pk: int, *, shown: str, by: User, at: datetime, reason: str = "") -> AdjustmentRequest:
    """Approve a proposal at the final that was shown (`shown`, "" for none).

    Published: a further revision at once. Not yet: the period is computed again. The caller has
    checked can_decide_adjustment. Raises NotAllowed, ProposalChanged, WrongState, BadAdjustment.
    """
    request = locked(AdjustmentRequest, pk)
    refuse_self(request, by, {request.employee_id})
    period = Period.objects.select_for_update().get(pk=request.period_id)
    _refuse_state(period, (State.CALCULATED, State.PUBLISHED))
    card = newest_card(period, request.employee_id)
    line = _line(card, request)
    if card is None or (line is None and request.indicator_id is not None):
        raise ProposalChanged(
            _("The scorecard has no such line any more. Refuse the proposal and make a new one.")
        )
    request.effect = effects.of_adjustment(card, line, request.points)
    if (request.effect["final_after"] or "") != shown:
        raise ProposalChanged(_("The effect has changed meanwhile. Look at it again."))
    settle(request, Decision.APPROVED, by=by, at=at, reason=reason)
    if period.state == State.PUBLISHED:
        request.result = revise(
            card,
            line_points={} if line is None else {line.pk: request.points},
            total=effects.ZERO if line else request.points,
            reason=request.reason,
            origin=f"adjustment:{request.pk}",
            proposed_by=request.proposed_by,
            approved_by=by,
            at=at,
        )
    else:
        compute_again(period, by=by, reason=request.reason)
    request.save()
    record("adjustment.approved", request, actor=by, after=_facts(request), reason=reason)
    _tell(request, at)
    return request


@transaction.atomic
def refuse(pk: int, *, by: User, at: datetime, reason: str) -> AdjustmentRequest:
    """Refuse a proposal with a reason. The caller has checked can_decide_adjustment.

    Raises NotAllowed, ProposalChanged, ReasonMissing.
    """
    request = locked(AdjustmentRequest, pk)
    refuse_self(request, by, {request.employee_id})
    settle(request, Decision.REFUSED, by=by, at=at, reason=reason)
    request.save()
    record("adjustment.refused", request, actor=by, reason=reason)
    _tell(request, at)
    return request


@transaction.atomic
def withdraw(pk: int, *, by: User, at: datetime) -> AdjustmentRequest:
    """Take back one's own proposal. Raises NotAllowed, ProposalChanged."""
    request = locked(AdjustmentRequest, pk)
    if request.proposed_by_id != by.pk:
        raise NotAllowed(_("Only who made the proposal withdraws it."))
    request.state, request.decided_at = Decision.WITHDRAWN, at
    request.save()
    record("adjustment.withdrawn", request, actor=by)
    return request


def compute_again(period: Period, *, by: User, reason: str) -> None:
    """Ask for a run of a calculated period, unless one waits or runs already."""
    try:
        with transaction.atomic():
            request_job(COMPUTE, period.code, {"period": period.code, "reason": reason}, by=by)
    except AlreadyRunning:
        return


def _refuse_state(period: Period, states: tuple[State, ...]) -> None:
    if period.state in states:
        return
    if period.state in (State.IN_REVIEW, State.APPROVED):
        raise WrongState(
            _(
                "%(period)s is with the committee. Decide once it is published, or ask for it "
                "to be sent back."
            )
            % {"period": period.code}
        )
    raise WrongState(refusal(period))


def _refuse_second(request: AdjustmentRequest) -> None:
    """The database refuses a second open proposal of a line; of the total it cannot."""
    rows = AdjustmentRequest.objects.filter(
        period=request.period,
        employee=request.employee,
        indicator=request.indicator,
        segment=request.segment,
        state=Decision.PROPOSED,
    )
    if rows.exists():
        raise _already()


def _already() -> AlreadyProposed:
    return AlreadyProposed(_("There is a proposal for this line already. Decide that one first."))


def _line(card: Scorecard | None, request: AdjustmentRequest) -> ScoreLine | None:
    if card is None or request.indicator_id is None:
        return None
    return effects.line_of(card, request.indicator_id, request.segment)


def _facts(request: AdjustmentRequest) -> dict[str, object]:
    return {
        "period": request.period.code,
        "employee": request.employee.number,
        "indicator": request.indicator.code if request.indicator else "",
        "points": request.points,
        **request.effect,
    }


def _tell(request: AdjustmentRequest, at: datetime) -> None:
    notify(
        [request.proposed_by],
        "appraisal.adjustment_decided",
        f"adjustment:{request.pk}:{request.state}",
        params={"period": request.period.code, "employee": request.employee.name},
        url=reverse("appraisal:adjustment", args=[request.pk]),
        at=at,
    )
