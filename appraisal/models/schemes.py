"""Schemes and their versions. A version never changes once it has been submitted."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appraisal.models.indicators import Cycle, Indicator
from appraisal.models.visibility import VersionQuerySet
from kpi_portal.core.names import Named


class Scheme(Named):
    """An appraisal scheme: a line of versions for one cycle.

    `template` is the key of the published policy that it came from, "" for none. `subject` is
    who is scored: each agent, or a department as a whole on department-level metrics.
    """

    class Subject(models.TextChoices):
        AGENT = "agent", pgettext_lazy("scheme", "each agent")
        DEPARTMENT = "department", pgettext_lazy("scheme", "the department as a whole")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    cycle = models.CharField(_("cycle"), max_length=7, choices=Cycle)
    subject = models.CharField(
        _("who is scored"), max_length=10, choices=Subject, default=Subject.AGENT
    )
    template = models.CharField(_("template"), max_length=40, blank=True)

    class Meta:
        ordering = ["key"]
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")


class SchemeVersion(models.Model):
    """One version: items, bands and settings, in force during `[effective_from, effective_to)`.

    `lock` counts changes in preparation, so that two editors notice each other. `bands`: a list
    of {"key", "name", "lower" (null for the lowest), "bonus_factor", "consequence"}, best first,
    decimals as strings, half-open. `missing_limit` is the percent of nominal weight above which
    a card is *insufficient data*. `min_days` working days below which nobody is assessed.
    `coefficient_table` (mode `table`): a list of {"lower" (null for the lowest), "value"}, best
    first, looked up with the final of the department's own card. `parts`: a list of {"key",
    "names", "share" (percent, "" while blank)}, whose subtotals the card prints. `blend_share` is
    the percent that the recomputed result has in a blend. With `newcomer_months` the version is
    only for those hired less than so many months before the period's first day, and goes before
    the version for everybody.

    From submission on, triggers refuse every change of what it says, of its items and of its
    coverage, and a second version in force for the same people. An empty span (from = to) is a
    version that was replaced before it ever counted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("scheme", "draft")
        SUBMITTED = "submitted", pgettext_lazy("scheme", "submitted")
        REJECTED = "rejected", pgettext_lazy("scheme", "rejected")
        ACTIVE = "active", pgettext_lazy("scheme", "active")
        RETIRED = "retired", pgettext_lazy("scheme", "retired")

    class CoefficientMode(models.TextChoices):
        NONE = "none", pgettext_lazy("coefficient", "none")
        MANUAL = "manual", pgettext_lazy("coefficient", "set by HR")
        TABLE = "table", pgettext_lazy("coefficient", "by the department's own card")

    class Rollup(models.TextChoices):
        RECOMPUTE = "recompute", pgettext_lazy("rollup", "from the records of the whole period")
        AVERAGE = "average", pgettext_lazy("rollup", "mean of the published parts")
        BLEND = "blend", pgettext_lazy("rollup", "a share of each")

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    lock = models.PositiveIntegerField(default=0)
    effective_from = models.DateField(_("in force from"), null=True, blank=True)
    effective_to = models.DateField(_("in force until (excluded)"), null=True, blank=True)
    bands = models.JSONField(_("bands"), default=list)
    maximum = models.DecimalField(_("maximum"), max_digits=6, decimal_places=2, default=100)
    coefficient_mode = models.CharField(
        _("department coefficient"),
        max_length=6,
        choices=CoefficientMode,
        default=CoefficientMode.NONE,
    )
    coefficient_table = models.JSONField(_("coefficient table"), default=list, blank=True)
    rollup = models.CharField(
        _("quarter and year"), max_length=9, choices=Rollup, default=Rollup.RECOMPUTE
    )
    blend_share = models.DecimalField(
        _("share of the recomputed result, %"), max_digits=5, decimal_places=2, default=50
    )
    parts = models.JSONField(_("parts"), default=list, blank=True)
    newcomer_months = models.PositiveSmallIntegerField(
        _("for newcomers of at most so many months"), null=True, blank=True
    )
    missing_limit = models.DecimalField(
        _("limit of missing weight, %"), max_digits=5, decimal_places=2, default=50
    )
    min_days = models.PositiveSmallIntegerField(_("fewest working days"), default=10)
    note = models.TextField(_("note"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    submit_reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    # The operating-system user, where a command approved it instead of the committee.
    approved_on_command_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    # Everybody who ever saved this draft: none of them may approve it.
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["scheme", "-number"]
        verbose_name = _("scheme version")
        verbose_name_plural = _("scheme versions")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"], name="appraisal_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state__in=["draft", "submitted", "rejected"]),
                name="appraisal_version_one_in_preparation",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True)
                | Q(effective_to__gte=F("effective_from"), effective_from__isnull=False),
                name="appraisal_version_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "active", "retired"])
                | Q(effective_from__isnull=False, submitted_at__isnull=False),
                name="appraisal_version_submitted_has_a_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "retired"])
                | (
                    Q(decided_at__isnull=False)
                    & (Q(decided_by__isnull=False) | ~Q(approved_on_command_by=""))
                ),
                name="appraisal_version_active_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (
                    (Q(author__isnull=True) | ~Q(author=F("decided_by")))
                    & (Q(submitted_by__isnull=True) | ~Q(submitted_by=F("decided_by")))
                ),
                name="appraisal_version_decided_by_another",
                violation_error_message=_("Nobody decides on a scheme of their own."),
            ),
            models.CheckConstraint(
                condition=Q(missing_limit__range=(0, 100)),
                name="appraisal_version_missing_limit_in_range",
            ),
            models.CheckConstraint(
                condition=Q(blend_share__range=(0, 100)),
                name="appraisal_version_blend_share_in_range",
            ),
            models.CheckConstraint(
                condition=Q(newcomer_months__isnull=True) | Q(newcomer_months__gt=0),
                name="appraisal_version_newcomer_months_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(maximum__gt=0, maximum__lte=200),
                name="appraisal_version_maximum_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme.label} v{self.number}"

    @property
    def is_editable(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.REJECTED)

    @property
    def is_decided(self) -> bool:
        """Whether it was approved, now or once in force."""
        return self.state in (self.State.ACTIVE, self.State.RETIRED)

    def is_in_force(self, day: date) -> bool:
        """Whether `day` lies in its span; only approved versions have one."""
        if not self.is_decided or self.effective_from is None:
            return False
        return self.effective_from <= day and (
            self.effective_to is None or day < self.effective_to
        )


class Coverage(models.Model):
    """Whom a version covers: a department, optionally only one position in it."""

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="coverage")
    department = models.ForeignKey("people.Department", models.PROTECT, related_name="+")
    position = models.ForeignKey("people.Position", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["version", "department__code", "position__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "department", "position"], name="appraisal_coverage_once"
            ),
            models.UniqueConstraint(
                fields=["version", "department"],
                condition=Q(position__isnull=True),
                name="appraisal_coverage_whole_department_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.department_id}"


class SchemeItem(models.Model):
    """One indicator in a version: how it is measured, scored and weighed.

    `weight` percent, 0 to 100; a draft stands at any total. `params` are all parameters and
    filters of the metric, those of the indicator included; `rule_params` as
    `appraisal.scoring.parse` reads them. A blank to fill before submission is "" or no entry.
    `category` is a key of appraisal.schemes.words.CATEGORIES or the company's own words. `part`
    is the key of one of the version's parts, "" without parts. Items with the rules veto, extra
    and deduction weigh 0.
    """

    class Missing(models.TextChoices):
        REDISTRIBUTE = "redistribute", _("weight goes to the others")
        FULL = "full", _("full marks")
        ZERO = "zero", _("zero")
        DEPARTMENT_MEAN = "department_mean", _("the department's mean points")
        NOT_SCORED = "not_scored", _("no score at all")

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    category = models.CharField(_("category"), max_length=60, blank=True)
    part = models.CharField(_("part"), max_length=40, blank=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    params = models.JSONField(default=dict)
    rule = models.CharField(_("scoring rule"), max_length=20)
    rule_params = models.JSONField(default=dict)
    weight = models.DecimalField(_("weight, %"), max_digits=5, decimal_places=2)
    missing_policy = models.CharField(
        _("without data"), max_length=15, choices=Missing, default=Missing.REDISTRIBUTE
    )
    min_sample = models.PositiveIntegerField(_("smallest sample"), default=10)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="appraisal_item_position_once"
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(0, 100)), name="appraisal_item_weight_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.position}"


class SchemeNotice(models.Model):
    """That somebody covered was told of a version, and when they confirmed reading it."""

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="notices")
    employee = models.ForeignKey("people.Employee", models.CASCADE, related_name="+")
    told_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["version", "employee"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "employee"], name="appraisal_schemenotice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.employee_id}"
