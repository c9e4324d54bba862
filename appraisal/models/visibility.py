"""Which scheme versions a person may see: rows 10 and 11 of the permission matrix."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from kpi_portal.people.models import Assignment, Role, User
from kpi_portal.people.queries import headed_department_ids, local_date

if TYPE_CHECKING:
    from appraisal.models.schemes import SchemeVersion  # noqa: F401  named in the base class

IN_PREPARATION = ("draft", "rejected")
DECIDED = ("active", "retired")
FOR_EVER = date(9999, 12, 31)


class VersionQuerySet(models.QuerySet["SchemeVersion"]):
    """Scheme versions, by what is in force and by who asks."""

    def in_force(self, day: date) -> VersionQuerySet:
        """Approved versions whose span `[effective_from, effective_to)` holds `day`."""
        return self.filter(state__in=DECIDED, effective_from__lte=day).filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=day)
        )

    def visible_to(self, user: User) -> VersionQuerySet:
        """Each version once.

        HR and auditors: all. Committee: all but what is still being drafted. Admins: what was
        approved. Supervisors and heads: what covers the departments that they may propose for,
        and what was in force for people they led. Everybody: what was in force for themselves,
        and what they wrote.
        """
        if user.has_role(Role.HR, Role.AUDITOR):
            return self
        visible = Q(author=user.pk) | Q(Exists(self._edited_by(user)))
        if user.has_role(Role.COMMITTEE):
            visible |= ~Q(state__in=IN_PREPARATION)
        if user.has_role(Role.ADMIN):
            visible |= Q(state__in=DECIDED)
        if user.employee_id is not None:
            who = Q(employee=user.employee_id)
            if user.has_role(Role.SUPERVISOR):
                who |= Q(supervisor=user.employee_id)
            people = Assignment.objects.filter(who)
            visible |= Q(state__in=DECIDED) & Q(Exists(_covering(people)))
            departments = proposed_department_ids(user)
            if departments:
                visible |= Q(Exists(_coverage().filter(department__in=departments)))
        return self.filter(visible)

    def _edited_by(self, user: User) -> models.QuerySet[Any]:
        edits: models.QuerySet[Any] = self.model.editors.through._default_manager.all()
        return edits.filter(schemeversion=OuterRef("pk"), user=user.pk)


def proposed_department_ids(user: User) -> set[int]:
    """Departments whose schemes the user may propose.

    Those in which they lead somebody today, and those that they head, with their children.
    Empty without the supervisor role.
    """
    if user.employee_id is None or not user.has_role(Role.SUPERVISOR):
        return set()
    led = Assignment.objects.on(local_date(timezone.now())).filter(supervisor=user.employee_id)
    return headed_department_ids(user) | set(led.values_list("department_id", flat=True))


def _coverage() -> models.QuerySet[Any]:
    """Coverage of the version at hand."""
    model = apps.get_model("appraisal", "Coverage")
    return model._default_manager.filter(version=OuterRef("pk"))


def _covering(people: models.QuerySet[Assignment]) -> models.QuerySet[Any]:
    """Coverage of the version at hand under which one of `people` fell in its span."""
    end = Coalesce(OuterRef("version__effective_to"), Value(FOR_EVER))
    held = people.filter(
        Q(end_on__isnull=True) | Q(end_on__gt=OuterRef("version__effective_from")),
        department=OuterRef("department"),
        start_on__lt=end,
    )
    return _coverage().filter(
        Q(Exists(held)) & Q(position__isnull=True)
        | Q(Exists(held.filter(position=OuterRef("position"))))
    )
