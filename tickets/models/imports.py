"""Every import is kept: the file, how it was read, what came of each row."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.importing.reasons import sentence


class Import(models.Model):
    """One import of one file: tickets, answers, or one of the small tables around them.

    `mapping` holds the whole recognised plan (encoding, delimiter, sheet, header row, columns,
    value maps, time zone, scale). Counts are of the check until the import has run, then of the
    import; `unchanged` includes rows that hold no answer. `control` holds the control totals,
    warnings and unknown agents of the same run. `file_sha256` is over the file as handed in.
    `rejected` is the true count; at most 1,000 are listed as `Rejection` rows.
    """

    class Kind(models.TextChoices):
        TICKETS = "tickets", _("tickets")
        SATISFACTION = "satisfaction", _("satisfaction answers")
        INVITATIONS = "invitations", _("survey invitations")
        ASSESSMENTS = "assessments", _("assessments (QA, 360°, exams, mystery shoppers)")
        ORDERS = "orders", _("order volumes per day")
        CONTACTS = "contacts", _("contact volumes per day")
        CUSTOMER_ORDERS = "customer_orders", _("orders of customers")
        SESSIONS = "sessions", _("self-service sessions")
        RECTIFICATIONS = "rectifications", _("rectifications")
        RECORDED = "recorded", _("recorded values (attendance, training …)")
        LEAVE = "leave", _("absences")

    class State(models.TextChoices):
        UPLOADED = "uploaded", pgettext_lazy("import", "uploaded")
        CHECKING = "checking", pgettext_lazy("import", "being checked")
        CHECKED = "checked", pgettext_lazy("import", "checked")
        RUNNING = "running", pgettext_lazy("import", "being imported")
        DONE = "done", pgettext_lazy("import", "imported")
        FAILED = "failed", pgettext_lazy("import", "refused")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.UPLOADED)
    file = models.ForeignKey(
        "people.StoredFile", models.PROTECT, null=True, related_name="+", verbose_name=_("file")
    )
    file_name = models.CharField(_("file name"), max_length=300)
    file_sha256 = models.CharField(max_length=64)
    rejected_file = models.ForeignKey(
        "people.StoredFile", models.PROTECT, null=True, related_name="+"
    )
    source = models.CharField(_("source"), max_length=40, blank=True)
    profile = models.CharField(_("profile"), max_length=40, blank=True)
    mapping = models.JSONField(default=dict)
    create_agents = models.BooleanField(_("create unknown agents"), default=False)
    control = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(_("at"))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-requested_at", "-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["kind", "file_sha256"], name="tickets_import_hash")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it."""
        return self.state in (self.State.CHECKING, self.State.RUNNING)

    @property
    def job_kind(self) -> str:
        """The kind of job that checks and imports this."""
        return "surveys.import" if self.kind in OF_PEOPLE else "tickets.import"


# What people state; these imports are the business of the app above.
OF_PEOPLE = frozenset(
    {
        Import.Kind.SATISFACTION,
        Import.Kind.INVITATIONS,
        Import.Kind.ASSESSMENTS,
        Import.Kind.RECORDED,
    }
)


class Rejection(models.Model):
    """A row that was not taken in, and why. `reason_key` and `params` render the sentence."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="rejections")
    row = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=100, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    reason_key = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["of", "row", "id"]

    def __str__(self) -> str:
        return f"{self.of_id} {self.row}"

    @property
    def reason(self) -> str:
        """The sentence in the reader's language."""
        return sentence(self.reason_key, self.row, self.column, self.value, self.params)
