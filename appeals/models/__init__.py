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
from appeals.models.claims import RecordClaim
from appeals.models.evidence import Evidence
from appeals.models.proceedings import (
    ChecklistFinding,
    Confirmation,
    Extension,
    Meeting,
    MinutesVersion,
    OutsideChair,
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
    "MinutesVersion",
    "NumberSeries",
    "OutsideChair",
    "PanelSeat",
    "Proposal",
    "ReasonCode",
    "RecordClaim",
    "Recusal",
    "State",
    "Step",
    "Topic",
]
