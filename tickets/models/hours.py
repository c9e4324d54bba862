"""Service hours: when customers are served, per department and channel."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.tickets import Ticket

MINUTES = 24 * 60


class ServiceHours(models.Model):
    """One span of service on a kind of day: `[opens, closes)` in minutes after midnight, company
    time. Several spans of one day do not overlap (held by the service).

    `department` None is any department, `channel` "" any channel. For a kind of day the nearest
    rows count: department and channel, department, channel, company. Without any, working days
    are 09:00 to 18:00, other days closed.
    """

    class Days(models.TextChoices):
        WORKDAY = "workday", pgettext_lazy("service hours", "working days")
        WEEKEND = "weekend", pgettext_lazy("service hours", "weekends")
        HOLIDAY = "holiday", pgettext_lazy("service hours", "holidays")

    department = models.ForeignKey(
        "people.Department",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Ticket.Channel, blank=True)
    days = models.CharField(_("days"), max_length=7, choices=Days)
    opens = models.PositiveSmallIntegerField(_("opens"))
    closes = models.PositiveSmallIntegerField(_("closes"))

    class Meta:
        ordering = ["department", "channel", "days", "opens"]
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "channel", "days", "opens"],
                name="tickets_servicehours_once",
            ),
            models.UniqueConstraint(
                fields=["channel", "days", "opens"],
                condition=Q(department__isnull=True),
                name="tickets_servicehours_once_for_the_company",
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens"), closes__lte=MINUTES),
                name="tickets_servicehours_within_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} {self.opens}-{self.closes}"
