"""Auditors write down why they read somebody's scores; it counts for the period and a while."""

import time

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from appraisal.models import Period
from kpi_portal.audit.services import record
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import person
from kpi_portal.people.models import Role, User

VALID_S = 1800
LONGEST = 1000


class ReasonMissing(NotAllowed):
    """An auditor's program has not said why it reads scores."""

    code = "reason_missing"


def has_reason(request: HttpRequest, period: Period) -> bool:
    """Whether a reason was given in this session within the last half hour."""
    given = request.session.get("score_reasons", {}).get(period.code, 0)
    return bool(time.time() - given < VALID_S)


@transaction.atomic
def give_reason(request: HttpRequest, period: Period, reason: str) -> None:
    """Record the reason in the trail and remember for how long it is good."""
    record("scores.read_by_auditor", period, actor=person(request), reason=reason)
    given = request.session.get("score_reasons", {})
    request.session["score_reasons"] = given | {period.code: time.time()}


@transaction.atomic
def require_stated(user: User, reason: str, of: Period | tuple[str, str]) -> None:
    """What programs do instead: an auditor's call carries its reason, which goes into the trail.

    Nothing is asked of others. Raises ReasonMissing.
    """
    if not user.has_role(Role.AUDITOR) or user.has_role(Role.HR):
        return
    if not reason.strip():
        raise ReasonMissing(_("Auditors state why they read: add ?reason=… to the address."))
    record("scores.read_by_auditor", of, actor=user, reason=reason.strip()[:LONGEST])
