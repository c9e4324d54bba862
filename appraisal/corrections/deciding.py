"""What decisions on all kinds of corrections have in common."""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from appraisal.models import Decision
from appraisal.models.corrections import Proposal
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.people.models import User

Kind = TypeVar("Kind", bound=Proposal)


class ProposalChanged(Conflict):
    """Somebody else has decided, or what it is about has changed."""

    code = "proposal_changed"


class ReasonMissing(DomainError):
    """A proposal or refusal without a reason."""

    code = "reason_missing"


def locked(kind: type[Kind], pk: int) -> Kind:
    """An open proposal, its row locked for the transaction. Raises ProposalChanged."""
    found: Kind = kind._default_manager.select_for_update().get(pk=pk)
    if found.state != Decision.PROPOSED:
        raise ProposalChanged(
            _("It has been decided or withdrawn already: %(state)s.")
            % {"state": found.get_state_display()}
        )
    return found


def refuse_self(proposal: Proposal, by: User, concerned: Collection[int]) -> None:
    """Raises NotAllowed for who proposed it and for whom it is about."""
    if proposal.proposed_by_id == by.pk:
        raise NotAllowed(_("You proposed this yourself. Another person decides."))
    if by.employee_id is not None and by.employee_id in concerned:
        raise NotAllowed(_("Nobody decides what changes their own scorecard."))


def settle(proposal: Proposal, state: Decision, *, by: User, at: datetime, reason: str) -> None:
    """Write the decision onto the row; the caller saves it. Raises ReasonMissing."""
    if state == Decision.REFUSED and not reason.strip():
        raise ReasonMissing(
            _("Say why, so that it can be understood."), fields={"reason": _("Needed.")}
        )
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, at
    proposal.decision_reason = reason.strip()
