"""Departments, positions, employees, and who belonged where and answered to whom, by date."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kpi_portal.core.names import Named

if TYPE_CHECKING:
    from kpi_portal.people.models.accounts import User


class DepartmentQuerySet(models.QuerySet["Department"]):
    def tree_ids(self, **roots: Any) -> set[int]:
        """Ids of the departments that `roots` (a filter) names, and of all below them."""
        parents = dict(Department.objects.values_list("pk", "parent_id"))
        found = set(self.filter(**roots).values_list("pk", flat=True))
        return found | {pk for pk in parents if found.intersection(_above(pk, parents))}


def _above(pk: int, parents: Mapping[int, int | None]) -> set[int]:
    """The departments that `pk` belongs to, over any number of steps."""
    above: set[int] = set()
    parent = parents.get(pk)
    while parent is not None and parent not in above:
        above.add(parent)
        parent = parents.get(parent)
    return above


class Department(Named):
    """A department; departments form a tree."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    head = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="heads",
        verbose_name=_("head"),
    )

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")


class Position(Named):
    """A post, such as online agent or complaint specialist."""

    code = models.CharField(_("code"), max_length=40, unique=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("position")
        verbose_name_plural = _("positions")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def on(self, day: date) -> "AssignmentQuerySet":
        """Those in force on `day`."""
        return self.filter(start_on__lte=day).filter(Q(end_on__isnull=True) | Q(end_on__gt=day))

    def overlapping(self, start: date, end: date) -> "AssignmentQuerySet":
        """Those in force on any day of `[start, end)`."""
        return self.filter(start_on__lt=end).filter(Q(end_on__isnull=True) | Q(end_on__gt=start))


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def appraised(self) -> "EmployeeQuerySet":
        """People, not bots or shared accounts."""
        return self.filter(is_shared=False)

    def visible_to(self, user: "User") -> "EmployeeQuerySet":
        """All for HR, administrators and auditors; for supervisors whom they lead today and who
        works today in the departments that they head; oneself always."""
        if user.has_role("hr", "admin", "auditor"):
            return self.all()
        if user.employee_id is None:
            return self.none()
        if not user.has_role("supervisor"):
            return self.filter(pk=user.employee_id)
        today = timezone.localdate()
        led = Assignment.objects.on(today).filter(
            Q(supervisor_id=user.employee_id)
            | Q(department_id__in=Department.objects.tree_ids(head_id=user.employee_id))
        )
        ids = {user.employee_id, *led.values_list("employee_id", flat=True)}
        return self.filter(pk__in=ids)


class Employee(models.Model):
    """Somebody who works or worked here, or a bot or shared account that answers tickets."""

    number = models.CharField(_("employee no."), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=100)
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_shared = models.BooleanField(
        _("bot or shared account"), default=False, help_text=_("Never appraised.")
    )

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(hired_on__isnull=True)
                | Q(left_on__gte=F("hired_on")),
                name="people_employee_leaves_after_hired",
                violation_error_message=_("The leaving date lies before the hiring date."),
            ),
            models.CheckConstraint(condition=~Q(number=""), name="people_employee_has_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Assignment(models.Model):
    """Where an employee worked and whom they answered to during `[start_on, end_on)`.

    `end_on` empty: until further notice. Two assignments of one employee never overlap.
    """

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="assignments")
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("department"),
    )
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("position"),
    )
    supervisor = models.ForeignKey(
        Employee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supervised",
        verbose_name=_("supervisor"),
    )
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("until (excluded)"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["employee", "start_on"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(fields=["supervisor", "start_on"], name="people_assign_supervisor"),
            models.Index(fields=["department", "start_on"], name="people_assign_department"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "start_on"], name="people_assignment_one_per_start"
            ),
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(end_on__isnull=True),
                name="people_assignment_one_open",
            ),
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gt=F("start_on")),
                name="people_assignment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(supervisor__isnull=True) | ~Q(supervisor=F("employee")),
                name="people_assignment_nobody_supervises_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.department_id} {self.start_on}"


class Leave(models.Model):
    """Recorded absence during `[start_on, end_on)`; its days are no working days."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="leaves")
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("until (excluded)"))
    kind = models.CharField(_("kind"), max_length=40, blank=True)

    class Meta:
        ordering = ["employee", "start_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__gt=F("start_on")),
                name="people_leave_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["employee", "start_on"], name="people_leave_one_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.start_on}"


class Alias(models.Model):
    """A name under which a source knows an employee."""

    source = models.CharField(_("source"), max_length=40)
    text = models.CharField(_("name in the source"), max_length=100)
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ["source", "text"]
        constraints = [
            models.UniqueConstraint(fields=["source", "text"], name="people_alias_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.text}"
