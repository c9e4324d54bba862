"""Arbitration: a panel of three or five, hidden votes, majority and median, publication."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from appeals.eligibility import Capacity, conflicts
from appeals.errors import AlreadySaid, AppealIncomplete
from appeals.guards import PANEL_SIZES, active_seats, require_free, require_inside
from appeals.models import Appeal, PanelSeat, State
from appeals.services.common import (
    appellant,
    audit,
    deciding,
    locked,
    next_level,
    require_text,
    supervisor,
    tell,
)
from appeals.services.effect import apply_points, require_points, require_reason_code
from appeals.workflow import move, note_step, require
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import Role, User

CENT = Decimal("0.01")


@deciding
def seat_panel(appeal: Appeal, users: Sequence[User], *, by: User, at: datetime) -> Appeal:
    """The chair chooses three or five arbiters without a conflict.

    Seats may change until their vote is cast; a vote of somebody who has a stake by now stays
    on record but counts no more once the seat is given to another. Raises NotAllowed,
    ConflictOfInterest, AppealIncomplete (size), Conflict (a voter would lose the seat).
    """
    appeal = locked(appeal.pk)
    _require_arbitration(appeal)
    if not by.has_role(Role.CHAIR):
        raise NotAllowed(_("Only the committee chair chooses the panel."))
    require_free(by, appeal, Capacity.CHAIR, at)
    chosen = {user.pk: user for user in users}
    if len(chosen) not in PANEL_SIZES:
        message = _("A panel has three or five members; %(count)s are chosen.") % {
            "count": len(chosen)
        }
        raise AppealIncomplete(message, fields={"users": message})
    for seat in active_seats(appeal):
        if seat.user_id not in chosen:
            _give_up(seat, appeal, at)
    seated = {seat.user_id for seat in active_seats(appeal)}
    for user in chosen.values():
        require_free(user, appeal, Capacity.ARBITER, at)
        if user.pk not in seated:
            PanelSeat.objects.create(appeal=appeal, user=user, seated_at=at)
    names = "、".join(user.display_name for user in chosen.values())
    note_step(appeal, "seat_panel", by=by, at=at, note=names)
    audit(appeal, "panel_seated", by=by, after={"panel": sorted(chosen)})
    tell(appeal, [user for pk, user in chosen.items() if pk not in seated], "vote", at)
    return appeal


def _give_up(seat: PanelSeat, appeal: Appeal, at: datetime) -> None:
    """Take a seat away. Raises Conflict if its vote counts."""
    if seat.voted_at is None:
        seat.delete()
        return
    if not conflicts(seat.user, appeal, Capacity.ARBITER, at):
        raise Conflict(_("%(name)s has voted and stays.") % {"name": seat.user.display_name})
    PanelSeat.objects.filter(pk=seat.pk).update(recused_at=at)


def _require_arbitration(appeal: Appeal) -> None:
    if appeal.state != State.ARBITRATION:
        raise Conflict(_("Appeal %(number)s is not in arbitration.") % {"number": appeal.number})
    require_inside(appeal)


@deciding
def vote(
    appeal: Appeal,
    *,
    choice: str,
    figures: Mapping[int, Decimal],
    reasons: str,
    by: User,
    at: datetime,
) -> Appeal:
    """Cast one hidden vote: maintain, or change with points per line, with reasons.

    Exactly once: the conditional UPDATE makes a second click a 409. Raises AppealIncomplete,
    NotAllowed, StakeArisen, AlreadySaid, Conflict.
    """
    appeal = locked(appeal.pk)
    _require_arbitration(appeal)
    seat = appeal.panel.filter(user=by, recused_at__isnull=True).first()
    if seat is None:
        raise NotAllowed(_("Only a member of the panel votes."))
    require_free(by, appeal, Capacity.ARBITER, at, assigned=True)
    reasons = require_text(reasons, "reasons", _("Please give your reasons."))
    kept = _figures(appeal, choice, figures)
    cast = PanelSeat.objects.filter(pk=seat.pk, voted_at__isnull=True).update(
        vote=choice,
        figures={str(line): str(value) for line, value in kept.items()},
        reasons=reasons,
        voted_at=at,
    )
    if not cast:
        raise AlreadySaid(_("You have voted already."))
    note_step(appeal, "vote", by=by, at=at)
    audit(appeal, "voted", by=by, after={"seat": seat.pk})
    if all(other.voted_at is not None for other in active_seats(appeal)):
        tell(appeal, next_level(appeal, Capacity.CHAIR, at), "all_voted", at)
    return appeal


def _figures(appeal: Appeal, choice: str, figures: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
    """The figures of a vote for change, checked; none for the other one."""
    if choice not in PanelSeat.Vote.values:
        message = _("Please choose: maintain or change.")
        raise AppealIncomplete(message, fields={"vote": message})
    if choice == PanelSeat.Vote.MAINTAIN:
        return {}
    if not figures:
        message = _("A vote for change names the points of at least one line.")
        raise AppealIncomplete(message, fields={"vote": message})
    return require_points(appeal, figures)


def outcome(seats: Iterable[PanelSeat]) -> dict[int, Decimal]:
    """What the votes come to: line id → points; empty when the result is maintained.

    The majority decides whether anything changes, and which lines: those that more than half
    of all votes want changed. Their points are the median of the figures named; of an even
    number the mean of the middle two, half up. Source: 5-appeals.md rule 6.
    """
    voted = list(seats)
    figures: dict[int, list[Decimal]] = {}
    for seat in voted:
        if seat.vote == PanelSeat.Vote.CHANGE:
            for line, value in seat.figures.items():
                figures.setdefault(int(line), []).append(Decimal(value))
    return {
        line: median(values)
        for line, values in sorted(figures.items())
        if len(values) * 2 > len(voted)
    }


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle value, two decimals; of an even number the mean of the middle two."""
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return ((low + high) / 2).quantize(CENT, ROUND_HALF_UP)


def dissent(appeal: Appeal) -> list[str]:
    """Once the decision is published: the reasons of those who voted otherwise, unnamed.

    In the order of the votes' texts, so that the order of the seats tells nothing.
    """
    if appeal.state not in (State.MAINTAINED, State.CHANGED):
        return []
    other = PanelSeat.Vote.MAINTAIN if appeal.state == State.CHANGED else PanelSeat.Vote.CHANGE
    return sorted(seat.reasons for seat in active_seats(appeal) if seat.vote == other)


@deciding
def publish(appeal: Appeal, *, decision: str, reason_code: str, by: User, at: datetime) -> Appeal:
    """The chair publishes what the votes came to; the revision is made in this transaction.

    The votes of people who have a stake by now cannot be counted: the panel is completed first.
    Raises AppealIncomplete and what `move` raises.
    """
    appeal = locked(appeal.pk)
    require(appeal, "change", by=by, at=at)
    decision = require_text(decision, "decision", _("Please write the decision."))
    reason_code = require_reason_code(reason_code)
    seats = active_seats(appeal)
    points = outcome(seats)
    result = apply_points(appeal, points, reason=decision, proposed_by=None, approved_by=by, at=at)
    act = "maintain" if result is None else "change"
    move(appeal, act, by=by, at=at, decision=decision, reason_code=reason_code, result=result)
    audit(
        appeal,
        "decided",
        by=by,
        reason=decision,
        after={
            "state": appeal.state,
            "revision": result.revision if result else None,
            "votes": {seat.pk: [seat.vote, seat.figures] for seat in seats},
        },
    )
    people = [appellant(appeal), supervisor(appeal), appeal.reviewer]
    tell(appeal, [*people, *(seat.user for seat in seats)], "closed", at)
    return appeal
