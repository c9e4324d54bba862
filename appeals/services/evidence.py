"""Evidence files: limits, types by content, one copy per appeal, downloads on record."""

from datetime import datetime
from typing import IO

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from appeals.errors import AppealIncomplete
from appeals.guards import is_appellant
from appeals.models import Appeal, Evidence
from appeals.permissions import can_add_evidence, can_edit, can_open_evidence
from appeals.services.common import audit, locked
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.files import Upload, path_of, remove, store
from kpi_portal.people.models import StoredFile, User
from kpi_portal.people.scanning import scan
from kpi_portal.people.sniffing import EVIDENCE

MEGABYTE = 1_000_000
MOST_FILES = 10
MOST_BYTES = 20 * MEGABYTE
MOST_TOGETHER = 100 * MEGABYTE


def add(
    appeal: Appeal,
    source: Upload | IO[bytes],
    *,
    name: str,
    note: str,
    for_parties: bool = True,
    by: User,
    at: datetime,
) -> Evidence:
    """Keep one file for `appeal`. The same bytes twice are one file.

    PDF, PNG, JPEG, WebP, XLSX, CSV, TXT, EML, MP3, MP4, told from the content; 20 MB each, 10
    files and 100 MB an appeal (5-appeals.md rule 9). `for_parties` opens it to the other side
    from the meeting on; what the supervisor hands in always is. A scanner, where configured,
    looks at it first, outside of the transaction. Raises NotAllowed, AppealIncomplete, Conflict,
    and what `scanning.scan` and `files.store` raise; then nothing is kept.
    """
    if not can_add_evidence(by, appeal):
        raise NotAllowed(_("You cannot add evidence to this appeal at this step."))
    scanned = scan(source, name=name, max_bytes=MOST_BYTES)
    return _keep(
        appeal, source, name, note, scanned=scanned, for_parties=for_parties, by=by, at=at
    )


@transaction.atomic
def _keep(
    appeal: Appeal,
    source: Upload | IO[bytes],
    name: str,
    note: str,
    *,
    scanned: str | None,
    for_parties: bool,
    by: User,
    at: datetime,
) -> Evidence:
    """What `add` does once the scanner is content; `scanned`: the digest that it saw."""
    appeal = locked(appeal.pk)
    if not can_add_evidence(by, appeal):
        raise NotAllowed(_("You cannot add evidence to this appeal at this step."))
    if appeal.evidence.count() >= MOST_FILES:
        message = _("An appeal has at most %(most)s files.") % {"most": MOST_FILES}
        raise AppealIncomplete(message, fields={"file": message})
    stored = store(
        source, name=name, purpose="evidence", by=by, at=at, max_bytes=MOST_BYTES, types=EVIDENCE
    )
    try:
        if scanned is not None and scanned != stored.sha256:
            raise Conflict(_("The file changed while it was handed in. Please try again."))
        _require_room(appeal, stored)
    except BaseException:
        path_of(stored.pk).unlink(missing_ok=True)
        raise
    evidence = Evidence.objects.create(
        appeal=appeal,
        file=stored,
        sha256=stored.sha256,
        note=note.strip()[:300],
        for_parties=for_parties or not is_appellant(by, appeal),
        added_by=by,
        added_at=at,
    )
    audit(appeal, "evidence_added", by=by, after={"sha256": stored.sha256, "size": stored.size})
    return evidence


def _require_room(appeal: Appeal, stored: StoredFile) -> None:
    """Holds the appeal's lock: two uploads at once are counted one after the other."""
    if appeal.evidence.filter(sha256=stored.sha256).exists():
        raise Conflict(_("This file is already there."))
    together = appeal.evidence.aggregate(total=Sum("file__size"))["total"] or 0
    if together + stored.size > MOST_TOGETHER:
        message = _("The files of an appeal are at most 100 MB together.")
        raise AppealIncomplete(message, fields={"file": message})


@transaction.atomic
def delete(evidence: Evidence, *, by: User) -> None:
    """Row 30: the appellant, while the appeal is a draft. The bytes go after the commit."""
    appeal = locked(evidence.appeal_id)
    if not can_edit(by, appeal):
        raise NotAllowed(_("Evidence can be removed only while the appeal is a draft."))
    stored = evidence.file
    audit(appeal, "evidence_deleted", by=by, before={"sha256": evidence.sha256})
    evidence.delete()
    remove(stored, by=by)


@transaction.atomic
def open_file(evidence: Evidence, *, by: User, at: datetime) -> StoredFile:
    """The file for a download, which is put on record.

    Stakes are asked in the same transaction. Raises NotAllowed.
    """
    appeal = locked(evidence.appeal_id)
    if not can_open_evidence(by, evidence, appeal, at):
        raise NotAllowed(_("This file is not open to you."))
    audit(appeal, "evidence_opened", by=by, after={"sha256": evidence.sha256})
    return evidence.file
