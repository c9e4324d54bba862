"""The ticket as the help desk reports it. It does not know that anyone is appraised."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.visibility import TicketQuerySet


class Ticket(models.Model):
    """One ticket of one source system; unique by (source, external_id).

    Instants are whole seconds, UTC. A field that the export lacks is NULL, never 0 or false.
    `agent` owns the ticket: who the newest version names, kept from the earliest version (by
    `source_updated_at`) in which it is resolved. `frt_s`, `active_s` and `full_s` are written by
    the loader: whole seconds from creation to first response, first response to first resolution,
    creation to first resolution; NULL when an instant is missing or the two are in the wrong
    order. `promise_met` is resolved_at ≤ promised_at, NULL without both.
    """

    class Kind(models.TextChoices):
        INQUIRY = "inquiry", _("inquiry")
        COMPLAINT = "complaint", _("complaint")
        REPAIR = "repair", _("repair")
        RETURN = "return", _("return or exchange")
        REFUND_DISPUTE = "refund_dispute", _("refund dispute")
        SUGGESTION = "suggestion", _("suggestion")
        OTHER = "other", pgettext_lazy("ticket kind", "other")

    class Channel(models.TextChoices):
        CHAT = "chat", _("online chat")
        HOTLINE = "hotline", _("hotline")
        EMAIL = "email", _("e-mail")
        APP = "app", _("app")
        SOCIAL = "social", _("social media")
        ONSITE = "onsite", _("on site")
        OTHER = "other", pgettext_lazy("channel", "other")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("ticket", "open")
        RESOLVED = "resolved", pgettext_lazy("ticket", "resolved")
        CLOSED = "closed", pgettext_lazy("ticket", "closed")
        UNKNOWN = "unknown", pgettext_lazy("ticket", "unknown")

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("ticket no."), max_length=100)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OTHER)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.OTHER)
    service_type = models.CharField(_("service type"), max_length=60, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    sub_category = models.CharField(_("sub-category"), max_length=100, blank=True)
    priority = models.CharField(_("priority"), max_length=40, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    customer_hash = models.CharField(max_length=32, blank=True)
    customer_mask = models.CharField(_("customer"), max_length=40, blank=True)
    order_ref = models.CharField(_("order"), max_length=100, blank=True)
    agent = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        related_name="tickets",
        verbose_name=_("handled by"),
    )
    first_agent = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        related_name="first_tickets",
        verbose_name=_("first response by"),
    )
    # first_agent, else agent: whom the metrics of the first contact count for.
    first_owner = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, related_name="+", editable=False
    )
    department = models.ForeignKey(
        "people.Department",
        models.PROTECT,
        null=True,
        related_name="tickets",
        verbose_name=_("department"),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.UNKNOWN)
    created_at = models.DateTimeField(_("created at"))
    first_response_at = models.DateTimeField(_("first response at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    last_resolved_at = models.DateTimeField(_("last resolved at"), null=True)
    solution_given_at = models.DateTimeField(_("solution given at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    promised_at = models.DateTimeField(_("promised until"), null=True)
    appointment_at = models.DateTimeField(_("appointment at"), null=True)
    arrived_at = models.DateTimeField(_("arrived at"), null=True)
    source_updated_at = models.DateTimeField(_("updated in the source at"), null=True)
    owner_version_at = models.DateTimeField(null=True, editable=False)
    handle_seconds = models.PositiveIntegerField(_("handling time, s"), null=True)
    contacts = models.PositiveIntegerField(_("contacts"), null=True)
    transfers = models.PositiveIntegerField(_("transfers"), null=True)
    reopens = models.PositiveIntegerField(_("reopened, times"), null=True)
    escalated = models.BooleanField(_("escalated"), null=True)
    first_contact = models.BooleanField(_("resolved at first contact"), null=True)
    service_error = models.BooleanField(_("service error"), null=True)
    accepted = models.BooleanField(_("accepted by the customer"), null=True)
    complexity = models.CharField(_("complexity"), max_length=40, blank=True)
    # NULL: the source does not tell; "": it tells that there is none. The metrics need both.
    knowledge_article = models.CharField(  # noqa: DJ001
        _("knowledge article"), max_length=100, null=True, blank=True
    )
    rework_of = models.CharField(  # noqa: DJ001
        _("rework of"), max_length=100, null=True, blank=True
    )
    root_cause = models.CharField(_("root cause"), max_length=100, blank=True)
    root_cause_confirmed = models.BooleanField(_("root cause confirmed"), null=True)
    suggestion_adopted = models.BooleanField(_("suggestion adopted"), null=True)
    frt_s = models.PositiveIntegerField(null=True, editable=False)
    active_s = models.PositiveIntegerField(null=True, editable=False)
    full_s = models.PositiveIntegerField(null=True, editable=False)
    promise_met = models.BooleanField(null=True, editable=False)
    # Whether the source reports the instant at all: "never reported" is not "not yet".
    reports_response = models.BooleanField(default=True, editable=False)
    reports_resolution = models.BooleanField(default=True, editable=False)
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        # One covering index per anchor: what the metrics read of a ticket lies in the index
        # itself. A column that a metric needs and that is not in it costs a visit of every row.
        indexes = [
            models.Index(
                fields=["created_at", "first_owner"],
                include=[
                    "agent",
                    "department",
                    "first_response_at",
                    "frt_s",
                    "reports_response",
                    "resolved_at",
                    "reports_resolution",
                    "handle_seconds",
                    "escalated",
                    "transfers",
                    "service_error",
                    "suggestion_adopted",
                    "kind",
                    "channel",
                ],
                name="tickets_ticket_by_creation",
            ),
            models.Index(
                fields=["resolved_at", "agent"],
                include=[
                    "created_at",
                    "first_owner",
                    "department",
                    "first_response_at",
                    "full_s",
                    "active_s",
                    "first_contact",
                    "contacts",
                    "reopens",
                    "transfers",
                    "escalated",
                    "service_error",
                    "knowledge_article",
                    "root_cause_confirmed",
                    "service_type",
                    "kind",
                    "channel",
                ],
                name="tickets_ticket_by_resolution",
            ),
            models.Index(
                fields=["promised_at", "agent"],
                include=[
                    "created_at",
                    "resolved_at",
                    "reports_resolution",
                    "department",
                    "kind",
                    "channel",
                ],
                condition=Q(promised_at__isnull=False),
                name="tickets_ticket_by_promise",
            ),
            models.Index(
                fields=["customer_hash", "category", "created_at"],
                include=["agent", "department", "channel"],
                condition=Q(kind="complaint"),
                name="tickets_ticket_complaints",
            ),
            models.Index(
                fields=["appointment_at", "agent"],
                include=["created_at", "arrived_at", "department", "kind", "channel"],
                condition=Q(appointment_at__isnull=False),
                name="tickets_ticket_by_visit",
            ),
            # What came after: the same customer's next ticket, and tickets that redo another.
            models.Index(
                fields=["customer_hash", "category", "created_at"],
                condition=Q(customer_hash__gt=""),
                name="tickets_ticket_next",
            ),
            models.Index(
                fields=["source", "rework_of", "created_at"],
                condition=Q(rework_of__gt=""),
                name="tickets_ticket_rework",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="tickets_ticket_once_per_source"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(external_id=""), name="tickets_ticket_has_an_id"
            ),
            models.CheckConstraint(
                condition=Q(frt_s__isnull=True)
                | Q(first_response_at__gte=F("created_at"), first_response_at__isnull=False),
                name="tickets_ticket_frt_needs_its_instants",
            ),
            models.CheckConstraint(
                condition=Q(full_s__isnull=True)
                | Q(resolved_at__gte=F("created_at"), resolved_at__isnull=False),
                name="tickets_ticket_full_needs_its_instants",
            ),
            models.CheckConstraint(
                condition=Q(active_s__isnull=True)
                | Q(
                    resolved_at__gte=F("first_response_at"),
                    resolved_at__isnull=False,
                    first_response_at__isnull=False,
                ),
                name="tickets_ticket_active_needs_its_instants",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
