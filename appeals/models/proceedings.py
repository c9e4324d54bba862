"""What is laid down while an appeal runs: steps, findings, the meeting, the panel's votes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models.appeals import Appeal, State


class Step(models.Model):
    """One act in the history of an appeal, in words: the timeline. Added, never changed.

    `automatic` acts have no actor: a due date passed, the third party agreed, all votes were in.
    """

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="steps")
    act = models.CharField(max_length=24)
    from_state = models.CharField(max_length=13, choices=State)
    to_state = models.CharField(max_length=13, choices=State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["appeal", "id"]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.act}"


class Extension(models.Model):
    """One longer deadline of one step, granted by the next level. At most one per step."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="extensions")
    state = models.CharField(max_length=13, choices=State)
    days = models.PositiveSmallIntegerField(_("working days"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["appeal", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "state"], name="appeals_extension_once"),
            models.CheckConstraint(
                condition=Q(days__range=(1, 20)), name="appeals_extension_days_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.state}"


class ChecklistFinding(models.Model):
    """HR's judgement on one question of the first review, with the reason."""

    class Question(models.TextChoices):
        OBJECTIVE = "objective", _("Is the data source objective?")
        WEIGHTS = "weights", _("Are the weights reasonable?")
        PROCEDURE = "procedure", _("Was the procedure kept?")

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="findings")
    question = models.CharField(max_length=9, choices=Question)
    is_kept = models.BooleanField(_("yes"))
    reason = models.TextField(_("why"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["appeal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "question"], name="appeals_finding_once_per_question"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.question}"


class Meeting(models.Model):
    """The three-party meeting of an appeal. `round` rises when the proposal changes.

    `invitation` counts the invitations sent out, so that calendars replace the earlier one.
    `supervisor` is the second party: the account of the supervisor named on the card, or of
    whoever stands in for them (see `services.parties`).
    """

    appeal = models.OneToOneField(Appeal, models.CASCADE, related_name="meeting")
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("supervisor's side"),
    )
    held_at = models.DateTimeField(_("when"), null=True)
    place = models.CharField(_("where"), max_length=200, blank=True)
    minutes = models.TextField(_("minutes"), max_length=8000, blank=True)
    stands = models.BooleanField(_("the result stands"), null=True)
    reason_code = models.CharField(max_length=20, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    invitation = models.PositiveSmallIntegerField(_("invitation no."), default=0)

    def __str__(self) -> str:
        return f"{self.appeal_id} round {self.round}"


class MinutesVersion(models.Model):
    """The minutes and the proposal of one round as they were put to the parties.

    `points` maps a line's id (text) to the proposed points (text); empty: the result stands.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="versions")
    round = models.PositiveSmallIntegerField()
    minutes = models.TextField(_("minutes"), max_length=8000)
    points = models.JSONField(default=dict)
    reason_code = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "round"], name="appeals_minutesversion_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} v{self.round}"


class Proposal(models.Model):
    """What the meeting proposes for one line: its new points, 0 to the rule's cap."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="proposals")
    line = models.ForeignKey("appraisal.ScoreLine", models.PROTECT, related_name="+")
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)

    class Meta:
        ordering = ["meeting", "line__position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "line"], name="appeals_proposal_once"),
            models.CheckConstraint(
                condition=Q(points__gte=0), name="appeals_proposal_points_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.line_id}"


class Confirmation(models.Model):
    """One party's yes or no to the minutes and proposal of one round."""

    class Party(models.TextChoices):
        EMPLOYEE = "employee", _("employee")
        SUPERVISOR = "supervisor", _("supervisor")
        HR = "hr", _("HR")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="confirmations")
    round = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=10, choices=Party)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agrees = models.BooleanField(_("agrees"))
    comment = models.TextField(_("comment"), max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "round", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "round", "party"], name="appeals_confirmation_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "round", "user"], name="appeals_confirmation_three_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.round} {self.party}"


class PanelSeat(models.Model):
    """An arbiter on the panel and, once cast, the vote. Hidden until all have voted.

    `figures` maps a line's id (text) to the points that the arbiter finds right (text).
    `recused_at`: stepped back, or found to have a stake; a vote cast before stays on record and
    counts no more. `stake_at`: when a vote already cast was found to come from somebody with a
    stake by now; the mark stays (9-promises.md section 4, C9).
    """

    class Vote(models.TextChoices):
        MAINTAIN = "maintain", pgettext_lazy("vote", "maintain")
        CHANGE = "change", pgettext_lazy("vote", "change")

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="panel")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seated_at = models.DateTimeField()
    recused_at = models.DateTimeField(null=True)
    vote = models.CharField(_("vote"), max_length=8, choices=Vote, blank=True)
    figures = models.JSONField(default=dict)
    reasons = models.TextField(_("reasons"), max_length=4000, blank=True)
    voted_at = models.DateTimeField(null=True)
    stake_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["appeal", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "user"], name="appeals_seat_once"),
            models.CheckConstraint(
                condition=Q(vote="", voted_at__isnull=True)
                | (~Q(vote="") & Q(voted_at__isnull=False) & ~Q(reasons="")),
                name="appeals_seat_votes_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(recused_at__isnull=True)
                | Q(voted_at__isnull=True)
                | Q(recused_at__gte=F("voted_at")),
                name="appeals_seat_recused_does_not_vote",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.user_id}"


class Recusal(models.Model):
    """Somebody who stepped back because of a stake; read by HR and auditors only.

    Never assigned to this appeal again. Source: 9-promises.md section 4, C5.
    """

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=10)
    reason = models.TextField(_("reason"), max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["appeal", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "user"], name="appeals_recusal_once")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.user_id}"


class OutsideChair(models.Model):
    """Who decides where too few of the committee are free of a stake. At most one at a time.

    Source: 9-promises.md section 4, C7.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("outside chair"),
    )
    reason = models.TextField(_("reason"), max_length=2000)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    is_in_office = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-named_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_in_office"],
                condition=Q(is_in_office=True),
                name="appeals_outsidechair_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("named_by")), name="appeals_outsidechair_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
