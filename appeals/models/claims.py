"""A claim that one record is wrong, or another person's, raised straight from the own records."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordClaim(models.Model):
    """One ticket that an agent says does not belong on the own card, and the answer.

    Not an appeal: the supervisor answers by `due_on`. `positions` are the lines of the card
    that counted the ticket when the claim was raised; a claim open at the end of the window to
    appeal extends it for those. Source: 5-appeals.md rule 14.
    """

    class Kind(models.TextChoices):
        WRONG_TICKET = "wrong_ticket", _("the record is wrong")
        WRONG_PERSON = "wrong_person", _("it belongs to somebody else")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("claim", "open")
        ACCEPTED = "accepted", pgettext_lazy("claim", "accepted")
        REFUSED = "refused", pgettext_lazy("claim", "refused")

    scorecard = models.ForeignKey("appraisal.Scorecard", models.PROTECT, related_name="+")
    period = models.ForeignKey("appraisal.Period", models.PROTECT, related_name="+")
    employee = models.ForeignKey("people.Employee", models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="+")
    positions = models.JSONField(default=list)
    kind = models.CharField(_("what is wrong"), max_length=12, choices=Kind)
    statement = models.TextField(_("why"), max_length=1000)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    due_on = models.DateField(_("due"))
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "due_on"], name="appeals_claim_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "employee", "ticket"], name="appeals_recordclaim_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="appeals_recordclaim_answered_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.ticket_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
