"""Files that people hand in, kept outside the web root under names of our own."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file in the data folder, named by `id`; `name` is what the sender called it.

    `sha256` is over the bytes as stored. `purpose` says which feature owns it and so who may
    read it; there is no address that serves a file without asking that feature.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=300)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["purpose", "sha256"], name="people_file_hash")]

    def __str__(self) -> str:
        return str(self.id)
