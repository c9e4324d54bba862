"""Scorecards, their lines, and what was changed about them afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.models.card_access import ScorecardQuerySet
from appraisal.models.periods import Period
from appraisal.models.schemes import SchemeVersion


class Scorecard(models.Model):
    """One employee's result of one period, in one revision.

    Before publication a run replaces revision 1 as a whole. From publication on (`frozen_at`)
    database triggers refuse every change of its numbers and its deletion: a correction is a
    further revision, and only `is_current` moves. Points have two decimals. `final` is None
    unless `status` is scored or insufficient; `band` only with scored.
    """

    class Status(models.TextChoices):
        SCORED = "scored", _("scored")
        INSUFFICIENT = "insufficient", _("insufficient data")
        NOT_ASSESSED = "not_assessed", _("not assessed")
        NOT_SCORED = "not_scored", _("not scored")

    period = models.ForeignKey(Period, models.PROTECT, related_name="scorecards")
    employee = models.ForeignKey("people.Employee", models.PROTECT, related_name="scorecards")
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    is_current = models.BooleanField(default=True)
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="scorecards")
    # Where the employee stood at the end of the period (or of their time in it).
    department = models.ForeignKey("people.Department", models.PROTECT, related_name="+")
    position = models.ForeignKey("people.Position", models.PROTECT, null=True, related_name="+")
    supervisor = models.ForeignKey("people.Employee", models.PROTECT, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=Status)
    working_days = models.PositiveSmallIntegerField(_("working days"))
    subtotal = models.DecimalField(_("subtotal"), max_digits=7, decimal_places=2, null=True)
    coefficient = models.DecimalField(
        _("department coefficient"), max_digits=5, decimal_places=2, default=1
    )
    extra = models.DecimalField(_("extra points"), max_digits=6, decimal_places=2, default=0)
    deduction = models.DecimalField(_("deduction"), max_digits=6, decimal_places=2, default=0)
    adjusted = models.DecimalField(
        _("adjusted by"),
        max_digits=6,
        decimal_places=2,
        default=0,
        help_text=_("Total adjustments, in points of the final."),
    )
    final = models.DecimalField(_("final"), max_digits=7, decimal_places=2, null=True)
    band = models.CharField(_("band"), max_length=40, blank=True)
    cutoff = models.DateTimeField(_("cutoff"))
    engine = models.CharField(max_length=10)
    computed_at = models.DateTimeField()
    reason = models.TextField(_("reason of the revision"), blank=True)
    origin = models.CharField(_("origin"), max_length=40, blank=True)
    inputs_hash = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["-period__start_on", "employee__number", "-revision"]
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        indexes = [
            models.Index(fields=["employee", "is_current"], name="appraisal_card_employee"),
            models.Index(fields=["period", "department"], name="appraisal_card_department"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "employee", "revision"], name="appraisal_card_revision_once"
            ),
            models.UniqueConstraint(
                fields=["period", "employee"],
                condition=Q(is_current=True),
                name="appraisal_card_one_current",
            ),
            models.CheckConstraint(
                condition=Q(status="scored", final__isnull=False, subtotal__isnull=False)
                | Q(status="insufficient")
                | Q(status__in=["not_assessed", "not_scored"], final__isnull=True),
                name="appraisal_card_scored_has_a_final",
            ),
            models.CheckConstraint(
                condition=Q(band="") | Q(status="scored"), name="appraisal_card_band_if_scored"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.employee_id} r{self.revision}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class ScoreLine(models.Model):
    """One indicator on one card, with everything needed to compute it again by hand.

    `value` four decimals in the metric's unit; `numerator` and `denominator` exact, as text.
    `params` and `rule_params` are copies of the scheme item's. `context` holds what the rule
    took from outside: {"baseline", "previous"}, decimal strings or null. `decided` are points
    that an approved adjustment put in place of the computed ones; `adjustment` is how far that
    moved them. `explanation` is a list of {"key", "params"}.
    """

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=60, blank=True)
    indicator = models.ForeignKey("appraisal.Indicator", models.PROTECT, related_name="+")
    metric = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    numerator = models.CharField(max_length=40, default="0")
    denominator = models.CharField(max_length=40, default="0")
    sample = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    left_out_reasons = models.JSONField(default=dict)
    rule = models.CharField(max_length=20)
    rule_params = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    min_sample = models.PositiveIntegerField(default=0)
    missing_policy = models.CharField(max_length=12)
    is_missing = models.BooleanField(default=False)
    decided = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    adjustment = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    nominal_weight = models.DecimalField(max_digits=5, decimal_places=2)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    contribution = models.DecimalField(max_digits=6, decimal_places=2)
    is_department_line = models.BooleanField(default=False)
    explanation = models.JSONField(default=list)

    class Meta:
        ordering = ["scorecard", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "position"], name="appraisal_line_position_once"
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(0, 100), nominal_weight__range=(0, 100)),
                name="appraisal_line_weights_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.position}"


class Adjustment(models.Model):
    """A correction of a card: who proposed it, who agreed, why, and from where.

    `points` is the new number of points of the line (0 to 100), or, with `line` empty, what the
    final changes by. It takes effect as a new revision; the one it was made on stays as it is.
    """

    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="adjustments")
    line = models.ForeignKey(ScoreLine, models.PROTECT, null=True, related_name="+")
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    reason = models.TextField(_("reason"))
    origin = models.CharField(_("origin"), max_length=40)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    result = models.ForeignKey(Scorecard, models.PROTECT, related_name="made_by")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True)
                | Q(approved_by__isnull=True)
                | ~Q(proposed_by=models.F("approved_by")),
                name="appraisal_adjustment_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.points}"


class Acknowledgement(models.Model):
    """What the employee did with a published card: delivered, read, confirmed, commented.

    Three facts apart; confirming is not agreeing and never waives the appeal.
    """

    scorecard = models.OneToOneField(Scorecard, models.CASCADE, related_name="acknowledgement")
    delivered_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    commented_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.scorecard_id)


class DepartmentCoefficient(models.Model):
    """The coefficient that HR sets for a department and period; a second person approves."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="coefficients")
    department = models.ForeignKey("people.Department", models.PROTECT, related_name="+")
    value = models.DecimalField(_("coefficient"), max_digits=4, decimal_places=2)
    reason = models.TextField(_("reason"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["period", "department"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "department"], name="appraisal_coefficient_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0, value__lte=2), name="appraisal_coefficient_in_range"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("set_by")),
                name="appraisal_coefficient_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.department_id} {self.value}"
