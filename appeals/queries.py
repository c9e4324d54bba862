"""Reads of appeals: what waits for whom, lists, search, and the panel's votes as one may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals import claims, permissions
from appeals.deadlines import ends_at, window_end, windows_open
from appeals.guards import PANEL_SIZES, active_seats
from appeals.models import CLOSED, OPEN, Appeal, PanelSeat, State
from appeals.models.visibility import AppealQuerySet
from appeals.scope import decided_by
from appraisal.models import Period, Scorecard
from kpi_portal.core.search import SearchHit
from kpi_portal.core.time import working_days
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import local_date, workday_test
from kpi_portal.people.todo import Todo


@dataclass(frozen=True, slots=True)
class AppealState:
    """What a scorecard page needs to know: the appeal of this card, or whether one can begin.

    `until` is the last day to appeal, None before delivery; `may_start` for the card's owner
    within the window while no appeal is open; `may_admit` for HR once the window has closed.
    """

    appeal: Appeal | None
    until: date | None
    may_start: bool
    may_admit: bool


def state_for_card(card: Scorecard, viewer: User, now: datetime) -> AppealState:
    """As `viewer` may see it; the card is visible to them."""
    appeals = Appeal.objects.filter(period_id=card.period_id, employee_id=card.employee_id)
    busy = appeals.filter(closed_at__isnull=True).exists()
    newest = appeals.readable_by(viewer).order_by("-created_at").first()
    published = card.is_current and card.is_frozen and card.period.state != Period.State.CLOSED
    until = window_end(card) if published else None
    free = until is not None and not busy and decided_by(card) is None
    over = until is not None and now >= ends_at(until)
    if over and claims.extended_positions(card, now):
        over = False
    own = viewer.employee_id is not None and viewer.employee_id == card.employee_id
    return AppealState(
        appeal=newest,
        until=until,
        may_start=free and own and not over,
        may_admit=free and over and permissions.can_admit_late(viewer, card, now),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. `is_masked`: in HR's pool, the appellant is not named in full.

    `days_left`: working days until the due date, below 0 once it is over, None without one.
    """

    appeal: Appeal
    name: str
    is_masked: bool
    days_left: int | None


def inbox(viewer: User, *, state: str = "", mine: bool = False) -> AppealQuerySet:
    """What the viewer sees: drafts and open ones by due date, then the closed, newest first."""
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
        seats = PanelSeat.objects.filter(user=viewer, recused_at__isnull=True)
        rows = rows.filter(
            Q(reviewer=viewer) | Q(evaluator=viewer) | Q(pk__in=seats.values("appeal_id"))
        )
    return rows.order_by(
        F("closed_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-created_at"
    )


def as_rows(appeals: list[Appeal], viewer: User, now: datetime) -> list[Row]:
    """The lines of one page of the list; three queries, however many."""
    ids = [appeal.pk for appeal in appeals]
    readable = set(
        Appeal.objects.readable_by(viewer).filter(pk__in=ids).values_list("pk", flat=True)
    )
    left = _days_left([appeal.due_on for appeal in appeals], local_date(now))
    return [
        Row(
            appeal=appeal,
            name=appeal.employee.name if appeal.pk in readable else masked(appeal.employee.name),
            is_masked=appeal.pk not in readable,
            days_left=left.get(appeal.due_on) if appeal.due_on else None,
        )
        for appeal in appeals
    ]


def masked(name: str) -> str:
    """The first character, then a star. Source: 9-promises.md section 6.6."""
    return f"{name[:1]}*"


def _days_left(due: list[date | None], today: date) -> dict[date, int]:
    """Working days until each due date, with one query."""
    dates = {day for day in due if day is not None}
    if not dates:
        return {}
    one = date.resolution
    test = workday_test(min(today, *dates), max(today, *dates) + one)
    return {
        day: working_days(today + one, day + one, test)
        if day >= today
        else -max(1, working_days(day + one, today + one, test))
        for day in dates
    }


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """What the user has to do in appeals, with due dates."""
    rows = (
        Appeal.objects.visible_to(user)
        .filter(closed_at__isnull=True)
        .select_related("employee", "period", "scorecard__version", "meeting")
    )
    todos = []
    for appeal in rows:
        title = turn(user, appeal, now)
        if title:
            todos.append(
                Todo(
                    title=title % {"number": appeal.number},
                    url=reverse("appeals:detail", args=[appeal.number]),
                    due_on=appeal.due_on or _draft_until(appeal),
                    kind=f"appeals.{appeal.state}",
                )
            )
    return [*todos, *claims.waiting_for(user, now)]


def _draft_until(appeal: Appeal) -> date | None:
    """By when a draft has to be submitted; None where HR admits it late."""
    if appeal.state != State.DRAFT or appeal.late_admitted_by_id is not None:
        return None
    return window_end(appeal.scorecard)


def turn(user: User, appeal: Appeal, now: datetime) -> str:
    """What it is that this user has to do now, "" for nothing. Cheap questions come first."""
    if appeal.state == State.DRAFT:
        return _("Your appeal %(number)s has not been submitted yet")
    if appeal.state == State.MEETING and permissions.can_confirm(user, appeal, now):
        return _("Confirm the minutes of appeal %(number)s")
    if permissions.can_take(user, appeal, now):
        return _("Appeal %(number)s waits for a reviewer")
    if appeal.reviewer_id == user.pk and permissions.can_review(user, appeal, now):
        return _reviewers_turn(appeal)
    if appeal.state == State.RE_EVALUATION:
        if appeal.evaluator_id is None and permissions.can_name_evaluator(user, appeal, now):
            return _("Name who evaluates again for appeal %(number)s")
        if permissions.can_re_evaluate(user, appeal, now):
            return _("Evaluate again for appeal %(number)s")
    if appeal.state == State.ARBITRATION:
        return _committees_turn(user, appeal, now)
    return ""


def _reviewers_turn(appeal: Appeal) -> str:
    if appeal.state == State.SUBMITTED:
        return _("First review of appeal %(number)s")
    if appeal.state == State.DATA_RECHECK:
        return _("Recheck the data of appeal %(number)s")
    meeting = permissions.meeting_of(appeal)
    if meeting is not None and meeting.round == 0:
        return _("Hold the meeting on appeal %(number)s")
    return ""


def _committees_turn(user: User, appeal: Appeal, now: datetime) -> str:
    if appeal.outside_chair_id == user.pk:
        return _("Decide appeal %(number)s as outside chair")
    if permissions.can_refer_outside(user, appeal, now):
        return _("Hand appeal %(number)s to the outside chair")
    if permissions.can_vote(user, appeal, now):
        return _("Vote on appeal %(number)s")
    if not user.has_role(Role.CHAIR):
        return ""
    if permissions.can_publish(user, appeal, now):
        return _("Publish the decision on appeal %(number)s")
    seats = len(active_seats(appeal))
    if seats not in PANEL_SIZES and permissions.can_seat_panel(user, appeal, now):
        return _("Choose the panel for appeal %(number)s")
    return ""


def search(user: User, text: str, limit: int) -> list[SearchHit]:
    """Appeals by number; by the appellant's name only those that the user reads in full."""
    named = Appeal.objects.readable_by(user).filter(employee__name__icontains=text)
    rows = (
        Appeal.objects.visible_to(user)
        .filter(Q(number__icontains=text) | Q(pk__in=named.values("pk")))
        .select_related("employee", "period")[:limit]
    )
    return [
        SearchHit(
            kind=_("appeal"),
            title=row.appeal.number,
            url=reverse("appeals:detail", args=[row.appeal.number]),
            detail=f"{row.name} · {row.appeal.period.code} · {row.appeal.get_state_display()}",
        )
        for row in as_rows(list(rows), user, timezone.now())
    ]


def holds_open(period: Period, at: datetime) -> bool:
    """Whether an appeal of that period is under way, or may still be filed at `at` by somebody
    whose window is longer: after leave, or with a later revision. Appraisal asks on closing."""
    under_way = Appeal.objects.open().filter(period=period).exists()
    return under_way or windows_open(period, local_date(at)) or claims.hold_open(period, at)


def case_card_ids(user: User) -> set[int]:
    """All revisions of the cards of open appeals in which the user acts (appraisal asks)."""
    seats = PanelSeat.objects.filter(user=user, recused_at__isnull=True)
    acting = (
        Q(evaluator=user)
        | Q(reviewer=user)
        | Q(meeting__supervisor=user)
        | Q(pk__in=seats.values("appeal_id"))
    )
    if user.has_role(Role.CHAIR):
        acting |= Q(state=State.ARBITRATION)
    cases = Appeal.objects.readable_by(user).open().filter(acting)
    found: set[int] = set()
    for period_id, employee_id in cases.values_list("period_id", "employee_id"):
        cards = Scorecard.objects.filter(period_id=period_id, employee_id=employee_id)
        found.update(cards.values_list("pk", flat=True))
    return found


@dataclass(frozen=True, slots=True)
class Vote:
    """One arbiter's seat as the viewer may see it; `vote` is hidden ("") until all have voted.

    `is_marked`: a stake was found after the vote.
    """

    name: str
    has_voted: bool
    vote: str
    label: str
    figures: dict[int, Decimal]
    reasons: str
    is_marked: bool


def votes(appeal: Appeal, viewer: User, now: datetime) -> list[Vote]:
    """The panel in order of seating. Others' votes stay hidden until everybody has voted.

    Even then only the panel, the chair without a stake and auditors read them by name; the
    parties are told how many voted how (`tally`).
    """
    seats = active_seats(appeal)
    if not seats:
        return []
    all_in = all(seat.voted_at for seat in seats)
    inside = all_in and permissions.sees_deliberation(viewer, appeal, now)
    return [_vote(seat, is_open=inside or seat.user_id == viewer.pk) for seat in seats]


def _vote(seat: PanelSeat, *, is_open: bool) -> Vote:
    return Vote(
        name=seat.user.display_name,
        has_voted=seat.voted_at is not None,
        vote=seat.vote if is_open else "",
        label=str(seat.get_vote_display()) if is_open else "",
        figures={int(k): Decimal(v) for k, v in seat.figures.items()} if is_open else {},
        reasons=seat.reasons if is_open else "",
        is_marked=seat.stake_at is not None,
    )


def tally(appeal: Appeal) -> Mapping[str, int] | None:
    """How many voted how, once the decision is published: {"change", "maintain"}; else None."""
    if appeal.state not in (State.MAINTAINED, State.CHANGED):
        return None
    cast = [seat.vote for seat in active_seats(appeal)]
    return {choice: cast.count(choice) for choice in PanelSeat.Vote.values}


def counts(viewer: User) -> dict[str, int]:
    """How many appeals the viewer sees per state, and as `open` and `closed` together."""
    rows = Appeal.objects.visible_to(viewer).order_by().values("state").annotate(n=Count("*"))
    found = {row["state"]: row["n"] for row in rows}
    found["closed"] = sum(found.get(state, 0) for state in CLOSED)
    found["open"] = sum(found.get(state, 0) for state in (State.DRAFT, *OPEN))
    return found
