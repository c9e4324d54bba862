"""The kinds of jobs: their names, and where the roof lists who does them and who may follow."""

from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, Any] = {
    "audit.verify": _("Checking the audit trail"),
    "appraisal.compute": _("Computing scores"),
    "appraisal.publish": _("Publishing results"),
    "periods.advance": _("Advancing the periods"),
    "appeals.deadlines": _("Checking the deadlines of appeals"),
    "tickets.import": _("Import"),
    "surveys.import": _("Import"),
}


def label(kind: str) -> str:
    """The name of a kind in the reader's language; an unknown one is named by its key."""
    return str(LABELS.get(kind, kind))


def handlers() -> Mapping[str, str]:
    """Kind to the dotted path of its handler, as the roof lists them."""
    found: Mapping[str, str] = import_string("kpi_portal.job_handlers.HANDLERS")
    return found


def readable_by(user: Any) -> list[str]:
    """Kinds whose jobs `user` may follow whoever asked for them."""
    readers: Mapping[str, tuple[str, ...]] = import_string("kpi_portal.job_handlers.READERS")
    return [kind for kind, roles in readers.items() if user.has_role(*roles)]
