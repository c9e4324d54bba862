"""The company's own settings: one row."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kpi_portal.core.names import Named


class Company(Named):
    """The one company of this installation.

    `month_start_day` d: with d ≤ 15 a month runs from its day d, with d ≥ 16 up to (not
    including) its day d. `settle_days` calendar days pass between a period's end and its cutoff.
    """

    month_start_day = models.PositiveSmallIntegerField(
        _("first day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )
    settle_days = models.PositiveSmallIntegerField(_("days to settle"), default=3)
    appeal_window_days = models.PositiveSmallIntegerField(
        _("working days to appeal"), default=5, validators=[MinValueValidator(1)]
    )
    appeal_never_lowers = models.BooleanField(_("an appeal never lowers the result"), default=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="people_company_only_one"),
            models.CheckConstraint(
                condition=Q(month_start_day__range=(1, 28)),
                name="people_company_month_start",
            ),
        ]
