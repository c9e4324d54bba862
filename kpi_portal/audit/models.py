"""The trail of who did what. Events are added, never changed; a sealer chains them by HMAC."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One act on one object.

    Inserted unchained in the business transaction; the sealer later fills `sequence`,
    `previous_hash` and `hash` once. Triggers refuse any other UPDATE and every DELETE.
    `before` and `after` hold only what changed, decimals as strings, never customer data.
    """

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(max_length=150, blank=True)
    act = models.CharField(_("act"), max_length=60)
    object_type = models.CharField(_("object type"), max_length=60)
    object_id = models.CharField(_("object"), max_length=64)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    sequence = models.BigIntegerField(null=True, unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_event_object"),
            models.Index(fields=["actor", "-id"], name="audit_event_actor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sequence__isnull=True, hash="")
                | (models.Q(sequence__isnull=False) & ~models.Q(hash="")),
                name="audit_event_sealed_in_full_or_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.object_type} {self.object_id}"


class Head(models.Model):
    """Where the sealed chain ends: the one row that a sealer claims before it seals."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="audit_head_only_one")
        ]

    def __str__(self) -> str:
        return str(self.sequence)
