"""What other systems know of a day or a customer: orders, contacts offered, self-service, and
what was put right. None of it knows that anyone is appraised.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tickets.models.tickets import Ticket


class CustomerOrder(models.Model):
    """One order of one customer; unique by (source, external_id).

    Tells whether a customer bought again after being served.
    """

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("order no."), max_length=100)
    customer_hash = models.CharField(max_length=32)
    customer_mask = models.CharField(_("customer"), max_length=40, blank=True)
    ordered_at = models.DateTimeField(_("ordered at"))
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ["-ordered_at", "-id"]
        verbose_name = _("customer order")
        verbose_name_plural = _("customer orders")
        indexes = [
            models.Index(
                fields=["customer_hash", "ordered_at"], name="tickets_customerorder_again"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="tickets_customerorder_once_per_source"
            ),
            models.CheckConstraint(
                condition=~Q(customer_hash="") & ~Q(external_id=""),
                name="tickets_customerorder_has_a_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class ContactVolume(models.Model):
    """Contacts offered and answered on a channel on one day, and the hours it was open.

    Offered and answered come together, so do the minutes planned and offered; either pair may be
    unknown. `department` None: the whole company's.
    """

    day = models.DateField(_("day"))
    department = models.ForeignKey(
        "people.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Ticket.Channel)
    offered = models.PositiveIntegerField(_("contacts offered"), null=True, blank=True)
    answered = models.PositiveIntegerField(_("contacts answered"), null=True, blank=True)
    planned_minutes = models.PositiveIntegerField(_("minutes planned"), null=True, blank=True)
    offered_minutes = models.PositiveIntegerField(_("minutes open"), null=True, blank=True)

    class Meta:
        ordering = ["day", "department", "channel"]
        verbose_name = _("contact volume")
        verbose_name_plural = _("contact volumes")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "department", "channel"], name="tickets_contactvolume_once"
            ),
            models.UniqueConstraint(
                fields=["day", "channel"],
                condition=Q(department__isnull=True),
                name="tickets_contactvolume_once_for_the_company",
            ),
            models.CheckConstraint(
                condition=Q(offered__isnull=True, answered__isnull=True)
                | Q(offered__isnull=False, answered__isnull=False, answered__lte=F("offered")),
                name="tickets_contactvolume_answered_of_offered",
            ),
            models.CheckConstraint(
                condition=Q(planned_minutes__isnull=True, offered_minutes__isnull=True)
                | Q(planned_minutes__isnull=False, offered_minutes__isnull=False),
                name="tickets_contactvolume_minutes_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.channel} {self.department_id}"


class SelfServiceSession(models.Model):
    """One customer's visit to self-service; unique by (source, external_id)."""

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("session no."), max_length=100)
    started_at = models.DateTimeField(_("started at"))
    customer_hash = models.CharField(max_length=32, blank=True)
    customer_mask = models.CharField(_("customer"), max_length=40, blank=True)
    channel = models.CharField(_("channel"), max_length=8, choices=Ticket.Channel, blank=True)
    department = models.ForeignKey(
        "people.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("self-service session")
        verbose_name_plural = _("self-service sessions")
        indexes = [
            models.Index(
                fields=["started_at"],
                include=["customer_hash", "department", "channel"],
                name="tickets_selfservice_by_start",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="tickets_selfservice_once_per_source"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(external_id=""), name="tickets_selfservice_has_an_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class Rectification(models.Model):
    """Something to be put right about a cause of complaints: by whom, until when, done when.

    `source` is "" for one that was typed in.
    """

    source = models.CharField(_("source"), max_length=40, blank=True)
    external_id = models.CharField(_("rectification no."), max_length=100)
    cause = models.CharField(_("cause"), max_length=100)
    action = models.TextField(_("action"), max_length=2_000, blank=True)
    department = models.ForeignKey(
        "people.Department", models.PROTECT, related_name="+", verbose_name=_("department")
    )
    owner = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ["-due_on", "-id"]
        verbose_name = _("rectification")
        verbose_name_plural = _("rectifications")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="tickets_rectification_once_per_source"
            ),
            models.CheckConstraint(
                condition=~Q(cause="") & ~Q(external_id=""),
                name="tickets_rectification_has_a_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} {self.cause}"
