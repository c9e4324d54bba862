"""Arbitration: a panel of three or five, hidden votes, majority and median, publication."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.eligibility import Capacity
from appeals.errors import AlreadySaid, AppealIncomplete
from appeals.models import Appeal, PanelSeat, State
from appeals.permissions import can_publish, can_recuse, can_seat_panel
from appeals.services.common import (
    appellant,
    audit,
    chairs,
    locked,
    require_eligible,
    require_text,
    supervisor,
    tell,
)
from appeals.services.effect import apply_points, require_reason_code
from appeals.workflow import move, note_step
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User

SIZES = (3, 5)


def active_seats(appeal: Appeal) -> list[PanelSeat]:
    """Those who have not stepped back, in the order in which they were seated."""
    return [seat for seat in appeal.panel.select_related("user") if seat.recused_at is None]


@transaction.atomic
def seat_panel(appeal: Appeal, users: Sequence[User], *, by: User, at: datetime) -> Appeal:
    """The chair chooses three or five arbiters without a conflict.

    Seats that have voted stay; others may be changed until then. Raises NotAllowed,
    ConflictOfInterest, AppealIncomplete (size), Conflict (a voter would lose the seat).
    """
    appeal = locked(appeal.pk)
    if not can_seat_panel(by, appeal, at):
        raise NotAllowed(_("Only the committee chair without a stake chooses the panel."))
    chosen = {user.pk: user for user in users}
    if len(chosen) not in SIZES:
        message = _("A panel has three or five members; %(count)s are chosen.") % {
            "count": len(chosen)
        }
        raise AppealIncomplete(message, fields={"panel": message})
    for seat in active_seats(appeal):
        if seat.user_id in chosen:
            continue
        if seat.voted_at is not None:
            raise Conflict(_("%(name)s has voted and stays.") % {"name": seat.user.display_name})
        seat.delete()
    stepped_back = set(
        appeal.panel.filter(recused_at__isnull=False).values_list("user_id", flat=True)
    )
    seated = {seat.user_id for seat in active_seats(appeal)}
    for user in chosen.values():
        if user.pk in stepped_back:
            raise AppealIncomplete(
                _("%(name)s has stepped back from this case.") % {"name": user.display_name}
            )
        if user.pk not in seated:
            require_eligible(user, appeal, Capacity.ARBITER, at)
            PanelSeat.objects.create(appeal=appeal, user=user, seated_at=at)
    names = ", ".join(user.display_name for user in chosen.values())
    note_step(appeal, "seat_panel", by=by, at=at, note=names)
    audit(appeal, "seat_panel", by=by, after={"panel": sorted(chosen)})
    tell(appeal, chosen.values(), "vote", at)
    return appeal


@transaction.atomic
def recuse(appeal: Appeal, *, reason: str, by: User, at: datetime) -> Appeal:
    """An arbiter steps back before voting; the chair seats a substitute."""
    appeal = locked(appeal.pk)
    if not can_recuse(by, appeal):
        raise NotAllowed(_("Only a member of the panel who has not voted can step back."))
    reason = require_text(reason, "reason", _("Please say why you step back."))
    appeal.panel.filter(user=by, voted_at__isnull=True).update(
        recused_at=at, recusal_reason=reason
    )
    note_step(appeal, "recuse", by=by, at=at)
    audit(appeal, "recuse", by=by, after={"recused": by.pk})
    tell(appeal, chairs(), "panel_wanted", at, key=f"recused {by.pk}")
    return appeal


@transaction.atomic
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
    NotAllowed, ConflictOfInterest, AlreadySaid.
    """
    appeal = locked(appeal.pk)
    if appeal.state != State.ARBITRATION:
        raise Conflict(_("Appeal %(number)s is not in arbitration.") % {"number": appeal.number})
    require_eligible(by, appeal, Capacity.ARBITER, at)
    reasons = require_text(reasons, "reasons", _("Please give your reasons."))
    if choice not in PanelSeat.Vote.values:
        message = _("Please choose: maintain or change.")
        raise AppealIncomplete(message, fields={"vote": message})
    if choice == PanelSeat.Vote.CHANGE:
        _require_figures(appeal, figures)
    seat = appeal.panel.filter(user=by, recused_at__isnull=True).first()
    if seat is None:
        raise NotAllowed(_("Only a member of the panel votes."))
    kept = figures if choice == PanelSeat.Vote.CHANGE else {}
    cast = PanelSeat.objects.filter(pk=seat.pk, voted_at__isnull=True).update(
        vote=choice,
        figures={str(line): str(value) for line, value in kept.items()},
        reasons=reasons,
        voted_at=at,
    )
    if not cast:
        raise AlreadySaid(_("You have voted already."))
    note_step(appeal, "vote", by=by, at=at)
    audit(appeal, "vote", by=by, after={"seat": seat.pk, "voted": True})
    if all(other.voted_at is not None for other in active_seats(appeal)):
        tell(appeal, chairs(), "all_voted", at)
    return appeal


def _require_figures(appeal: Appeal, figures: Mapping[int, Decimal]) -> None:
    if not figures:
        message = _("A vote for change names the points of at least one line.")
        raise AppealIncomplete(message, fields={"figures": message})
    lines = set(appeal.scorecard.lines.values_list("pk", flat=True))
    if set(figures) - lines:
        raise AppealIncomplete(_("A line does not belong to the disputed scorecard."))
    for line, value in figures.items():
        if not Decimal(0) <= value <= Decimal(100):
            message = _("Points are between 0 and 100.")
            raise AppealIncomplete(message, fields={f"points_{line}": message})


def outcome(seats: Iterable[PanelSeat]) -> dict[int, Decimal]:
    """What the votes come to: line id → points; empty when the result is maintained.

    The majority decides whether anything changes. For each line that a majority of all seats
    wants changed: the median of the figures named (odd counts exactly; of an even count the one
    that is better for the appellant). 5-appeals.md rule 6.
    """
    voted = list(seats)
    for_change = [seat for seat in voted if seat.vote == PanelSeat.Vote.CHANGE]
    if len(for_change) * 2 <= len(voted):
        return {}
    figures: dict[int, list[Decimal]] = {}
    for seat in for_change:
        for line, value in seat.figures.items():
            figures.setdefault(int(line), []).append(Decimal(value))
    return {
        line: sorted(values)[len(values) // 2]
        for line, values in sorted(figures.items())
        if len(values) * 2 > len(voted)
    }


@transaction.atomic
def publish(appeal: Appeal, *, decision: str, reason_code: str, by: User, at: datetime) -> Appeal:
    """The chair publishes what the votes came to; the revision is made in this transaction.

    Votes of people who have a stake by now count no more: then the panel must be completed
    first. Raises NotAllowed, ConflictOfInterest, AppealIncomplete, StateMoved.
    """
    appeal = locked(appeal.pk)
    if not can_publish(by, appeal, at):
        raise NotAllowed(
            _("The decision is published by the chair when every member of the panel has voted.")
        )
    decision = require_text(decision, "decision", _("Please write the decision."))
    reason_code = require_reason_code(reason_code)
    seats = active_seats(appeal)
    for seat in seats:
        require_eligible(seat.user, appeal, Capacity.ARBITER, at)
    points = outcome(seats)
    result = apply_points(appeal, points, reason=decision, proposed_by=None, approved_by=by, at=at)
    act = "maintain" if result is None else "change"
    move(appeal, act, by=by, at=at, decision=decision, reason_code=reason_code, result=result)
    audit(
        appeal,
        act,
        by=by,
        reason=decision,
        after={"state": appeal.state, "revision": result.revision if result else None},
    )
    tell(
        appeal,
        [appellant(appeal), supervisor(appeal), appeal.reviewer, *(seat.user for seat in seats)],
        "closed",
        at,
    )
    return appeal
