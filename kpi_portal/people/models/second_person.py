"""What one person asks for and a second one has to approve."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SecondPersonRequest(models.Model):
    """An act that waits for a second person, or was decided by one.

    `act` is a key of settings.SECOND_PERSON_ACTS. `about` is the key of what it is done to,
    written by the act; `params` what else it needs. An act that the portal carries out itself
    is done with the approval; any other is a permission for who asked, once and until
    `good_until`. Source: 9-promises.md section 4, the rows marked 2.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("request", "waiting")
        APPROVED = "approved", pgettext_lazy("request", "approved")
        REFUSED = "refused", pgettext_lazy("request", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
        USED = "used", pgettext_lazy("request", "used")

    act = models.CharField(_("act"), max_length=40)
    about = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    good_until = models.DateTimeField(_("good until"), null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = _("request to a second person")
        verbose_name_plural = _("requests to a second person")
        constraints = [
            models.UniqueConstraint(
                fields=["act", "about", "asked_by"],
                condition=Q(state="asked"),
                name="people_secondperson_one_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="people_secondperson_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused", "used"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="people_secondperson_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.about} {self.state}"
