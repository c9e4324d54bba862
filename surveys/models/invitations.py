"""Whom a company asked what they thought of a contact, answered or not."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.visibility import InvitationQuerySet
from tickets.models import Ticket


class SurveyInvitation(models.Model):
    """One request for an answer; unique by (source, external_id).

    `answered_at` empty: no answer yet. `agent` is whom the invitation names, else the ticket's.
    """

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("invitation no."), max_length=100)
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, related_name="invitations", verbose_name=_("ticket")
    )
    ticket_external_id = models.CharField(_("ticket no."), max_length=100, blank=True)
    agent = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("agent"),
    )
    names_agent = models.BooleanField(default=False, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Ticket.Channel, blank=True)
    invited_at = models.DateTimeField(_("invited at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    source_updated_at = models.DateTimeField(null=True)
    last_import = models.ForeignKey(
        "tickets.Import", models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-id"]
        verbose_name = _("survey invitation")
        verbose_name_plural = _("survey invitations")
        indexes = [
            models.Index(
                fields=["invited_at", "agent"],
                include=["answered_at", "ticket", "channel"],
                name="surveys_invite_by_invitation",
            ),
            models.Index(
                fields=["source", "ticket_external_id"],
                condition=Q(ticket__isnull=True),
                name="surveys_invite_unlinked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="surveys_invitation_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("invited_at")),
                name="surveys_invitation_comes_before_its_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
