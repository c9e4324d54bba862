"""Evidence files of an appeal."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal


class Evidence(models.Model):
    """A file handed in for an appeal; one file counts once per appeal.

    `for_parties` opens it to the supervisor too, from the meeting on. Its bytes are a
    StoredFile, served only through this app's permission check.
    """

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="evidence")
    file = models.OneToOneField("people.StoredFile", models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("what it shows"), max_length=300, blank=True)
    for_parties = models.BooleanField(_("open to all parties"), default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["appeal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "sha256"], name="appeals_evidence_same_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.file_id}"
