"""Telling people of schemes: those who decide, those who wrote, everybody who is covered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from appraisal.models import SchemeNotice, SchemeVersion
from appraisal.schemes.addresses import address
from appraisal.schemes.covering import is_newcomer
from appraisal.schemes.permissions import has_a_hand_in
from kpi_portal.audit.services import record
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import Assignment, Role, User
from kpi_portal.people.queries import local_date, users_of, users_with_role
from kpi_portal.people.services import notify

State = SchemeVersion.State


class NotTold(NotAllowed):
    """The version does not cover this person; there is nothing to confirm."""

    code = "scheme_not_told"


def tell_deciders(version: SchemeVersion, *, at: datetime) -> None:
    """The committee members who may decide on a submitted version."""
    members = users_with_role(Role.COMMITTEE)
    _notify(
        (user for user in members if not has_a_hand_in(user, version)),
        "appraisal.scheme_submitted",
        version,
        at=at,
    )


def tell_writers(version: SchemeVersion, kind: str, *, at: datetime) -> None:
    """Author, editors and submitter, of the decision."""
    writers = {user.pk: user for user in version.editors.all()}
    for user in (version.author, version.submitted_by):
        if user is not None:
            writers[user.pk] = user
    _notify(writers.values(), kind, version, at=at)


@transaction.atomic
def tell_covered(version: SchemeVersion, *, at: datetime) -> int:
    """Tell everybody whom an active version covers and who has not been told; how many.

    Also those who join later: run daily for versions in force. Safe to run again.
    """
    told = set(version.notices.values_list("employee_id", flat=True))
    new = covered_ids(version, local_date(at)) - told
    SchemeNotice.objects.bulk_create(
        [SchemeNotice(version=version, employee_id=pk, told_at=at) for pk in sorted(new)],
        ignore_conflicts=True,
        batch_size=500,
    )
    _notify(users_of(new).values(), "appraisal.scheme_active", version, at=at)
    return len(new)


def covered_ids(version: SchemeVersion, today: date) -> set[int]:
    """Employees (no shared accounts) who are or will be covered from today, or its start, on.

    A newcomers' version covers those new enough on that day; a department's everybody in it, as
    their coefficient comes of it.
    """
    since = max(version.effective_from or today, today)
    rows = Assignment.objects.filter(employee__is_shared=False).filter(
        Q(end_on__isnull=True) | Q(end_on__gt=since)
    )
    if version.effective_to is not None:
        rows = rows.filter(start_on__lt=version.effective_to)
    whom = Q(pk__in=[])
    for each in version.coverage.all():
        place = Q(department=each.department_id)
        if each.position_id is not None:
            place &= Q(position=each.position_id)
        whom |= place
    found = rows.filter(whom).values_list("employee_id", "employee__hired_on")
    return {
        employee
        for employee, hired_on in found
        if version.newcomer_months is None or is_newcomer(version, hired_on, since)
    }


@transaction.atomic
def confirm(version: SchemeVersion, user: User, *, at: datetime) -> SchemeNotice:
    """The person confirms having read the version. Safe to run again: the first time counts.

    Raises NotTold.
    """
    notice = version.notices.filter(employee=user.employee_id or 0).first()
    if notice is None:
        raise NotTold(_("This version does not concern you; there is nothing to confirm."))
    claimed = SchemeNotice.objects.filter(pk=notice.pk, confirmed_at=None).update(confirmed_at=at)
    if claimed:
        record("scheme.confirmed", version, actor=user)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def retire_ended(*, at: datetime) -> int:
    """Daily: mark versions whose span is over as retired, tell those newly covered; how many."""
    today = local_date(at)
    ended = SchemeVersion.objects.filter(state=State.ACTIVE, effective_to__lte=today)
    count = 0
    for version in ended:
        version.state = State.RETIRED
        version.save(update_fields=["state"])
        record("scheme.retired", version, actor=None)
        count += 1
    for version in SchemeVersion.objects.filter(state=State.ACTIVE).select_related("scheme"):
        tell_covered(version, at=at)
    return count


def _notify(
    users: Iterable[User], kind: str, version: SchemeVersion, *, at: datetime, **params: Any
) -> None:
    scheme = version.scheme
    notify(
        users,
        kind,
        f"{kind}:{version.pk}:{version.lock}",
        params={"scheme": scheme.name, "number": version.number, **params},
        url=address(version),
        at=at,
    )
