"""Batches of tickets from the API, kept so that a repeated request changes nothing."""

from django.conf import settings
from django.db import models


class Batch(models.Model):
    """One accepted batch. The same key with the same body is answered from here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    answer = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="tickets_batch_once_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
