"""Background work as rows: what was asked, how far it is, how it ended."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kpi_portal.jobs import kinds

LIVE = ("queued", "running")
LEVELS = {"running": "running", "done": "good", "failed": "problem", "cancelled": "attention"}


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> "JobQuerySet":
        """All for administrators; else one's own, and the kinds that one's roles may follow."""
        if user.has_role("admin"):
            return self.all()
        return self.filter(Q(requested_by=user) | Q(kind__in=kinds.readable_by(user)))


class Job(models.Model):
    """One piece of background work. The row is the outbox and the truth; messages only wake.

    `key` names what is worked on: one live job per (kind, key). `params` holds ids and ISO
    strings only. `checkpoint` is what a resumed attempt continues from.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=120)
    params = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    lease = models.UUIDField(null=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When the sweeper last sent a message for it: not more often than every 30 s.
    woken_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="jobs_job_state_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=LIVE),
                name="jobs_job_one_live_per_kind_and_key",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, finished_at__isnull=True)
                | (~Q(state__in=LIVE) & Q(finished_at__isnull=False)),
                name="jobs_job_finished_when_not_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def label(self) -> str:
        """What this is, in the reader's language."""
        return kinds.label(self.kind)

    @property
    def level(self) -> str:
        """How the state looks: good, attention, problem, running, neutral."""
        return LEVELS.get(self.state, "neutral")

    @property
    def seconds_left(self) -> int | None:
        """An estimate from what was done up to the last sign of life; None if none can be made."""
        if self.state != self.State.RUNNING or not self.started_at or not self.heartbeat_at:
            return None
        took = (self.heartbeat_at - self.started_at).total_seconds()
        if took < 2 or self.done < 1 or not self.total:
            return None
        return max(round(took * (self.total - self.done) / self.done), 0)

    @property
    def percent(self) -> int:
        """0 to 100; 100 only when done."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
