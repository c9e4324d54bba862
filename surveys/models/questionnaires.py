"""Questionnaires: what raters, inspectors and examiners fill in. One mechanism for all uses.

A version never changes once it has been answered: triggers in the database refuse it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kpi_portal.core.names import Named


class Questionnaire(Named):
    """A form with a purpose; what it asks stands in its versions."""

    class Use(models.TextChoices):
        CSAT = "csat", _("customer satisfaction")
        QA = "qa", _("QA inspection")
        REVIEW360 = "review360", _("360° review")
        EXAM = "exam", _("exam")
        MYSTERY = "mystery", _("mystery shopper")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    use = models.CharField(_("use"), max_length=10, choices=Use)

    class Meta:
        ordering = ["key"]
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")


class QuestionnaireVersion(models.Model):
    """One wording of a questionnaire. Answered, it never changes; a change is a new version."""

    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="versions", verbose_name=_("questionnaire")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["questionnaire", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "number"], name="surveys_version_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="surveys_version_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.number}"


class Section(Named):
    """A part of a questionnaire."""

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="surveys_section_one_per_position"
            )
        ]


class QuestionnaireItem(Named):
    """One question. `maximum` is the highest value of `points`, `pass_from` the least value of a
    scale or of points that counts as passed.

    Values: scale5 1–5, scale10 1–10, nps 0–10, yesno 1 or 0, choice one of `options` (key, label,
    value), points 0–maximum; text has none and no weight.
    """

    class Kind(models.TextChoices):
        SCALE5 = "scale5", _("scale from 1 to 5")
        SCALE10 = "scale10", _("scale from 1 to 10")
        NPS = "nps", _("0 to 10, likelihood to recommend")
        YESNO = "yesno", _("passed or not")
        CHOICE = "choice", _("choice")
        TEXT = "text", pgettext_lazy("questionnaire", "text")
        POINTS = "points", pgettext_lazy("questionnaire", "points")

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="items")
    section = models.ForeignKey(Section, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(_("code"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    dimension = models.CharField(_("dimension"), max_length=40, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2, default=1)
    is_fatal = models.BooleanField(_("fatal"), default=False)
    maximum = models.PositiveSmallIntegerField(_("highest points"), null=True)
    pass_from = models.DecimalField(
        _("passed from"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    options = models.JSONField(_("options"), default=list, blank=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="surveys_item_one_per_code"),
            models.UniqueConstraint(
                fields=["version", "position"], name="surveys_item_one_per_position"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0), name="surveys_item_weight_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(kind="points") | Q(maximum__isnull=False, maximum__gte=1),
                name="surveys_item_points_have_a_maximum",
            ),
            models.CheckConstraint(
                condition=~Q(kind="text") | Q(weight=0, is_fatal=False),
                name="surveys_item_text_weighs_nothing",
            ),
        ]
