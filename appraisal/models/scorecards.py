"""Scorecards, their lines, and what was changed about them afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.models.card_access import DepartmentCardQuerySet, ScorecardQuerySet
from appraisal.models.periods import Period
from appraisal.models.schemes import SchemeVersion


class Card(models.Model):
    """What a card of an employee and a card of a department have in common.

    Before publication a run replaces revision 1 as a whole. From publication on (`frozen_at`)
    database triggers refuse every change of its numbers and its deletion: a correction is a
    further revision, and only `is_current` moves. Points have two decimals. `final` is None
    unless `status` is scored or insufficient; `band` only with scored. `rollup` is empty, or
    what a quarter or year was put together from: {"mode", "share", "recomputed" (final or null),
    "parts": [{"period", "revision", "final", "months"}]}, decimals as strings.
    """

    class Status(models.TextChoices):
        SCORED = "scored", _("scored")
        INSUFFICIENT = "insufficient", _("insufficient data")
        NOT_ASSESSED = "not_assessed", _("not assessed")
        NOT_SCORED = "not_scored", _("not scored")

    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    is_current = models.BooleanField(default=True)
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="%(class)ss")
    status = models.CharField(_("status"), max_length=12, choices=Status)
    subtotal = models.DecimalField(_("subtotal"), max_digits=7, decimal_places=2, null=True)
    extra = models.DecimalField(_("extra points"), max_digits=6, decimal_places=2, default=0)
    deduction = models.DecimalField(_("deduction"), max_digits=6, decimal_places=2, default=0)
    adjusted = models.DecimalField(
        _("adjusted by"),
        max_digits=6,
        decimal_places=2,
        default=0,
        help_text=_("Total adjustments, in points of the final."),
    )
    rollup = models.JSONField(default=dict)
    final = models.DecimalField(_("final"), max_digits=7, decimal_places=2, null=True)
    band = models.CharField(_("band"), max_length=40, blank=True)
    cutoff = models.DateTimeField(_("cutoff"))
    engine = models.CharField(max_length=10)
    computed_at = models.DateTimeField()
    reason = models.TextField(_("reason of the revision"), blank=True)
    origin = models.CharField(_("origin"), max_length=40, blank=True)
    inputs_hash = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


def _status_constraints(name: str) -> list[models.CheckConstraint]:
    """That a final goes with the status that has one, and a band with a score."""
    return [
        models.CheckConstraint(
            condition=Q(status="scored", final__isnull=False)
            | Q(status="insufficient")
            | Q(status__in=["not_assessed", "not_scored"], final__isnull=True),
            name=f"appraisal_{name}_scored_has_a_final",
        ),
        models.CheckConstraint(
            condition=Q(band="") | Q(status="scored"), name=f"appraisal_{name}_band_if_scored"
        ),
    ]


class Scorecard(Card):
    """One employee's result of one period, in one revision.

    Where a transfer or a change of scheme splits the period, `segments` has a row for each
    part; `final` is then the mean of their finals weighted by working days, version, department
    and band table are those of the last, and the card has no subtotal of its own.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="scorecards")
    employee = models.ForeignKey("people.Employee", models.PROTECT, related_name="scorecards")
    # Where the employee stood at the end of the period (or of their time in it).
    department = models.ForeignKey("people.Department", models.PROTECT, related_name="+")
    position = models.ForeignKey("people.Position", models.PROTECT, null=True, related_name="+")
    supervisor = models.ForeignKey("people.Employee", models.PROTECT, null=True, related_name="+")
    working_days = models.PositiveSmallIntegerField(_("working days"))
    coefficient = models.DecimalField(
        _("department coefficient"), max_digits=5, decimal_places=2, default=1
    )

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
            *_status_constraints("card"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.employee_id} r{self.revision}"


class CardSegment(models.Model):
    """One part of a period that a transfer or a change of scheme has split: `[start_on, end_on)`.

    Its lines carry its number. Frozen with its card.
    """

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="segments")
    number = models.PositiveSmallIntegerField()
    start_on = models.DateField()
    end_on = models.DateField()
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+")
    department = models.ForeignKey("people.Department", models.PROTECT, related_name="+")
    position = models.ForeignKey("people.Position", models.PROTECT, null=True, related_name="+")
    working_days = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Card.Status)
    subtotal = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    coefficient = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    extra = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    deduction = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    final = models.DecimalField(max_digits=7, decimal_places=2, null=True)

    class Meta:
        ordering = ["scorecard", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "number"], name="appraisal_segment_number_once"
            ),
            models.CheckConstraint(
                condition=Q(end_on__gt=models.F("start_on")),
                name="appraisal_segment_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.number}"


class Line(models.Model):
    """One indicator on one card, with everything needed to compute it again by hand.

    `value` four decimals in the metric's unit; `numerator` and `denominator` exact, as text.
    `params` and `rule_params` are copies of the scheme item's. `context` holds what the engine
    took from outside, decimal strings or null: {"baseline", "previous", "rank", "size",
    "department_mean", "low", "high"} (low and high: the ends of the value's 95 % interval).
    `effect` is what an extra (above 0) or deduction (below 0) does to the total; `holds` whether
    a veto's condition holds; both None for other rules. `decided` are points that an approved
    adjustment put in place of the computed ones; `adjustment` is how far that moved them.
    `is_borderline`: either end of the interval alone would cross a bound of the band table.
    `explanation` is a list of {"key", "params"}.
    """

    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=60, blank=True)
    part = models.CharField(max_length=40, blank=True)
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
    missing_policy = models.CharField(max_length=15)
    is_missing = models.BooleanField(default=False)
    decided = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    adjustment = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    effect = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    holds = models.BooleanField(null=True)
    is_borderline = models.BooleanField(default=False)
    nominal_weight = models.DecimalField(max_digits=5, decimal_places=2)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    contribution = models.DecimalField(max_digits=6, decimal_places=2)
    is_department_line = models.BooleanField(default=False)
    explanation = models.JSONField(default=list)

    class Meta:
        abstract = True


class ScoreLine(Line):
    """A line of an employee's card. `segment` is 1 unless the card has several."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="lines")
    segment = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["scorecard", "segment", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "segment", "position"], name="appraisal_line_position_once"
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(0, 100), nominal_weight__range=(0, 100)),
                name="appraisal_line_weights_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.segment} {self.position}"


class DepartmentCard(Card):
    """A department's result of one period, in one revision, under a scheme of its own.

    It follows the same approval, is seen by the department's head, HR and the committee, and
    feeds the coefficient.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="department_cards")
    department = models.ForeignKey(
        "people.Department", models.PROTECT, related_name="department_cards"
    )

    objects = DepartmentCardQuerySet.as_manager()

    class Meta:
        ordering = ["-period__start_on", "department__code", "-revision"]
        verbose_name = _("department scorecard")
        verbose_name_plural = _("department scorecards")
        constraints = [
            models.UniqueConstraint(
                fields=["period", "department", "revision"],
                name="appraisal_deptcard_revision_once",
            ),
            models.UniqueConstraint(
                fields=["period", "department"],
                condition=Q(is_current=True),
                name="appraisal_deptcard_one_current",
            ),
            *_status_constraints("deptcard"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.department_id} r{self.revision}"


class DepartmentLine(Line):
    """A line of a department's card."""

    card = models.ForeignKey(DepartmentCard, models.CASCADE, related_name="lines")

    class Meta:
        ordering = ["card", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "position"], name="appraisal_deptline_position_once"
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(0, 100), nominal_weight__range=(0, 100)),
                name="appraisal_deptline_weights_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.position}"


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
