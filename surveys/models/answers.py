"""What customers answered about a contact."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.visibility import AnswerQuerySet
from tickets.models import Ticket


class SatisfactionAnswer(models.Model):
    """One customer's answer; unique by (source, external_id).

    `score_e4` is the score on its own scale times 10,000, a whole number, so that both databases
    add it exactly; `scale` is the scale's maximum. Points of 100 = score ÷ scale × 100.
    `nps` is how likely the customer recommends the company, 0 to 10. An answer says at least one
    of score, nps and a dimension (then `has_dimensions`).
    `agent` is whom the answer names, else the ticket's agent. `ticket` may be missing.
    """

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("answer no."), max_length=100)
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, related_name="answers", verbose_name=_("ticket")
    )
    ticket_external_id = models.CharField(_("ticket no."), max_length=100, blank=True)
    agent = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        related_name="answers",
        verbose_name=_("agent"),
    )
    names_agent = models.BooleanField(default=False, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Ticket.Channel, blank=True)
    answered_at = models.DateTimeField(_("answered at"))
    score_e4 = models.PositiveIntegerField(null=True, editable=False)
    scale = models.PositiveSmallIntegerField(_("scale"), null=True)
    nps = models.PositiveSmallIntegerField(_("likelihood to recommend"), null=True)
    has_dimensions = models.BooleanField(default=False, editable=False)
    comment = models.TextField(_("customer's comment"), max_length=32_767, blank=True)
    source_updated_at = models.DateTimeField(null=True)
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-answered_at", "-id"]
        verbose_name = _("satisfaction answer")
        verbose_name_plural = _("satisfaction answers")
        indexes = [
            models.Index(
                fields=["answered_at", "agent"],
                include=["scale", "score_e4", "nps", "ticket", "channel"],
                name="surveys_answer_by_answer",
            ),
            models.Index(
                fields=["source", "ticket_external_id"],
                condition=Q(ticket__isnull=True),
                name="surveys_answer_unlinked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="surveys_answer_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(scale__isnull=True, score_e4__isnull=True)
                | Q(scale__isnull=False, score_e4__isnull=False)
                & Q(scale__gte=1, scale__lte=1000, score_e4__lte=F("scale") * 10000),
                name="surveys_answer_score_within_scale",
            ),
            models.CheckConstraint(
                condition=Q(nps__isnull=True) | Q(nps__lte=10),
                name="surveys_answer_nps_within_ten",
            ),
            models.CheckConstraint(
                condition=Q(score_e4__isnull=False)
                | Q(nps__isnull=False)
                | Q(has_dimensions=True),
                name="surveys_answer_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"

    @property
    def score(self) -> Decimal | None:
        """The score on its own scale; None where the answer has none."""
        return None if self.score_e4 is None else Decimal(self.score_e4) / 10_000


class DimensionScore(models.Model):
    """What an answer says about one dimension (attitude, efficiency, outcome, expertise …).

    `score_e4` and `scale` as in the answer.
    """

    answer = models.ForeignKey(SatisfactionAnswer, models.CASCADE, related_name="dimensions")
    dimension = models.CharField(_("dimension"), max_length=40)
    score_e4 = models.PositiveIntegerField(editable=False)
    scale = models.PositiveSmallIntegerField(_("scale"))

    class Meta:
        ordering = ["answer", "dimension"]
        verbose_name = _("dimension score")
        verbose_name_plural = _("dimension scores")
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "dimension"], name="surveys_dimension_once_per_answer"
            ),
            models.CheckConstraint(
                condition=Q(scale__gte=1, scale__lte=1000, score_e4__lte=F("scale") * 10000),
                name="surveys_dimension_score_within_scale",
            ),
            models.CheckConstraint(
                condition=~Q(dimension=""), name="surveys_dimension_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.dimension}"

    @property
    def score(self) -> Decimal:
        """The score on its own scale."""
        return Decimal(self.score_e4) / 10_000
