"""Leaving records out of indicators: asked for or proposed by one, decided by HR.

Source: 4-schemes-periods-results.md, "Exclusions"; 2-indicators.md, "Excluded records".
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.corrections import effects
from appraisal.corrections.adjusting import compute_again
from appraisal.corrections.deciding import (
    ProposalChanged,
    ReasonMissing,
    locked,
    refuse_self,
    settle,
)
from appraisal.corrections.permissions import concerned_ids, owners_of
from appraisal.metrics import METRICS
from appraisal.models import Decision, Exclusion, Period
from appraisal.periods.workflow import State
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.people.models import Department, User
from kpi_portal.people.queries import users_of
from kpi_portal.people.services import notify
from surveys.models import SatisfactionAnswer
from tickets.models import Ticket

FROZEN = (Period.State.PUBLISHED, Period.State.CLOSED)


class BadExclusion(DomainError):
    """An exclusion of nothing, or of what is left out already."""

    code = "bad_exclusion"


def propose(
    *,
    record_of: Ticket | SatisfactionAnswer | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    channel: str = "",
    department: Department | None = None,
    cause: str,
    metrics: Sequence[str] = (),
    reason: str,
    by: User,
    at: datetime,
) -> Exclusion:
    """Propose leaving out one ticket, one answer, or all records of a span of time.

    `metrics` are keys of METRICS, none meaning all. Who asks for a record of their own is noted
    as the agent who asked. The effect is computed afterwards, outside of the transaction. The
    caller has checked the permission. Raises BadExclusion, ReasonMissing, Conflict.
    """
    exclusion = Exclusion(
        ticket=record_of if isinstance(record_of, Ticket) else None,
        answer=record_of if isinstance(record_of, SatisfactionAnswer) else None,
        starts_at=starts_at,
        ends_at=ends_at,
        channel=channel if record_of is None else "",
        department=department if record_of is None else None,
        cause=cause,
        metrics=sorted(metrics),
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=at,
    )
    _check(exclusion)
    if record_of is not None and by.employee_id in owners_of(record_of):
        exclusion.asked_by_agent = by.employee
    with transaction.atomic():
        exclusion.save()
        record("exclusion.proposed", exclusion, actor=by, after=_facts(exclusion), reason=reason)
    refresh(exclusion, at)
    return exclusion


def refresh(exclusion: Exclusion, at: datetime) -> bool:
    """Compute the effect of an open proposal again and store it; whether it has changed."""
    effect = effects.of_exclusion(exclusion, at)
    if effect == exclusion.effect:
        return False
    exclusion.effect = effect
    Exclusion.objects.filter(pk=exclusion.pk, state=Decision.PROPOSED).update(effect=effect)
    return True


def approve(pk: int, *, by: User, at: datetime, reason: str = "") -> Exclusion:
    """Approve a proposal with the effect that is stored, which the page has shown.

    If that is not the effect any more the new one is stored and ProposalChanged raised. Periods
    that are calculated are computed again; published ones stay as they are until HR has them
    reopened. The caller has checked can_decide_exclusion. Raises NotAllowed, ProposalChanged.
    """
    waiting = Exclusion.objects.select_related("ticket", "answer__ticket").get(pk=pk)
    if waiting.state == Decision.PROPOSED and refresh(waiting, at):
        raise ProposalChanged(_("The effect has changed meanwhile. Look at it again."))
    with transaction.atomic():
        exclusion = locked(Exclusion, pk)
        refuse_self(exclusion, by, concerned_ids(exclusion))
        settle(exclusion, Decision.APPROVED, by=by, at=at, reason=reason)
        exclusion.save()
        for period in effects.touched(exclusion):
            if period.state == State.CALCULATED:
                compute_again(period, by=by, reason=exclusion.reason)
        facts = {**_facts(exclusion), "effect": exclusion.effect}
        record("exclusion.approved", exclusion, actor=by, after=facts, reason=reason)
        _tell(exclusion, at)
    return exclusion


@transaction.atomic
def refuse(pk: int, *, by: User, at: datetime, reason: str) -> Exclusion:
    """Refuse a proposal with a reason. The caller has checked can_decide_exclusion.

    Raises NotAllowed, ProposalChanged, ReasonMissing.
    """
    exclusion = locked(Exclusion, pk)
    refuse_self(exclusion, by, concerned_ids(exclusion))
    settle(exclusion, Decision.REFUSED, by=by, at=at, reason=reason)
    exclusion.save()
    record("exclusion.refused", exclusion, actor=by, reason=reason)
    _tell(exclusion, at)
    return exclusion


@transaction.atomic
def withdraw(pk: int, *, by: User, at: datetime) -> Exclusion:
    """Take back one's own proposal. Raises NotAllowed, ProposalChanged."""
    exclusion = locked(Exclusion, pk)
    if exclusion.proposed_by_id != by.pk:
        raise NotAllowed(_("Only who made the proposal withdraws it."))
    exclusion.state, exclusion.decided_at = Decision.WITHDRAWN, at
    exclusion.save()
    record("exclusion.withdrawn", exclusion, actor=by)
    return exclusion


def _check(exclusion: Exclusion) -> None:
    if not exclusion.reason:
        raise ReasonMissing(
            _("Say why the record should not count."), fields={"reason": _("Needed.")}
        )
    if exclusion.cause not in Exclusion.Cause.values:
        raise BadExclusion(_("Choose a cause."), fields={"cause": _("Needed.")})
    unknown = [key for key in exclusion.metrics if key not in METRICS]
    if unknown:
        raise BadExclusion(_("There is no metric “%(key)s”.") % {"key": unknown[0]})
    if exclusion.ticket is None and exclusion.answer is None:
        _check_span(exclusion)
        return
    same = Exclusion.objects.filter(
        ticket=exclusion.ticket,
        answer=exclusion.answer,
        state__in=[Decision.PROPOSED, Decision.APPROVED],
    )
    if any(_covers(other, exclusion) for other in same):
        raise Conflict(_("This record is left out already, or it has been proposed."))


def _check_span(exclusion: Exclusion) -> None:
    start, end = exclusion.starts_at, exclusion.ends_at
    if start is None or end is None or start >= end:
        raise BadExclusion(
            _("A span of time begins before it ends."),
            fields={"ends_at": _("Later than the beginning.")},
        )


def _covers(other: Exclusion, exclusion: Exclusion) -> bool:
    """Whether `other` leaves out at least what `exclusion` would."""
    return not other.metrics or (
        bool(exclusion.metrics) and set(exclusion.metrics) <= set(other.metrics)
    )


def _facts(exclusion: Exclusion) -> dict[str, object]:
    return {
        "cause": exclusion.cause,
        "metrics": exclusion.metrics,
        "ticket": exclusion.ticket_id,
        "answer": exclusion.answer_id,
        "starts_at": exclusion.starts_at,
        "ends_at": exclusion.ends_at,
        "channel": exclusion.channel,
        "department": exclusion.department.code if exclusion.department else "",
    }


def _tell(exclusion: Exclusion, at: datetime) -> None:
    agent = exclusion.asked_by_agent_id
    asked = users_of([agent]).values() if agent is not None else ()
    notify(
        [exclusion.proposed_by, *asked],
        "appraisal.exclusion_decided",
        f"exclusion:{exclusion.pk}:{exclusion.state}",
        params={},
        url=reverse("appraisal:exclusion", args=[exclusion.pk]),
        at=at,
    )
