"""Auditors write down why they read somebody's scores; it counts for the period and a while."""

import time

from django.db import transaction
from django.http import HttpRequest

from appraisal.models import Period
from kpi_portal.audit.services import record
from kpi_portal.core.http import person

VALID_S = 1800


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
