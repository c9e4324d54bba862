"""Typing values in, correcting and removing them. Each leaves its trace."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError
from kpi_portal.people.models import Department, Employee, User
from surveys.models import RecordedValue

PLACES = Decimal("0.0001")


class AlreadyRecorded(Conflict):
    """There is a value of this item, of this one and this day."""

    code = "already_recorded"


class ReasonMissing(DomainError):
    """A change of a recorded value says why."""

    code = "reason_missing"
    status = 422


def _seen(value: RecordedValue) -> dict[str, Any]:
    """What the trail keeps of a value."""
    return {
        "item": value.item,
        "value": str(value.value),
        "effective_on": value.effective_on,
        "employee": value.employee.number if value.employee else "",
        "department": value.department.code if value.department else "",
        "source": value.source,
        "evidence": value.evidence,
    }


@transaction.atomic
def add_value(
    *,
    item: str,
    whom: Employee | Department,
    effective_on: date,
    value: Decimal,
    source: str,
    evidence: str,
    by: User,
    at: datetime,
) -> RecordedValue:
    """Record a value. The caller has checked `can_record_for`. Raises AlreadyRecorded."""
    owner = "employee" if isinstance(whom, Employee) else "department"
    try:
        with transaction.atomic():
            made = RecordedValue.objects.create(
                item=item, effective_on=effective_on, value=value, source=source,
                evidence=evidence, recorded_by=by, recorded_at=at, **{owner: whom},
            )  # fmt: skip
    except IntegrityError:
        raise AlreadyRecorded(
            _("There is a value of this item for this day already. Correct that one.")
        ) from None
    record("recorded_value.added", made, actor=by, after=_seen(made))
    return made


@transaction.atomic
def correct_value(
    recorded: RecordedValue, *, value: Decimal, source: str, evidence: str, reason: str,
    by: User, at: datetime,
) -> RecordedValue:  # fmt: skip
    """Put another value in place. The caller has checked `can_change`. Raises ReasonMissing."""
    _require(reason)
    locked = RecordedValue.objects.select_for_update(of=("self",)).get(pk=recorded.pk)
    before = _seen(locked)
    locked.value = value.quantize(PLACES)
    locked.source, locked.evidence = source, evidence
    locked.recorded_by, locked.recorded_at = by, at
    locked.save()
    record(
        "recorded_value.corrected", locked, actor=by, before=before, after=_seen(locked),
        reason=reason,
    )  # fmt: skip
    return locked


@transaction.atomic
def remove_value(recorded: RecordedValue, *, reason: str, by: User) -> None:
    """Take a value back. The caller has checked `can_change`. Raises ReasonMissing."""
    _require(reason)
    record("recorded_value.removed", recorded, actor=by, before=_seen(recorded), reason=reason)
    recorded.delete()


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("Say why the value is changed."))
