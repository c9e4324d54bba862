"""Department coefficients typed in by HR: one person sets, another one approves."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.models import DepartmentCoefficient, Period
from appraisal.periods.workflow import State, WrongState, refusal
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.people.models import Department, User

SETTABLE = (State.OPEN, State.COLLECTING, State.CALCULATED)


class BadCoefficient(DomainError):
    """A coefficient out of range or without a reason."""

    code = "bad_coefficient"


@transaction.atomic
def set_coefficient(
    period_id: int,
    department: Department,
    *,
    value: Decimal,
    reason: str,
    by: User,
    at: datetime,
) -> DepartmentCoefficient:
    """Type in the coefficient of a department; it counts once another person has approved it.

    A new value takes the place of the old one and needs a new approval. `value` above 0, at
    most 2, two decimals. The caller has checked can_set_coefficient.
    Raises WrongState, BadCoefficient. Source: 3-scoring.md, "Department coefficient".
    """
    period = _open_period(period_id)
    if not Decimal(0) < value <= Decimal(2) or value != round(value, 2):
        raise BadCoefficient(
            _("A coefficient is above 0 and at most 2, with two decimals."),
            fields={"value": _("Above 0 and at most 2.00.")},
        )
    if not reason.strip():
        raise BadCoefficient(
            _("Say why the coefficient has this value."), fields={"reason": _("Needed.")}
        )
    before = DepartmentCoefficient.objects.filter(period=period, department=department).first()
    coefficient, _made = DepartmentCoefficient.objects.update_or_create(
        period=period,
        department=department,
        defaults={
            "value": value,
            "reason": reason.strip(),
            "set_by": by,
            "set_at": at,
            "approved_by": None,
            "approved_at": None,
        },
    )
    record(
        "coefficient.set",
        coefficient,
        actor=by,
        before={"value": before.value} if before else {},
        after={"period": period.code, "department": department.code, "value": value},
        reason=reason,
    )
    return coefficient


@transaction.atomic
def approve_coefficient(
    coefficient_id: int, *, value: Decimal, by: User, at: datetime
) -> DepartmentCoefficient:
    """Approve a coefficient that somebody else has set, at the `value` that was shown.

    Compare-and-set on value and approval. The caller has checked can_approve_coefficient.
    Raises WrongState, NotAllowed, Conflict.
    """
    coefficient = DepartmentCoefficient.objects.select_related("period").get(pk=coefficient_id)
    _open_period(coefficient.period_id)
    if coefficient.set_by_id == by.pk:
        raise NotAllowed(_("You set this coefficient yourself. Another person approves it."))
    rows = DepartmentCoefficient.objects.filter(
        pk=coefficient_id, value=value, approved_at=None
    ).exclude(set_by=by)
    if not rows.update(approved_by=by, approved_at=at):
        raise Conflict(_("The coefficient was changed or approved meanwhile. Look again."))
    coefficient.refresh_from_db()
    record("coefficient.approved", coefficient, actor=by, after={"value": coefficient.value})
    return coefficient


def _open_period(period_id: int) -> Period:
    period = Period.objects.select_for_update().get(pk=period_id)
    if period.state not in SETTABLE:
        raise WrongState(refusal(period))
    return period
