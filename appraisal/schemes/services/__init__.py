"""Every change to schemes: drafting, submission, decision, activation, notices."""

from appraisal.schemes.services.approval import (
    AlreadyDecided,
    activate_by_command,
    approve,
    reject,
    submit,
    withdraw,
)
from appraisal.schemes.services.drafts import (
    DraftChanged,
    DraftExists,
    NotADraft,
    clone_scheme,
    create_scheme,
    discard,
    new_draft,
    save_draft,
)
from appraisal.schemes.services.files import Imported, NothingDecided, import_scheme
from appraisal.schemes.services.library import save_indicator, seed_indicators
from appraisal.schemes.services.notices import confirm, retire_ended, tell_covered
from appraisal.schemes.services.templates import (
    UnknownTemplate,
    create_from_template,
    template_content,
)

__all__ = [
    "AlreadyDecided",
    "DraftChanged",
    "DraftExists",
    "Imported",
    "NotADraft",
    "NothingDecided",
    "UnknownTemplate",
    "activate_by_command",
    "approve",
    "clone_scheme",
    "confirm",
    "create_from_template",
    "create_scheme",
    "discard",
    "import_scheme",
    "new_draft",
    "reject",
    "retire_ended",
    "save_draft",
    "save_indicator",
    "seed_indicators",
    "submit",
    "tell_covered",
    "template_content",
    "withdraw",
]
