"""Order volumes per day: the denominator of complaint rates."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderVolume(models.Model):
    """Orders, refunds and returns of one day and department, and agent where known."""

    day = models.DateField(_("day"))
    department = models.ForeignKey(
        "people.Department", models.PROTECT, related_name="+", verbose_name=_("department")
    )
    agent = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agent"),
    )
    orders = models.PositiveIntegerField(_("orders"))
    refunds = models.PositiveIntegerField(_("refunds"), default=0)
    returns = models.PositiveIntegerField(_("returns"), default=0)

    class Meta:
        ordering = ["day", "department", "agent"]
        verbose_name = _("order volume")
        verbose_name_plural = _("order volumes")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "department", "agent"],
                name="tickets_ordervolume_once_per_agent",
            ),
            models.UniqueConstraint(
                fields=["day", "department"],
                condition=models.Q(agent__isnull=True),
                name="tickets_ordervolume_once_per_department",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.department_id} {self.orders}"
