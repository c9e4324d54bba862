"""Corrections of results: adjustments of points, exclusions of records; always by two people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appraisal.models.periods import Period
from appraisal.models.scorecards import Scorecard, ScoreLine


class Decision(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed", pgettext_lazy("proposal", "proposed")
    APPROVED = "approved", pgettext_lazy("proposal", "approved")
    REFUSED = "refused", pgettext_lazy("proposal", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")


class Proposal(models.Model):
    """Something that one person proposes and another one decides."""

    state = models.CharField(_("state"), max_length=9, choices=Decision, default=Decision.PROPOSED)
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        abstract = True


def _two_people(name: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            name=f"appraisal_{name}_two_people",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=["approved", "refused"])
            | Q(decided_by__isnull=False, decided_at__isnull=False),
            name=f"appraisal_{name}_decided_by_somebody",
        ),
    ]


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


class AdjustmentRequest(Proposal):
    """A proposed change of somebody's points in a period, before or after publication.

    `points` is the new number of points of the line of `indicator` in `segment` (0 to the rule's
    cap), or, without `indicator`, what the final changes by. Approved before publication it
    counts in every run; after it, as a further revision (`result`). `effect` is what was shown
    to who approved: {"final_before", "final_after", "band_before", "band_after"}.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="adjustment_requests")
    employee = models.ForeignKey("people.Employee", models.PROTECT, related_name="+")
    indicator = models.ForeignKey(
        "appraisal.Indicator", models.PROTECT, null=True, related_name="+"
    )
    segment = models.PositiveSmallIntegerField(default=1)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    origin = models.CharField(_("source"), max_length=40)
    effect = models.JSONField(default=dict)
    result = models.ForeignKey(Scorecard, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            *_two_people("adjustmentrequest"),
            models.UniqueConstraint(
                fields=["period", "employee", "indicator", "segment"],
                condition=Q(state="proposed"),
                name="appraisal_adjustmentrequest_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.employee_id} {self.points}"


class Exclusion(Proposal):
    """Records that do not count in named metrics: one ticket, one answer, or a span of time.

    `metrics` are keys of METRICS, none of them meaning all. A span is `[starts_at, ends_at)` by
    the record's anchor, on `channel` ("" all) and in `department` (None all). `asked_by_agent`
    is whom it was asked for. `effect` as on AdjustmentRequest, per employee number.
    Source: 4-schemes-periods-results.md, "Exclusions".
    """

    class Cause(models.TextChoices):
        MALICIOUS = "malicious", pgettext_lazy("exclusion", "malicious rating")
        OUTAGE = "outage", pgettext_lazy("exclusion", "system outage")
        DUPLICATE = "duplicate", pgettext_lazy("exclusion", "duplicate")
        TEST = "test", pgettext_lazy("exclusion", "test record")
        WRONG_PERSON = "wrong_person", pgettext_lazy("exclusion", "belongs to somebody else")
        OTHER = "other", pgettext_lazy("exclusion", "other")

    cause = models.CharField(_("cause"), max_length=12, choices=Cause)
    metrics = models.JSONField(default=list)
    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, null=True, related_name="exclusions"
    )
    answer = models.ForeignKey(
        "surveys.SatisfactionAnswer", models.PROTECT, null=True, related_name="exclusions"
    )
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    department = models.ForeignKey(
        "people.Department", models.PROTECT, null=True, related_name="+"
    )
    asked_by_agent = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, related_name="+"
    )
    belongs_to = models.ForeignKey("people.Employee", models.PROTECT, null=True, related_name="+")
    effect = models.JSONField(default=dict)

    class Meta:
        ordering = ["-proposed_at"]
        indexes = [models.Index(fields=["state", "starts_at"], name="appraisal_exclusion_span")]
        constraints = [
            *_two_people("exclusion"),
            models.CheckConstraint(
                condition=Q(ticket__isnull=False, answer__isnull=True, starts_at__isnull=True)
                | Q(ticket__isnull=True, answer__isnull=False, starts_at__isnull=True)
                | Q(
                    ticket__isnull=True,
                    answer__isnull=True,
                    starts_at__isnull=False,
                    ends_at__gt=F("starts_at"),
                ),
                name="appraisal_exclusion_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.ticket_id or self.answer_id or self.starts_at}"
