"""Figures that people type in or import, with where they come from."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.visibility import RecordedQuerySet


class RecordedValue(models.Model):
    """A figure that the company measures elsewhere: attendance, training and the like.

    Of one employee or of one department; one per item and day. `value` is in the item's own
    unit. `source` and `evidence` say where it comes from.
    """

    item = models.SlugField(_("item"), max_length=60)
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, related_name="+", verbose_name=_("employee")
    )
    department = models.ForeignKey(
        "people.Department",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("department"),
    )
    effective_on = models.DateField(_("effective on"))
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)
    source = models.CharField(_("source"), max_length=100)
    evidence = models.CharField(_("evidence"), max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = RecordedQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_on", "item", "-id"]
        verbose_name = _("recorded value")
        verbose_name_plural = _("recorded values")
        indexes = [models.Index(fields=["item", "effective_on"], name="surveys_recorded_by_item")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "employee", "effective_on"],
                condition=Q(employee__isnull=False),
                name="surveys_recorded_once_per_employee",
            ),
            models.UniqueConstraint(
                fields=["item", "department", "effective_on"],
                condition=Q(department__isnull=False),
                name="surveys_recorded_once_per_department",
            ),
            models.CheckConstraint(
                condition=Q(employee__isnull=False, department__isnull=True)
                | Q(employee__isnull=True, department__isnull=False),
                name="surveys_recorded_for_one",
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(evidence=""),
                name="surveys_recorded_with_source_and_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.effective_on}"
