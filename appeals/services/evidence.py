"""Evidence files: limits, types by content, one copy per appeal, downloads on record."""

from datetime import datetime
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from appeals.errors import AppealIncomplete
from appeals.models import Appeal, Evidence
from appeals.permissions import can_add_evidence, can_edit
from appeals.services.common import audit, locked
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.files import Upload, remove, store
from kpi_portal.people.models import User
from kpi_portal.people.sniffing import EVIDENCE

MEGABYTE = 1_000_000
MOST_FILES = 10
MOST_BYTES = 20 * MEGABYTE
MOST_TOGETHER = 100 * MEGABYTE


@transaction.atomic
def add(
    appeal: Appeal, source: Upload | IO[bytes], *, name: str, note: str, by: User, at: datetime
) -> Evidence:
    """Keep one file for `appeal`. The same bytes twice are one file.

    PDF, PNG, JPEG, WebP, XLSX, CSV, TXT, EML, MP3, MP4, told from the content; 20 MB each, 10
    files and 100 MB an appeal (5-appeals.md rule 9). Raises NotAllowed, AppealIncomplete,
    Conflict, and what `files.store` raises; then nothing is kept.
    """
    appeal = locked(appeal.pk)
    if not can_add_evidence(by, appeal):
        raise NotAllowed(_("You cannot add evidence to this appeal at this step."))
    if appeal.evidence.count() >= MOST_FILES:
        raise AppealIncomplete(
            _("An appeal has at most %(most)s files.") % {"most": MOST_FILES},
            fields={"file": _("Please remove a file first.")},
        )
    stored = store(
        source, name=name, purpose="evidence", by=by, at=at, max_bytes=MOST_BYTES, types=EVIDENCE
    )
    together = appeal.evidence.aggregate(total=Sum("file__size"))["total"] or 0
    if together + stored.size > MOST_TOGETHER:
        remove(stored, by=by)
        raise AppealIncomplete(_("The files of an appeal are at most 100 MB together."))
    try:
        with transaction.atomic():
            evidence = Evidence.objects.create(
                appeal=appeal,
                file=stored,
                sha256=stored.sha256,
                note=note.strip()[:300],
                added_by=by,
                added_at=at,
            )
    except IntegrityError:
        remove(stored, by=by)
        raise Conflict(_("This file is already there.")) from None
    audit(appeal, "add_evidence", by=by, after={"sha256": stored.sha256, "size": stored.size})
    return evidence


@transaction.atomic
def delete(evidence: Evidence, *, by: User) -> None:
    """Row 30: the appellant, while the appeal is a draft. The bytes go after the commit."""
    appeal = locked(evidence.appeal_id)
    if not can_edit(by, appeal):
        raise NotAllowed(_("Evidence can be removed only while the appeal is a draft."))
    stored = evidence.file
    audit(appeal, "delete_evidence", by=by, before={"sha256": evidence.sha256})
    evidence.delete()
    remove(stored, by=by)


@transaction.atomic
def opened(evidence: Evidence, *, by: User) -> None:
    """Put on record that somebody took a file. The caller has asked can_open_evidence."""
    audit(evidence.appeal, "open_evidence", by=by, after={"sha256": evidence.sha256})
