"""From draft to in force: submitted, decided by the committee, effective at a period start."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from appraisal.models import Scheme, SchemeVersion
from appraisal.schemes.compare import audit_form
from appraisal.schemes.content import content_of
from appraisal.schemes.guard import (
    NotReady,
    Obstacle,
    content_obstacles,
    overlap_obstacles,
    start_obstacles,
)
from appraisal.schemes.permissions import has_a_hand_in
from appraisal.schemes.services.drafts import EDITABLE, fresh, refusal
from appraisal.schemes.services.notices import tell_covered, tell_deciders, tell_writers
from kpi_portal.audit.services import difference, record
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date

State = SchemeVersion.State
DECIDED = (State.ACTIVE, State.RETIRED)


class AlreadyDecided(Conflict):
    """Somebody else has decided on, or taken back, this version."""

    code = "scheme_already_decided"


class OwnScheme(NotAllowed):
    """Nobody decides on a version that they wrote, edited or submitted (C8)."""

    code = "scheme_own"


@transaction.atomic
def submit(
    version_id: int, *, lock: int, start: date | None, reason: str, by: User | None, at: datetime
) -> SchemeVersion:
    """Hand a draft to the committee, to apply from the period that begins on `start`.

    The caller has checked can_submit. Raises NotReady with every obstacle, DraftChanged,
    NotADraft.
    """
    version = fresh(version_id)
    _check_ready(version, start, reason)
    claimed = SchemeVersion.objects.filter(pk=version_id, lock=lock, state__in=EDITABLE).update(
        state=State.SUBMITTED,
        lock=F("lock") + 1,
        effective_from=start,
        submitted_by=by,
        submitted_at=at,
        submit_reason=reason.strip(),
        decided_by=None,
        decided_at=None,
        decision_reason="",
    )
    version = fresh(version_id)
    if not claimed:
        raise refusal(version)
    if by is not None:
        version.editors.add(by)
    record(
        "scheme.submitted",
        version,
        actor=by,
        after={"effective_from": start, "content": audit_form(content_of(version))},
        reason=reason.strip(),
    )
    tell_deciders(version, at=at)
    return version


@transaction.atomic
def withdraw(version_id: int, *, by: User | None, at: datetime) -> SchemeVersion:
    """Take a submission back; it is a draft again. The caller has checked can_withdraw.

    Raises AlreadyDecided.
    """
    version = _leave_submitted(version_id, state=State.DRAFT)
    record("scheme.withdrawn", version, actor=by)
    return version


@transaction.atomic
def reject(version_id: int, *, reason: str, by: User, at: datetime) -> SchemeVersion:
    """Send a version back to its writers with a reason.

    The caller has checked can_decide; here it counts again. Raises NotReady without a reason,
    OwnScheme, AlreadyDecided.
    """
    _check_reason(reason)
    _check_not_own(version_id, by)
    version = _leave_submitted(
        version_id,
        state=State.REJECTED,
        decided_by=by,
        decided_at=at,
        decision_reason=reason.strip(),
    )
    record("scheme.rejected", version, actor=by, reason=reason.strip())
    tell_writers(version, "appraisal.scheme_rejected", at=at)
    return version


@transaction.atomic
def approve(version_id: int, *, reason: str, by: User, at: datetime) -> SchemeVersion:
    """Put a submitted version into force from its period start and end what it replaces.

    The caller has checked can_decide; here it counts again. The conditional update lets one
    of two simultaneous decisions through, and a trigger refuses overlaps that no query here
    could see. Raises OwnScheme, NotReady, AlreadyDecided.
    """
    _check_reason(reason)
    _check_not_own(version_id, by)
    version = _activate(version_id, at=at, decided_by=by, decision_reason=reason.strip())
    record("scheme.approved", version, actor=by, after=_approval(version), reason=reason.strip())
    tell_writers(version, "appraisal.scheme_approved", at=at)
    return version


@transaction.atomic
def activate_by_command(
    version_id: int, *, start: date, system_user: str, at: datetime
) -> SchemeVersion:
    """Submit and approve in one go, on record as approved on command by `system_user`.

    For installations and demos; pages never call it. Raises NotReady, NotADraft.
    """
    reason = _("Approved on command by the system user %(name)s.") % {"name": system_user}
    version = SchemeVersion.objects.get(pk=version_id)
    submit(version_id, lock=version.lock, start=start, reason=reason, by=None, at=at)
    version = _activate(
        version_id,
        at=at,
        decided_by=None,
        decision_reason=reason,
        approved_on_command_by=system_user,
    )
    record("scheme.approved", version, actor=None, after=_approval(version), reason=reason)
    return version


def _activate(version_id: int, *, at: datetime, **decision: Any) -> SchemeVersion:
    version = fresh(version_id)
    Scheme.objects.select_for_update().get(pk=version.scheme_id)
    if version.state != State.SUBMITTED:
        raise _decided(version)
    start = version.effective_from
    obstacles = [
        *content_obstacles(content_of(version), version.scheme),
        *_start_problems(version, start),
    ]
    if obstacles or start is None:
        raise NotReady(obstacles)
    _end_former(version, start, today=local_date(at))
    claimed = _claim(version_id, decided_at=at, **decision)
    version = fresh(version_id)
    if not claimed:
        raise _decided(version)
    tell_covered(version, at=at)
    return version


def _claim(version_id: int, **decision: Any) -> int:
    """Make the submitted version active; how many rows that was. Raises NotReady.

    The guard trigger refuses what another transaction has put into force meanwhile.
    """
    try:
        with transaction.atomic():
            return SchemeVersion.objects.filter(pk=version_id, state=State.SUBMITTED).update(
                state=State.ACTIVE, lock=F("lock") + 1, **decision
            )
    except IntegrityError as error:
        text = _("Another scheme that covers the same people has just come into force.")
        raise NotReady([Obstacle("coverage", text)]) from error


def _end_former(version: SchemeVersion, start: date, *, today: date) -> None:
    """End the scheme's versions in force at `start`; later ones never count at all."""
    former = version.scheme.versions.filter(state__in=DECIDED).filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=start)
    )
    for each in former:
        since = each.effective_from or start
        each.effective_to = max(start, since)
        if each.effective_to <= max(today, since):
            each.state = State.RETIRED
        each.save(update_fields=["effective_to", "state"])
        record("scheme.ended", each, actor=None, after={"effective_to": each.effective_to})


def _leave_submitted(version_id: int, **fields: Any) -> SchemeVersion:
    claimed = SchemeVersion.objects.filter(pk=version_id, state=State.SUBMITTED).update(
        lock=F("lock") + 1, **fields
    )
    version = fresh(version_id)
    if not claimed:
        raise _decided(version)
    return version


def _decided(version: SchemeVersion) -> AlreadyDecided:
    return AlreadyDecided(
        _("This version is no longer waiting for a decision: it is %(state)s.")
        % {"state": version.get_state_display()}
    )


def _check_ready(version: SchemeVersion, start: date | None, reason: str) -> None:
    obstacles = [
        *content_obstacles(content_of(version), version.scheme),
        *_start_problems(version, start),
    ]
    if not reason.strip():
        obstacles.append(Obstacle("reason", _("Say why this version is needed.")))
    if obstacles:
        raise NotReady(obstacles)


def _obstacles(version: SchemeVersion, start: date | None) -> Iterable[Obstacle]:
    yield from content_obstacles(content_of(version), version.scheme)
    yield from _start_problems(version, start)


def _start_problems(version: SchemeVersion, start: date | None) -> Iterable[Obstacle]:
    cycle = version.scheme.cycle
    obstacles = start_obstacles(cycle, start)
    if obstacles or start is None:
        return obstacles
    return overlap_obstacles(content_of(version), version.scheme, start)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotReady([Obstacle("reason", _("Say why you decide so."))])


def _check_not_own(version_id: int, by: User) -> None:
    version = SchemeVersion.objects.prefetch_related("editors").get(pk=version_id)
    if has_a_hand_in(by, version):
        raise OwnScheme(_("You have worked on this version; somebody else has to decide on it."))


def _approval(version: SchemeVersion) -> dict[str, Any]:
    """What the approval changed, for the trail: against the version decided before."""
    former = (
        version.scheme.versions.filter(state__in=DECIDED, number__lt=version.number)
        .order_by("-number")
        .first()
    )
    before = audit_form(content_of(former)) if former else {}
    old, new = difference(before, audit_form(content_of(version)))
    return {
        "effective_from": version.effective_from,
        "replaces": former.number if former else None,
        "changed_from": old,
        "changed_to": new,
    }
