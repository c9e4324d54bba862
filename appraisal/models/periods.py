"""Appraisal periods and the states that they go through."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from appraisal.models.indicators import Cycle


class Period(models.Model):
    """A month, quarter or year: `[start_on, end_on)` in company time.

    `code` is 2026-10, 2026-Q4 or 2026. `cutoff_on` 00:00 company time is how far a run looks.
    `run_number` counts the runs whose results were switched in: a run that finds another one
    finished meanwhile gives up. A reopened period is calculated again (`reopened_at` set): its
    frozen cards stay current and visible until the next publication. `last_run` is what the
    last one did: {"cards": int, "differences": int, "changed": [[employee id, final before or
    null, final after or null]], "without_scheme": [employee id], "department_cards": int,
    "departments_changed": int}.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("period", "open")
        COLLECTING = "collecting", pgettext_lazy("period", "collecting data")
        CALCULATED = "calculated", pgettext_lazy("period", "calculated")
        IN_REVIEW = "in_review", pgettext_lazy("period", "with the committee")
        APPROVED = "approved", pgettext_lazy("period", "approved")
        PUBLISHED = "published", pgettext_lazy("period", "published")
        CLOSED = "closed", pgettext_lazy("period", "closed")

    code = models.CharField(_("period"), max_length=7, unique=True)
    cycle = models.CharField(_("cycle"), max_length=7, choices=Cycle)
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("until (excluded)"))
    cutoff_on = models.DateField(_("cutoff"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    calculated_at = models.DateTimeField(null=True)
    run_number = models.PositiveIntegerField(default=0)
    last_run = models.JSONField(default=dict)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    appeals_until = models.DateField(_("appeals until"), null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    reopenings = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-start_on", "cycle"]
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "start_on"], name="appraisal_period_once"),
            models.CheckConstraint(
                condition=Q(end_on__gt=F("start_on"), cutoff_on__gte=F("end_on")),
                name="appraisal_period_runs_forward",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "closed"])
                | Q(published_at__isnull=False, decided_at__isnull=False),
                name="appraisal_period_published_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published", "closed"])
                | Q(submitted_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(submitted_by=F("decided_by")),
                name="appraisal_period_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """The period as people say it: 2026年10月, October 2026."""
        year, _dash, part = self.code.partition("-")
        if part.startswith("Q"):
            return gettext("quarter %(quarter)s of %(year)s") % {"year": year, "quarter": part[1:]}
        if part:
            month = date(int(year), int(part), 1)
            return date_format(month, "YEAR_MONTH_FORMAT")
        return pgettext("period", "%(year)s") % {"year": year}

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.end_on - timedelta(days=1)

    @property
    def is_published(self) -> bool:
        return self.state in (self.State.PUBLISHED, self.State.CLOSED)

    @property
    def was_published(self) -> bool:
        """Whether people have seen results of it, also while it is reopened."""
        return self.published_at is not None

    @property
    def is_reopened(self) -> bool:
        """Whether it was published and is on its way to be published again."""
        return self.was_published and not self.is_published


class PeriodRun(models.Model):
    """What one run of a period did, kept so that two runs can be compared.

    `changed` is a list of [employee id, final before or null, final after or null], at most
    compute.LISTED of them; `differences` is their true number. `finals` maps employee ids (as
    text) to the final (decimal string or null).
    """

    period = models.ForeignKey(Period, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(_("run"))
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    cards = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()
    changed = models.JSONField(default=list)
    finals = models.JSONField(default=dict)
    statuses = models.JSONField(default=dict)

    class Meta:
        ordering = ["period", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="appraisal_run_once")
        ]

    def __str__(self) -> str:
        return f"{self.period_id} run {self.number}"


class Reopening(models.Model):
    """A request to compute a published period again: HR asks, a second HR person agrees, the
    committee approves. Source: 4-schemes-periods-results.md, "Late data".

    `revisions` is how many cards got a new revision when it was published again.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("reopening", "requested")
        AGREED = "agreed", pgettext_lazy("reopening", "agreed by HR")
        APPROVED = "approved", pgettext_lazy("reopening", "approved")
        REFUSED = "refused", pgettext_lazy("reopening", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("reopening", "withdrawn")
        DONE = "done", pgettext_lazy("reopening", "published again")

    period = models.ForeignKey(Period, models.PROTECT, related_name="reopening_requests")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED)
    reason = models.TextField(_("reason"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    revisions = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(state__in=["requested", "agreed", "approved"]),
                name="appraisal_reopening_one_live",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("requested_by")),
                name="appraisal_reopening_second_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (
                    ~Q(decided_by=F("requested_by"))
                    & (Q(agreed_by__isnull=True) | ~Q(decided_by=F("agreed_by")))
                ),
                name="appraisal_reopening_third_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"])
                | Q(agreed_by__isnull=False, decided_by__isnull=False),
                name="appraisal_reopening_approved_by_three",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.state}"
