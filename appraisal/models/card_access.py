"""Which scorecards a person may see: rows 1 to 8 of the permission matrix, as one filter."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from appraisal.hooks import case_card_ids
from kpi_portal.people.models import Assignment, Role, User
from kpi_portal.people.queries import headed_department_ids

if TYPE_CHECKING:
    from appraisal.models.scorecards import (  # noqa: F401  named in the base classes
        DepartmentCard,
        Scorecard,
    )

PUBLISHED = Q(frozen_at__isnull=False)
"""Frozen at publication. It stays so while its period is reopened: what was published is seen."""
IN_REVIEW = Q(period__state="in_review")
NOTHING = Q(pk__in=[])


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    """Scorecards, newest period first."""

    def current(self) -> "ScorecardQuerySet":
        """The revision of each card that counts; candidates of a reopened period do not."""
        return self.filter(is_current=True)

    def published(self) -> "ScorecardQuerySet":
        return self.filter(PUBLISHED)

    def of_others(self, user: User) -> "ScorecardQuerySet":
        """All but the user's own."""
        if user.employee_id is None:
            return self
        return self.exclude(employee_id=user.employee_id)

    def visible_to(self, user: User) -> "ScorecardQuerySet":
        """Own cards from publication on, and those that a role opens; never a peer's.

        Before publication nobody sees their own, whatever else they may see.
        Source: 9-promises.md section 4, rows 1 to 8.
        """
        if not user.is_active or not user.roles:
            return self.none()
        return self.filter(_own(user) | (_others(user) & ~_mine(user)))


class DepartmentCardQuerySet(models.QuerySet["DepartmentCard"]):
    """Departments' own cards, newest period first."""

    def current(self) -> "DepartmentCardQuerySet":
        """The revision of each card that counts."""
        return self.filter(is_current=True)

    def visible_to(self, user: User) -> "DepartmentCardQuerySet":
        """HR: all. The committee: in review, and what is published. Auditors: what is published.
        Heads: those of their departments, from publication on, as everybody their own.

        Source: 4-schemes-periods-results.md, "Scorecard".
        """
        if not user.is_active or not user.roles:
            return self.none()
        if user.has_role(Role.HR):
            return self.all()
        seen = NOTHING
        if user.has_role(Role.COMMITTEE):
            seen |= IN_REVIEW | PUBLISHED
        if user.has_role(Role.AUDITOR):
            seen |= PUBLISHED
        if user.employee_id is not None and (departments := headed_department_ids(user)):
            seen |= Q(department_id__in=departments) & PUBLISHED
        return self.filter(seen)


def _mine(user: User) -> Q:
    return NOTHING if user.employee_id is None else Q(employee_id=user.employee_id)


def _own(user: User) -> Q:
    """Row 3. An auditor's role alone opens no own card."""
    if user.employee_id is None or user.roles == {Role.AUDITOR}:
        return NOTHING
    return Q(employee_id=user.employee_id) & PUBLISHED


def _others(user: User) -> Q:
    """Rows 4 to 8: the team, the department, or everybody, by role and state."""
    if user.has_role(Role.HR):
        return Q()
    seen = NOTHING | _led(user) | _headed(user)
    if user.has_role(Role.COMMITTEE):
        seen |= IN_REVIEW
    if user.has_role(Role.AUDITOR):
        seen |= PUBLISHED
    cases = case_card_ids(user)
    return seen | Q(pk__in=cases) if cases else seen


def _led(user: User) -> Q:
    """Those whom the user supervised on any day of the card's period."""
    if user.employee_id is None or not user.has_role(Role.SUPERVISOR):
        return NOTHING
    led = Assignment.objects.filter(
        employee_id=OuterRef("employee_id"),
        supervisor_id=user.employee_id,
        start_on__lt=OuterRef("period__end_on"),
    ).filter(Q(end_on__isnull=True) | Q(end_on__gt=OuterRef("period__start_on")))
    return Q(supervisor_id=user.employee_id) | Q(Exists(led))


def _headed(user: User) -> Q:
    """Those in a department that the user heads, or in one below it."""
    if user.employee_id is None:
        return NOTHING
    departments = headed_department_ids(user)
    return Q(department_id__in=departments) if departments else NOTHING
