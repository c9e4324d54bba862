"""The whole course of an appeal as one table: who may do what, where, and where it leads.

Code, buttons, tests and the diagram in the docs all come from TRANSITIONS; guards.py says what
its words mean. A transition is applied by one conditional UPDATE, so that of two people acting
at once one is told (409). Source: 5-appeals.md, states and rules 11 and 15.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.deadlines import step_due
from appeals.errors import StateMoved
from appeals.guards import GUARDS, has_capacity, require_capacity
from appeals.models import CLOSED, OPEN, Appeal, State, Step
from kpi_portal.people.models import User


@dataclass(frozen=True, slots=True)
class Transition:
    """`act` leads from any of `sources` to `target`, by somebody in `capacity`.

    Capacities: appellant, reviewer, evaluator, chair, outside and clock (no person: a due date
    passed, or the last of several has spoken). `guards` are keys of GUARDS, asked in this order.
    """

    act: str
    sources: tuple[State, ...]
    target: State
    capacity: str
    guards: tuple[str, ...]
    label: Any


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "file",
        (State.DRAFT,),
        State.SUBMITTED,
        "appellant",
        ("in_time", "complete"),
        gettext_lazy("Submit the appeal"),
    ),
    Transition(
        "withdraw",
        OPEN,
        State.WITHDRAWN,
        "appellant",
        (),
        gettext_lazy("Withdraw the appeal"),
    ),
    Transition(
        "reject_formally",
        (State.SUBMITTED,),
        State.INADMISSIBLE,
        "reviewer",
        (),
        gettext_lazy("Do not admit"),
    ),
    Transition(
        "find_compliant",
        (State.SUBMITTED,),
        State.DATA_RECHECK,
        "reviewer",
        ("procedure_kept",),
        gettext_lazy("Procedure kept: recheck the data"),
    ),
    Transition(
        "find_violated",
        (State.SUBMITTED,),
        State.RE_EVALUATION,
        "reviewer",
        ("procedure_violated",),
        gettext_lazy("Procedure violated: evaluate again"),
    ),
    Transition(
        "finish_recheck",
        (State.DATA_RECHECK,),
        State.MEETING,
        "reviewer",
        ("recheck_done", "parties_called"),
        gettext_lazy("Finish the recheck and call the meeting"),
    ),
    Transition(
        "re_evaluate",
        (State.RE_EVALUATION,),
        State.REEVALUATED,
        "evaluator",
        (),
        gettext_lazy("Record the re-evaluation"),
    ),
    Transition(
        "agree",
        (State.MEETING,),
        State.SETTLED,
        "clock",
        ("three_agree",),
        gettext_lazy("All three agree"),
    ),
    Transition(
        "disagree",
        (State.MEETING,),
        State.ARBITRATION,
        "clock",
        ("one_refuses",),
        gettext_lazy("No agreement: to the committee"),
    ),
    Transition(
        "lapse",
        (State.MEETING,),
        State.ARBITRATION,
        "clock",
        ("overdue",),
        gettext_lazy("Meeting overdue: to the committee"),
    ),
    Transition(
        "maintain",
        (State.ARBITRATION,),
        State.MAINTAINED,
        "chair",
        ("panel_voted",),
        gettext_lazy("Publish: the result is maintained"),
    ),
    Transition(
        "change",
        (State.ARBITRATION,),
        State.CHANGED,
        "chair",
        ("panel_voted",),
        gettext_lazy("Publish: the result is changed"),
    ),
    Transition(
        "maintain_outside",
        (State.ARBITRATION,),
        State.MAINTAINED,
        "outside",
        ("taken_up",),
        gettext_lazy("Outside chair: the result is maintained"),
    ),
    Transition(
        "change_outside",
        (State.ARBITRATION,),
        State.CHANGED,
        "outside",
        ("taken_up",),
        gettext_lazy("Outside chair: the result is changed"),
    ),
)
BY_ACT: Mapping[str, Transition] = MappingProxyType(
    {transition.act: transition for transition in TRANSITIONS}
)


def allows(appeal: Appeal, act: str) -> bool:
    """Whether the state admits `act`."""
    return appeal.state in BY_ACT[act].sources


def offers(user: User, appeal: Appeal, act: str) -> bool:
    """Whether state and part admit `act` to `user`; stakes and guards are asked on acting."""
    return allows(appeal, act) and has_capacity(user, appeal, BY_ACT[act].capacity)


def require(appeal: Appeal, act: str, *, by: User | None, at: datetime) -> None:
    """Raises StateMoved, NotAllowed, ConflictOfInterest or StakeArisen if `by` cannot `act`.

    Services ask before they write what the guards will read.
    """
    transition = BY_ACT[act]
    if appeal.state not in transition.sources:
        raise StateMoved(refusal(appeal, act))
    require_capacity(by, appeal, transition.capacity, at)


def move(
    appeal: Appeal, act: str, *, by: User | None, at: datetime, note: str = "", **changes: Any
) -> None:
    """Apply `act`: state, part and guards asked, one conditional UPDATE, a row of history.

    In the caller's transaction, which holds the row's lock. The new step's due date follows
    from the table of days. Raises what `require` and the guards raise, and StateMoved if
    somebody else was faster.
    """
    require(appeal, act, by=by, at=at)
    transition = BY_ACT[act]
    for name in transition.guards:
        GUARDS[name].check(appeal, at)
    source = State(appeal.state)
    if transition.target in CLOSED:
        changes |= {"due_on": None, "closed_at": at, "paused_at": None}
    else:
        changes["due_on"] = step_due(transition.target, at)
    rows = Appeal.objects.filter(pk=appeal.pk, state=source)
    moved = rows.update(state=transition.target, **changes)
    appeal.refresh_from_db()
    if not moved:
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


def diagram() -> str:
    """The table as a Mermaid state diagram, for docs/appeals-workflow.md."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    for transition in TRANSITIONS:
        guards = "; ".join(GUARDS[name].label for name in transition.guards)
        words = f"{transition.act} · {transition.capacity}" + (f" [{guards}]" if guards else "")
        lines += [
            f"    {source.value} --> {transition.target.value}: {words}"
            for source in transition.sources
        ]
    lines += [f"    {state.value} --> [*]" for state in CLOSED]
    return "\n".join(lines) + "\n"
