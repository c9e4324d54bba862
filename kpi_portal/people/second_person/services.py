"""Asking a second person, deciding, withdrawing, using a permission."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.people.models import SecondPersonRequest, User
from kpi_portal.people.second_person import permissions
from kpi_portal.people.second_person.acts import act_of, all_acts
from kpi_portal.people.services.notices import notify

State = SecondPersonRequest.State
GOOD_FOR = timedelta(hours=24)


class ReasonNeeded(DomainError):
    """Asked or refused without saying why."""

    code = "reason_missing"


class AskedAlready(Conflict):
    """The same person has asked for the same already."""

    code = "second_person_asked"


@transaction.atomic
def ask(
    act: str,
    about: str,
    *,
    reason: str,
    by: User,
    at: datetime,
    params: Mapping[str, Any] | None = None,
) -> SecondPersonRequest:
    """Ask a second person to approve an act; the caller has checked that `by` may ask.

    Raises ReasonNeeded, AskedAlready.
    """
    if not reason.strip():
        raise ReasonNeeded(
            _("Say why, so that the second person can decide."), fields={"reason": _("Needed.")}
        )
    request = SecondPersonRequest(
        act=all_acts()[act].key,
        about=about,
        params=dict(params or {}),
        reason=reason.strip(),
        asked_by=by,
        asked_at=at,
    )
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        raise AskedAlready(
            _("You have asked for this already. It waits for the second person.")
        ) from error
    record("second_person.asked", request, actor=by, after=_facts(request), reason=reason)
    return request


@transaction.atomic
def approve(pk: int, *, by: User, at: datetime, reason: str = "") -> SecondPersonRequest:
    """Approve; what the portal can do itself is done at once, else who asked may do it once.

    Raises NotAllowed, Conflict, and whatever the act refuses.
    """
    request = _locked(pk, by)
    act = act_of(request)
    request.state = State.APPROVED if act.carry_out is None else State.USED
    request.decided_by, request.decided_at, request.decision_reason = by, at, reason.strip()
    if act.carry_out is None:
        request.good_until = at + GOOD_FOR
    else:
        request.used_at = at
    request.save()
    record("second_person.approved", request, actor=by, after=_facts(request), reason=reason)
    if act.carry_out is not None:
        act.carry_out(request, by, at)
    _tell(request, at)
    return request


@transaction.atomic
def refuse(pk: int, *, by: User, at: datetime, reason: str) -> SecondPersonRequest:
    """Refuse with a reason. Raises NotAllowed, Conflict, ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded(_("Say why you refuse."), fields={"reason": _("Needed.")})
    request = _locked(pk, by)
    request.state = State.REFUSED
    request.decided_by, request.decided_at, request.decision_reason = by, at, reason.strip()
    request.save()
    record("second_person.refused", request, actor=by, after=_facts(request), reason=reason)
    _tell(request, at)
    return request


@transaction.atomic
def withdraw(pk: int, *, by: User) -> None:
    """Take one's own request back. Raises NotAllowed, Conflict."""
    request = SecondPersonRequest.objects.select_for_update().get(pk=pk)
    if request.asked_by_id != by.pk:
        raise NotAllowed(_("Only who asked can withdraw the request."))
    _refuse_decided(request)
    request.state = State.WITHDRAWN
    request.save(update_fields=["state"])
    record("second_person.withdrawn", request, actor=by, after=_facts(request))


def use(request: SecondPersonRequest, at: datetime) -> None:
    """Mark a permission as used, in the transaction of the act. Raises Conflict if it was."""
    rows = SecondPersonRequest.objects.filter(pk=request.pk, state=State.APPROVED)
    if not rows.update(state=State.USED, used_at=at):
        raise Conflict(_("This permission has been used already. Ask again."))


def _locked(pk: int, by: User) -> SecondPersonRequest:
    request = SecondPersonRequest.objects.select_for_update().get(pk=pk)
    _refuse_decided(request)
    if not permissions.can_decide(by, request):
        raise NotAllowed(_("This request is for another person to decide."))
    return request


def _refuse_decided(request: SecondPersonRequest) -> None:
    if request.state != State.ASKED:
        raise Conflict(_("This request has been decided or withdrawn meanwhile."))


def _tell(request: SecondPersonRequest, at: datetime) -> None:
    notify(
        [request.asked_by],
        "people.second_person_decided",
        f"second-person:{request.pk}",
        params={},
        url=reverse("people:second_person", args=[request.pk]),
        at=at,
    )


def _facts(request: SecondPersonRequest) -> dict[str, Any]:
    return {"act": request.act, "about": request.about, "state": request.state}
