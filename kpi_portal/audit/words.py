"""Acts and objects of the trail in words. An act is `noun.verb_in_the_past`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

ACTS: Mapping[str, Any] = {
    "account.added": _("Account added"),
    "account.changed": _("Account changed"),
    "account.disabled": _("Account disabled"),
    "account.enabled": _("Account enabled"),
    "account.password_changed": _("Password changed"),
    "account.password_set": _("Password set"),
    "account.preferences": _("Preferences changed"),
    "account.role_granted": _("Role granted"),
    "account.role_revoked": _("Role revoked"),
    "account.sessions_ended": _("Signed out everywhere"),
    "account.sign_in_failed": _("Sign-in failed"),
    "account.signed_in": _("Signed in"),
    "account.signed_out": _("Signed out"),
    "audit.anchored": _("End of the trail noted anew"),
    "calendar.day_cleared": _("Company day removed"),
    "calendar.day_set": _("Company day set"),
    "hours.added": _("Service hours entered"),
    "hours.removed": _("Service hours removed"),
    "calendar.seeded": _("Statutory days updated"),
    "company.changed": _("Company settings changed"),
    "department.added": _("Department added"),
    "department.changed": _("Department changed"),
    "employee.added": _("Employee added"),
    "employee.alias_set": _("Name in a source assigned"),
    "employee.changed": _("Employee changed"),
    "employee.leave_added": _("Absence recorded"),
    "employee.leave_removed": _("Absence removed"),
    "employee.left": _("Employee left"),
    "employee.rejoined": _("Employee rejoined"),
    "employee.transferred": _("Employee transferred"),
    "file.downloaded": _("File downloaded"),
    "file.removed": _("File removed"),
    "file.stored": _("File stored"),
    "job.cancelled": _("Work stopped"),
    "job.requested": _("Work asked for"),
    "position.added": _("Position added"),
    "position.changed": _("Position changed"),
    "schedule.changed": _("Timetable changed"),
    "token.created": _("API token created"),
    "token.revoked": _("API token revoked"),
}


FINDINGS: Mapping[str, Any] = {
    "altered": _("The event is not what was sealed."),
    "missing": _("The event with this number is gone."),
    "out_of_order": _("The event does not follow the one before it."),
    "cut": _("Newer events are gone, or the database is older than the file audit.head."),
    "replaced": _("The event that the file audit.head names has been replaced."),
    "head": _("The noted end of the trail is another one."),
    "anchor_forged": _("The file audit.head is damaged or forged."),
    "anchor_missing": _("The file audit.head is missing."),
}


def finding_label(kind: str) -> str:
    """What a check found, in words."""
    return str(FINDINGS.get(kind, kind))


def act_label(act: str) -> str:
    """The act in the reader's language; one without words is named by its key."""
    return str(ACTS.get(act, act))
