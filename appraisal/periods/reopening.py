"""Computing a published period again: HR asks, a second HR person agrees, the committee approves.

The period goes back to *calculated*. What is published stays current and visible; the next
publication freezes candidates for exactly those whose numbers changed.
Source: 4-schemes-periods-results.md, "Late data".
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from appraisal.models import Period, Reopening
from appraisal.periods.workflow import WrongState, move, refusal
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.people.models import User

LIVE = (Reopening.State.REQUESTED, Reopening.State.AGREED, Reopening.State.APPROVED)


class ReasonMissing(DomainError):
    """A reopening was asked for, or refused, without saying why."""

    code = "reason_missing"


class AlreadyRequested(Conflict):
    """Somebody asked for the same period, and it is not decided yet."""

    code = "reopening_already_requested"


class AlreadyDecided(Conflict):
    """The request has moved on since it was shown."""

    code = "reopening_already_decided"


@transaction.atomic
def request(period_id: int, *, reason: str, by: User, at: datetime) -> Reopening:
    """Ask for a published or closed period to be computed again.

    The caller has checked can_request_reopening. Raises WrongState, ReasonMissing,
    AlreadyRequested.
    """
    period = Period.objects.select_for_update().get(pk=period_id)
    if not period.is_published:
        raise WrongState(refusal(period))
    text = _reason(reason, _("Say why the period has to be computed again."))
    try:
        with transaction.atomic():
            found = Reopening.objects.create(
                period=period, reason=text, requested_by=by, requested_at=at
            )
    except IntegrityError as error:
        raise AlreadyRequested(
            _("Reopening %(period)s has been asked for already.") % {"period": period.code}
        ) from error
    record("period.reopening_requested", period, actor=by, reason=text)
    return found


@transaction.atomic
def agree(reopening_id: int, *, by: User, at: datetime) -> Reopening:
    """The second person of HR agrees. The caller has checked can_agree_to_reopening.

    Raises NotAllowed, AlreadyDecided.
    """
    found = _locked(reopening_id)
    if found.requested_by_id == by.pk:
        raise NotAllowed(_("You asked for this yourself. Another person of HR agrees."))
    _move(found, (Reopening.State.REQUESTED,), Reopening.State.AGREED, agreed_by=by, agreed_at=at)
    record("period.reopening_agreed", found.period, actor=by)
    return found


@transaction.atomic
def approve(reopening_id: int, *, by: User, at: datetime, reason: str = "") -> Reopening:
    """The committee approves: the period is calculated again from now on.

    The caller has checked can_decide_reopening. Raises NotAllowed, AlreadyDecided, WrongState.
    """
    found = _locked(reopening_id)
    _refuse_earlier_hand(found, by)
    _move(
        found,
        (Reopening.State.AGREED,),
        Reopening.State.APPROVED,
        decided_by=by,
        decided_at=at,
        decision_reason=reason.strip(),
    )
    period = found.period
    move(
        period,
        "reopen",
        reopened_at=at,
        reopenings=F("reopenings") + 1,
        closed_at=None,
        submitted_by=None,
        submitted_at=None,
        decision_reason="",
    )
    record("period.reopened", period, actor=by, reason=found.reason)
    return found


@transaction.atomic
def refuse(reopening_id: int, *, by: User, at: datetime, reason: str) -> Reopening:
    """The committee refuses, with a reason. The caller has checked can_decide_reopening.

    Raises NotAllowed, ReasonMissing, AlreadyDecided.
    """
    found = _locked(reopening_id)
    _refuse_earlier_hand(found, by)
    text = _reason(reason, _("Say why the period is not reopened."))
    _move(
        found,
        (Reopening.State.REQUESTED, Reopening.State.AGREED),
        Reopening.State.REFUSED,
        decided_by=by,
        decided_at=at,
        decision_reason=text,
    )
    record("period.reopening_refused", found.period, actor=by, reason=text)
    return found


@transaction.atomic
def withdraw(reopening_id: int, *, by: User, at: datetime) -> Reopening:
    """HR takes the request back before the committee has decided.

    The caller has checked can_withdraw_reopening. Raises AlreadyDecided.
    """
    found = _locked(reopening_id)
    _move(
        found,
        (Reopening.State.REQUESTED, Reopening.State.AGREED),
        Reopening.State.WITHDRAWN,
    )
    record("period.reopening_withdrawn", found.period, actor=by)
    return found


def finish(period: Period, *, revisions: int) -> None:
    """Note that a reopened period was published again, with so many revisions."""
    rows = Reopening.objects.filter(period=period, state=Reopening.State.APPROVED)
    rows.update(state=Reopening.State.DONE, revisions=revisions)


def is_live(reopening: Reopening) -> bool:
    return reopening.state in LIVE


def _locked(reopening_id: int) -> Reopening:
    rows = Reopening.objects.select_for_update(of=("self",)).select_related("period")
    return rows.get(pk=reopening_id)


def _refuse_earlier_hand(found: Reopening, by: User) -> None:
    if by.pk in (found.requested_by_id, found.agreed_by_id):
        raise NotAllowed(_("You asked for this or agreed to it. Another person decides."))


def _move(found: Reopening, sources: tuple[str, ...], target: str, **changes: Any) -> None:
    rows = Reopening.objects.filter(pk=found.pk, state__in=sources)
    if not rows.update(state=target, **changes):
        raise AlreadyDecided(_("This request was decided meanwhile. Look again."))
    found.refresh_from_db()


def _reason(text: str, message: str) -> str:
    if not text.strip():
        raise ReasonMissing(message, fields={"reason": _("A reason is needed.")})
    return text.strip()
