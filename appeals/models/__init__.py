"""Appeals and everything that is laid down in the course of one."""

from appeals.models.appeals import (
    CLOSED,
    OPEN,
    Appeal,
    DisputedLine,
    Ground,
    ReasonCode,
    State,
    Topic,
)
from appeals.models.evidence import Evidence
from appeals.models.proceedings import (
    ChecklistFinding,
    Confirmation,
    Extension,
    Meeting,
    PanelSeat,
    Proposal,
    Step,
)

__all__ = [
    "CLOSED",
    "OPEN",
    "Appeal",
    "ChecklistFinding",
    "Confirmation",
    "DisputedLine",
    "Evidence",
    "Extension",
    "Ground",
    "Meeting",
    "PanelSeat",
    "Proposal",
    "ReasonCode",
    "State",
    "Step",
    "Topic",
]
