"""Noting which other cards the same wrong records touch (5-appeals.md rule 13)."""

from datetime import datetime

from django.utils.translation import gettext as _

from appeals.models import Appeal
from appeals.permissions import can_note_impact
from appeals.services.common import audit, deciding, hr_leads, locked, require_text, tell
from appeals.touching import Source, cards_touched
from appeals.workflow import note_step
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import User


@deciding
def note_impact(appeal: Appeal, source: Source, *, note: str, by: User, at: datetime) -> Appeal:
    """Keep with the case which other cards of the period the records of `source` touch.

    Nothing is changed on any card: what follows is a correction of its own, reviewed by a
    second person, which lowers nobody's published final. The HR lead is told. Raises
    NotAllowed, AppealIncomplete (nothing said).
    """
    appeal = locked(appeal.pk)
    if not can_note_impact(by, appeal, at):
        raise NotAllowed(_("Only who checks the data of this appeal notes this."))
    note = require_text(note, "note", _("Please say what is wrong with these records."))
    touched = cards_touched(appeal, source)
    before = appeal.impact
    appeal.impact = {
        "source": source.key,
        "label": source.label,
        "cards": [{"number": row.card.employee.number, "records": row.records} for row in touched],
        "note": note,
    }
    appeal.save(update_fields=["impact"])
    note_step(appeal, "note_impact", by=by, at=at, note=source.label)
    audit(appeal, "impact_noted", by=by, before=before, after=appeal.impact, reason=note)
    tell(appeal, hr_leads(), "impact", at, key=source.key)
    return appeal
