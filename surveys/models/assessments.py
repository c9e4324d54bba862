"""What inspectors, raters, examiners and shoppers judged of one employee."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.models.questionnaires import QuestionnaireItem, QuestionnaireVersion
from surveys.models.visibility import AssessmentQuerySet
from tickets.models import Ticket

MOST = 1_000_000  # 100 points, times 10,000


class Assessment(models.Model):
    """One filled-in questionnaire about one employee; unique by (source, external_id).

    `score_e4` is 0–100 times 10,000, out of the weighted items or as given; NULL where every
    item was not applicable. `failed_fatal`: a fatal item failed, the score is then 0.
    `is_adjudicated`: settles two inspections of one ticket. `round` tells apart repetitions
    within a period, as of an exam.
    """

    class Rater(models.TextChoices):
        SELF = "self", pgettext_lazy("rater", "self")
        SUPERVISOR = "supervisor", _("supervisor")
        QA = "qa", _("QA")
        PEER = "peer", _("peer")
        CUSTOMER = "customer", pgettext_lazy("rater", "customer")
        EXAMINER = "examiner", _("examiner")
        SHOPPER = "shopper", _("mystery shopper")

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("assessment no."), max_length=100)
    version = models.ForeignKey(
        QuestionnaireVersion,
        models.PROTECT,
        related_name="assessments",
        verbose_name=_("questionnaire"),
    )
    subject = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        related_name="assessments",
        verbose_name=_("employee"),
    )
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, related_name="assessments", verbose_name=_("ticket")
    )
    ticket_external_id = models.CharField(_("ticket no."), max_length=100, blank=True)
    rater_group = models.CharField(_("rater group"), max_length=10, choices=Rater)
    rater = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, related_name="+", verbose_name=_("rater")
    )
    submitted_at = models.DateTimeField(_("submitted at"))
    score_e4 = models.PositiveIntegerField(null=True, editable=False)
    failed_fatal = models.BooleanField(_("a fatal item failed"), default=False)
    valid_until = models.DateField(_("valid until"), null=True)
    is_adjudicated = models.BooleanField(_("adjudicated"), default=False)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    source_updated_at = models.DateTimeField(null=True)
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-id"]
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        indexes = [
            models.Index(
                fields=["submitted_at", "subject"],
                include=["version", "rater_group", "score_e4", "failed_fatal",
                         "is_adjudicated", "ticket"],
                name="surveys_assessment_by_review",
            ),
            models.Index(
                fields=["source", "ticket_external_id"],
                condition=Q(ticket__isnull=True),
                name="surveys_assessment_unlinked",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="surveys_assessment_once_per_source"
            ),
            models.UniqueConstraint(
                fields=["version", "ticket", "subject"],
                condition=Q(is_adjudicated=True, ticket__isnull=False),
                name="surveys_assessment_adjudicated_once",
            ),
            models.CheckConstraint(
                condition=Q(score_e4__isnull=True) | Q(score_e4__lte=MOST),
                name="surveys_assessment_score_within_100",
            ),
            models.CheckConstraint(
                condition=Q(failed_fatal=False) | Q(score_e4=0),
                name="surveys_assessment_fatal_is_zero",
            ),
            models.CheckConstraint(
                condition=Q(rater__isnull=True)
                | Q(rater_group="self", rater=F("subject"))
                | ~Q(rater_group="self") & ~Q(rater=F("subject")),
                name="surveys_assessment_only_self_rates_self",
            ),
            models.CheckConstraint(
                condition=Q(round__gte=1), name="surveys_assessment_round_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"

    @property
    def score(self) -> Decimal | None:
        """0 to 100, four decimals; None where nothing was judged."""
        return None if self.score_e4 is None else Decimal(self.score_e4) / 10_000


class AssessmentItem(models.Model):
    """What was judged of one question: not applicable, or a value, or passed or not, or a text."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="items")
    item = models.ForeignKey(QuestionnaireItem, models.PROTECT, related_name="+")
    value = models.DecimalField(_("value"), max_digits=8, decimal_places=2, null=True)
    passed = models.BooleanField(_("passed"), null=True)
    is_na = models.BooleanField(_("not applicable"), default=False)
    text = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        ordering = ["assessment", "item"]
        indexes = [models.Index(fields=["item", "assessment"], name="surveys_judged_by_item")]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "item"], name="surveys_judged_once_per_item"
            ),
            models.CheckConstraint(
                condition=Q(is_na=True, value__isnull=True, passed__isnull=True)
                | Q(is_na=False)
                & (Q(value__isnull=False) | Q(passed__isnull=False) | ~Q(text="")),
                name="surveys_judged_or_not_applicable",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0),
                name="surveys_judged_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.item_id}"
