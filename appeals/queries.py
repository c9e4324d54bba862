"""Reads of appeals: what waits for whom, what the portal knows about the procedure, lists."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from appeals.deadlines import window_end
from appeals.models import Appeal, PanelSeat, State
from appeals.permissions import (
    can_confirm,
    can_name_evaluator,
    can_publish,
    can_re_evaluate,
    can_review,
    can_seat_panel,
    can_take,
    can_vote,
)
from appraisal.models import Period, Scorecard
from kpi_portal.core.search import SearchHit
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import local_date
from kpi_portal.people.todo import Todo


@dataclass(frozen=True, slots=True)
class AppealState:
    """What a scorecard page needs to know: the appeal of this card, or whether one can begin.

    `until` is the last day to appeal, None before delivery; `may_start` for the card's owner
    within the window while no appeal is open.
    """

    appeal: Appeal | None
    until: date | None
    may_start: bool


def state_for_card(card: Scorecard, viewer: User, now: datetime) -> AppealState:
    """As `viewer` may see it."""
    appeals = Appeal.objects.visible_to(viewer).filter(
        period_id=card.period_id, employee_id=card.employee_id
    )
    newest = appeals.order_by("-created_at").first()
    until = window_end(card) if card.is_current else None
    own = viewer.employee_id is not None and viewer.employee_id == card.employee_id
    busy = newest is not None and not newest.is_closed
    within = until is not None and local_date(now) <= until
    return AppealState(newest, until, own and within and not busy)


def inbox(viewer: User, *, state: str = "", mine: bool = False) -> list[Appeal]:
    """What the viewer sees, open ones first by due date, then the closed ones, newest first."""
    rows = Appeal.objects.visible_to(viewer).select_related(
        "employee", "period", "scorecard__department", "reviewer__employee"
    )
    if state == "open":
        rows = rows.filter(closed_at__isnull=True)
    elif state == "closed":
        rows = rows.filter(closed_at__isnull=False)
    elif state:
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(
            Q(reviewer=viewer) | Q(evaluator=viewer) | Q(panel__user=viewer)
        ).distinct()
    far = date.max
    return sorted(
        rows,
        key=lambda row: (
            row.is_closed,
            row.due_on or far,
            -row.created_at.timestamp(),
        ),
    )


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """What the user has to do in appeals, with due dates."""
    todos = []
    rows = (
        Appeal.objects.visible_to(user)
        .filter(closed_at__isnull=True)
        .select_related("employee", "period", "scorecard", "meeting")
    )
    for appeal in rows:
        title = _turn(user, appeal, now)
        if title:
            todos.append(
                Todo(
                    title=title % {"number": appeal.number},
                    url=reverse("appeals:detail", args=[appeal.number]),
                    due_on=appeal.due_on,
                    kind=f"appeals.{appeal.state}",
                )
            )
    return todos


def _turn(user: User, appeal: Appeal, now: datetime) -> str:
    """What it is that this user has to do now, "" for nothing."""
    if appeal.state == State.DRAFT:
        return _("Your appeal %(number)s has not been submitted yet")
    if can_take(user, appeal, now):
        return _("Appeal %(number)s waits for a reviewer")
    if appeal.state == State.SUBMITTED and can_review(user, appeal, now):
        return _("First review of appeal %(number)s")
    if appeal.state == State.DATA_RECHECK and can_review(user, appeal, now):
        return _("Recheck the data of appeal %(number)s")
    if appeal.evaluator_id is None and can_name_evaluator(user, appeal, now):
        return _("Name who evaluates again for appeal %(number)s")
    if can_re_evaluate(user, appeal, now):
        return _("Evaluate again for appeal %(number)s")
    if can_confirm(user, appeal):
        return _("Confirm the minutes of appeal %(number)s")
    if appeal.state == State.MEETING and can_review(user, appeal, now):
        return _("Hold the meeting on appeal %(number)s")
    if can_vote(user, appeal, now):
        return _("Vote on appeal %(number)s")
    if can_publish(user, appeal, now):
        return _("Publish the decision on appeal %(number)s")
    seats = sum(1 for seat in appeal.panel.all() if seat.recused_at is None)
    if seats not in (3, 5) and can_seat_panel(user, appeal, now):
        return _("Choose the panel for appeal %(number)s")
    return ""


def search(user: User, text: str, limit: int) -> list[SearchHit]:
    """Appeals by number or the appellant's name, as far as the user sees them."""
    rows = (
        Appeal.objects.visible_to(user)
        .filter(Q(number__icontains=text) | Q(employee__name__icontains=text))
        .select_related("employee", "period")[:limit]
    )
    return [
        SearchHit(
            kind=_("appeal"),
            title=row.number,
            url=reverse("appeals:detail", args=[row.number]),
            detail=f"{row.employee.name} · {row.period.code} · {row.get_state_display()}",
        )
        for row in rows
    ]


def holds_open(period: Period) -> bool:
    """Whether an appeal of that period is under way (appraisal asks before closing it)."""
    return Appeal.objects.open().filter(period=period).exists()


def case_card_ids(user: User) -> set[int]:
    """All revisions of the cards of the appeals in which the user acts (appraisal asks)."""
    cases = Appeal.objects.visible_to(user).filter(
        Q(evaluator=user) | Q(reviewer=user) | Q(panel__user=user, panel__recused_at__isnull=True)
    )
    pairs = set(cases.values_list("period_id", "employee_id"))
    if user.has_role(Role.CHAIR):
        pairs |= set(
            Appeal.objects.visible_to(user)
            .filter(state=State.ARBITRATION)
            .values_list("period_id", "employee_id")
        )
    found: set[int] = set()
    for period_id, employee_id in pairs:
        found.update(
            Scorecard.objects.filter(period_id=period_id, employee_id=employee_id).values_list(
                "pk", flat=True
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Vote:
    """One arbiter's seat as the viewer may see it; `vote` is hidden ("") until all have voted."""

    seat: PanelSeat
    has_voted: bool
    vote: str
    figures: dict[int, Decimal]
    reasons: str


def votes(appeal: Appeal, viewer: User) -> list[Vote]:
    """The panel in order of seating. Others' votes stay hidden until everybody has voted.

    Once the decision is published, the parties see how many voted how, not who: only the panel,
    the chair and auditors get the reasons by name.
    """
    seats = [
        seat for seat in appeal.panel.select_related("user__employee") if seat.recused_at is None
    ]
    all_in = bool(seats) and all(seat.voted_at for seat in seats)
    inside = viewer.has_role(Role.CHAIR, Role.AUDITOR) or any(
        seat.user_id == viewer.pk for seat in seats
    )
    rows = []
    for seat in seats:
        open_ = seat.user_id == viewer.pk or (all_in and inside)
        rows.append(
            Vote(
                seat=seat,
                has_voted=seat.voted_at is not None,
                vote=seat.vote if open_ else "",
                figures={int(k): Decimal(v) for k, v in seat.figures.items()} if open_ else {},
                reasons=seat.reasons if open_ else "",
            )
        )
    return rows


def counts_by_state(viewer: User) -> dict[str, int]:
    """How many appeals the viewer sees per state."""
    rows = Appeal.objects.visible_to(viewer).order_by().values("state").annotate(n=Count("*"))
    return {row["state"]: row["n"] for row in rows}
