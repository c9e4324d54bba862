"""The company's indicator library: metrics with names, parameters and usual targets."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpi_portal.core.names import Named


class Cycle(models.TextChoices):
    """How long an appraisal period lasts."""

    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")


class Indicator(Named):
    """An indicator that schemes can use.

    `metric` is a key of appraisal.metrics.METRICS; `params` its parameters and filters
    (strings), e.g. {"threshold": "60", "channel": "chat"}. `target` in the metric's unit.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    metric = models.CharField(_("metric"), max_length=40)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    target = models.DecimalField(
        _("usual target"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
