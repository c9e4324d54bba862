"""In-app notices: the guaranteed channel. They carry a link, never a number."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One thing that one person should know. `kind` and `params` render the sentence.

    `key` makes a notice unique per person, so that an act done twice notifies once.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["user", "read_at"], name="people_notice_unread")]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="people_notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
