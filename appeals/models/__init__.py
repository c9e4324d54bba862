"""Appeals and everything that is laid down in the course of one."""

from appeals.models.appeals import (
    CLOSED,
    OPEN,
    Appeal,
    DisputedLine,
    Ground,
    Inadmissible,
    NumberSeries,
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
    Recusal,
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
    "Inadmissible",
    "Meeting",
    "NumberSeries",
    "PanelSeat",
    "Proposal",
    "ReasonCode",
    "Recusal",
    "State",
    "Step",
    "Topic",
]
