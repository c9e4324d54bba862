"""The working calendar: statutory holidays, make-up workdays, the company's own days."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkCalendarDay(models.Model):
    """One day that the calendar says something about; others follow the week.

    `is_provisional` marks a year that the State Council has not announced yet.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("statutory holiday")
        MAKEUP = "makeup", _("make-up workday")
        COMPANY = "company", _("company day")

    day = models.DateField(_("day"), unique=True)
    is_workday = models.BooleanField(_("working day"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=60, blank=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
