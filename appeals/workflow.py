"""The whole course of an appeal as one table: who may do what, where, and where it leads.

Code, buttons, API, tests and the diagram in the docs all come from TRANSITIONS. A transition is
applied by one conditional UPDATE, so that of two people acting at once one is told (409).
Source: 5-appeals.md, states and rules 11 and 15.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.models import CLOSED, Appeal, State, Step
from kpi_portal.core.errors import Conflict
from kpi_portal.people.models import User


class StateMoved(Conflict):
    """The appeal is no longer where the act needs it."""

    code = "appeal_moved_on"


@dataclass(frozen=True, slots=True)
class Transition:
    """`act` leads from any of `sources` to `target`, by somebody in `capacity`.

    Capacities: appellant, hr (any eligible HR), hr_lead, reviewer, evaluator, party, arbiter,
    chair, and clock (no person: a due date passed, or the last of several has spoken).
    """

    act: str
    sources: tuple[State, ...]
    target: State
    capacity: str
    label: Any


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "file", (State.DRAFT,), State.SUBMITTED, "appellant", gettext_lazy("Submit the appeal")
    ),
    Transition(
        "withdraw",
        (State.SUBMITTED, State.DATA_RECHECK, State.MEETING, State.ARBITRATION),
        State.WITHDRAWN,
        "appellant",
        gettext_lazy("Withdraw the appeal"),
    ),
    Transition(
        "reject_formally",
        (State.SUBMITTED,),
        State.INADMISSIBLE,
        "reviewer",
        gettext_lazy("Do not admit"),
    ),
    Transition(
        "find_compliant",
        (State.SUBMITTED,),
        State.DATA_RECHECK,
        "reviewer",
        gettext_lazy("Procedure kept: recheck the data"),
    ),
    Transition(
        "find_violated",
        (State.SUBMITTED,),
        State.RE_EVALUATION,
        "reviewer",
        gettext_lazy("Procedure violated: evaluate again"),
    ),
    Transition(
        "finish_recheck",
        (State.DATA_RECHECK,),
        State.MEETING,
        "reviewer",
        gettext_lazy("Finish the recheck and call the meeting"),
    ),
    Transition(
        "re_evaluate",
        (State.RE_EVALUATION,),
        State.REEVALUATED,
        "evaluator",
        gettext_lazy("Record the re-evaluation"),
    ),
    Transition("agree", (State.MEETING,), State.SETTLED, "clock", gettext_lazy("All three agree")),
    Transition(
        "disagree",
        (State.MEETING,),
        State.ARBITRATION,
        "clock",
        gettext_lazy("No agreement: to the committee"),
    ),
    Transition(
        "maintain",
        (State.ARBITRATION,),
        State.MAINTAINED,
        "chair",
        gettext_lazy("Publish: the result is maintained"),
    ),
    Transition(
        "change",
        (State.ARBITRATION,),
        State.CHANGED,
        "chair",
        gettext_lazy("Publish: the result is changed"),
    ),
)
BY_ACT: Mapping[str, Transition] = {transition.act: transition for transition in TRANSITIONS}

# Working days until a state is overdue; the company can be asked for one extension per step.
DAYS: Mapping[State, int] = {
    State.SUBMITTED: 3,
    State.DATA_RECHECK: 5,
    State.RE_EVALUATION: 5,
    State.MEETING: 5,
    State.ARBITRATION: 10,
}


def allows(appeal: Appeal, act: str) -> bool:
    """Whether the state admits `act`; who may do it is `permissions`' business."""
    return appeal.state in BY_ACT[act].sources


def move(
    appeal: Appeal, act: str, *, by: User | None, at: datetime, note: str = "", **changes: Any
) -> Appeal:
    """Apply `act`: one conditional UPDATE and a row of history.

    The caller holds the transaction, has checked permissions and sets `due_on` in `changes`
    when the target is open. Raises StateMoved if somebody else was faster.
    """
    transition = BY_ACT[act]
    source = State(appeal.state)
    if source not in transition.sources:
        raise StateMoved(refusal(appeal, act))
    if transition.target in CLOSED:
        changes = {"due_on": None, "closed_at": at, **changes}
    moved = Appeal.objects.filter(pk=appeal.pk, state=source).update(
        state=transition.target, **changes
    )
    if not moved:
        appeal.refresh_from_db()
        raise StateMoved(refusal(appeal, act))
    Step.objects.create(
        appeal=appeal,
        act=act,
        from_state=source,
        to_state=transition.target,
        by=by,
        note=note,
        at=at,
    )
    appeal.refresh_from_db()
    return appeal


def refusal(appeal: Appeal, act: str) -> str:
    """Why `act` is not possible now, in words."""
    return _("“%(act)s” is not possible: appeal %(number)s is now at “%(state)s”.") % {
        "act": BY_ACT[act].label,
        "number": appeal.number,
        "state": appeal.get_state_display(),
    }


def note_step(appeal: Appeal, act: str, *, by: User | None, at: datetime, note: str = "") -> None:
    """Write an act that does not change the state (reviewer named, vote cast) into the history."""
    Step.objects.create(
        appeal=appeal,
        act=act,
        from_state=appeal.state,
        to_state=appeal.state,
        by=by,
        note=note,
        at=at,
    )
