"""The appeal itself: what is disputed, why, and where it stands."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models.visibility import AppealQuerySet


class State(models.TextChoices):
    """Where an appeal stands; `workflow.TRANSITIONS` says what leads where."""

    DRAFT = "draft", pgettext_lazy("appeal", "draft")
    SUBMITTED = "submitted", _("HR first review")
    DATA_RECHECK = "data_recheck", _("data recheck")
    RE_EVALUATION = "re_evaluation", _("re-evaluation")
    MEETING = "meeting", _("three-party meeting")
    ARBITRATION = "arbitration", _("committee arbitration")
    SETTLED = "settled", _("settled by agreement")
    REEVALUATED = "reevaluated", _("re-evaluated")
    MAINTAINED = "maintained", _("result maintained")
    CHANGED = "changed", _("result changed")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")
    INADMISSIBLE = "inadmissible", _("not admissible")


OPEN = (
    State.SUBMITTED,
    State.DATA_RECHECK,
    State.RE_EVALUATION,
    State.MEETING,
    State.ARBITRATION,
)
CLOSED = (
    State.SETTLED,
    State.REEVALUATED,
    State.MAINTAINED,
    State.CHANGED,
    State.WITHDRAWN,
    State.INADMISSIBLE,
)


class Ground(models.TextChoices):
    """Why somebody appeals: the policy's list."""

    UNFAIR_PROCESS = "unfair_process", _("the process was unfair")
    UNJUST = "unjust", _("the appraisal is unjust")
    CONTRARY_TO_FACTS = "contrary_to_facts", _("the result contradicts the facts")


class Topic(models.TextChoices):
    """What is disputed beside single lines."""

    LINES = "lines", _("single indicators")
    TOTAL = "total", _("the total")
    BAND = "band", _("the band")
    PROCEDURE = "procedure", _("the procedure")


class ReasonCode(models.TextChoices):
    """Why it ended as it did, for statistics."""

    DATA_ERROR = "data_error", _("data error")
    WRONG_ATTRIBUTION = "wrong_attribution", _("attributed to the wrong person")
    RULE_MISAPPLIED = "rule_misapplied", _("rule misapplied")
    RULE_UNREASONABLE = "rule_unreasonable", _("rule unreasonable")
    PROCEDURE = "procedure", _("procedure violated")
    EXCLUSION_MISSED = "exclusion_missed", _("exclusion missed")
    UNFOUNDED = "unfounded", _("unfounded")


class Inadmissible(models.TextChoices):
    """Why an appeal is not admitted; never for its merits."""

    OUT_OF_TIME = "out_of_time", _("out of time")
    DUPLICATE = "duplicate", _("a duplicate")
    NOT_OWN = "not_own", _("not the agent's own matter")


class Appeal(models.Model):
    """One objection to one scorecard. At most one is open per card, all revisions together.

    `scorecard` is the revision that was current on filing. `due_on` is the last day, company
    time, of the present step; empty in drafts and when closed. `recheck_note` is what HR found
    when the data were checked again, `rechecked` the figures that the meeting was shown:
    {"lines": [{"line", "before", "after", "points_before", "points_after"}], "final_before",
    "final_after", "band_after"}, numbers as text or null. `impact` is what HR found about other
    cards touched by the same wrong records: {"source", "label", "cards": [{"number", "records"}],
    "note"}. While `paused_at` is set nobody is free to decide: the outside chair has been asked
    and the deadline does not run.
    """

    number = models.CharField(_("appeal no."), max_length=14, unique=True)
    scorecard = models.ForeignKey(
        "appraisal.Scorecard", models.PROTECT, related_name="appeals", verbose_name=_("scorecard")
    )
    period = models.ForeignKey("appraisal.Period", models.PROTECT, related_name="+")
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="appeals", verbose_name=_("appellant")
    )
    state = models.CharField(_("state"), max_length=13, choices=State, default=State.DRAFT)
    topics = models.JSONField(_("disputed"), default=list)
    grounds = models.JSONField(_("grounds"), default=list)
    statement = models.TextField(_("what happened"), max_length=4000, blank=True)
    request = models.TextField(_("what is asked for"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("created at"))
    filed_at = models.DateTimeField(_("filed at"), null=True)
    due_on = models.DateField(_("due"), null=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("HR reviewer"),
    )
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("evaluator"),
    )
    recheck_note = models.TextField(_("finding of the recheck"), max_length=4000, blank=True)
    rechecked = models.JSONField(default=dict)
    reason_code = models.CharField(_("reason"), max_length=20, choices=ReasonCode, blank=True)
    decision = models.TextField(_("decision"), max_length=4000, blank=True)
    inadmissible_because = models.CharField(
        _("not admitted because"), max_length=11, choices=Inadmissible, blank=True
    )
    result = models.ForeignKey(
        "appraisal.Scorecard",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("resulting revision"),
    )
    late_admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    late_reason = models.TextField(_("reason for admitting it late"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    outside_chair = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("outside chair"),
    )
    paused_at = models.DateTimeField(_("deadline paused since"), null=True)
    impact = models.JSONField(_("other cards touched"), default=dict)
    claims = models.ManyToManyField(
        "appeals.RecordClaim", related_name="appeals", verbose_name=_("refused record claims")
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        indexes = [models.Index(fields=["state", "due_on"], name="appeals_appeal_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "employee"],
                condition=Q(state__in=["draft", *OPEN]),
                name="appeals_appeal_one_open_per_card",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, due_on__isnull=False, filed_at__isnull=False)
                | Q(state="draft", filed_at__isnull=True, due_on__isnull=True)
                | Q(state__in=CLOSED, due_on__isnull=True),
                name="appeals_appeal_open_has_a_due_date",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=CLOSED) & Q(closed_at__isnull=False))
                | (~Q(state__in=CLOSED) & Q(closed_at__isnull=True)),
                name="appeals_appeal_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["settled", "reevaluated", "maintained", "changed"])
                | (~Q(reason_code="") & ~Q(decision="")),
                name="appeals_appeal_decided_with_reasons",
            ),
            models.CheckConstraint(
                condition=~Q(state="changed") | Q(result__isnull=False),
                name="appeals_appeal_change_has_a_revision",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | Q(state="arbitration"),
                name="appeals_appeal_pauses_in_arbitration",
            ),
            models.CheckConstraint(
                condition=~Q(state="inadmissible") | ~Q(inadmissible_because=""),
                name="appeals_appeal_inadmissible_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Filed and not closed."""
        return self.state in OPEN

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED


class DisputedLine(models.Model):
    """A line of the card that the appeal disputes, and what the agent says is right."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="disputed")
    line = models.ForeignKey("appraisal.ScoreLine", models.PROTECT, related_name="+")
    claim = models.TextField(_("what is wrong"), max_length=1000, blank=True)

    class Meta:
        ordering = ["appeal", "line__position"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "line"], name="appeals_disputedline_once")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.line_id}"


class NumberSeries(models.Model):
    """How many appeals have been numbered in a year; numbers are never given twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year} {self.last}"
