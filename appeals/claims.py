"""Claims about single records: who sees and answers them, and what they do to the window."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from appeals.deadlines import DAY, ends_at, window_end
from appeals.line import heads_of
from appeals.models import Appeal, RecordClaim
from appraisal.models import Period, Scorecard
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import local_date, working_day_after
from kpi_portal.people.todo import Todo

AFTER_ANSWER = 2  # working days that a claim open at the window's end adds after its answer


def visible_to(user: User) -> QuerySet[RecordClaim]:
    """The own ones; those of the people whose card names the user; all for HR and auditors."""
    rows = RecordClaim.objects.select_related(
        "ticket", "period", "employee", "scorecard__supervisor", "answered_by__employee"
    )
    if not user.is_active or not user.roles:
        return rows.none()
    seen = Q(pk__in=[])
    if user.employee_id is not None:
        seen |= Q(employee_id=user.employee_id) | Q(scorecard__supervisor_id=user.employee_id)
    if user.has_role(Role.HR, Role.HR_LEAD, Role.AUDITOR):
        seen = Q()
    return rows.filter(seen)


def answerers(claim: RecordClaim) -> list[User]:
    """The account of the supervisor named on the card; without one, of the nearest head."""
    card = claim.scorecard
    line = [card.supervisor_id, *heads_of({card.department_id})]
    ids = [pk for pk in line if pk is not None and pk != claim.employee_id]
    accounts = {
        user.employee_id: user for user in User.objects.filter(employee_id__in=ids, is_active=True)
    }
    return [accounts[pk] for pk in ids if pk in accounts][:1]


def can_answer(user: User, claim: RecordClaim, at: datetime) -> bool:
    """The supervisor; the HR lead where there is none, or once it is overdue. Never oneself."""
    if not claim.is_open or user.employee_id == claim.employee_id:
        return False
    line = answerers(claim)
    if user in line:
        return True
    return user.has_role(Role.HR_LEAD) and (not line or at >= ends_at(claim.due_on))


def extends(claim: RecordClaim, end: date) -> bool:
    """Whether the claim was open when the window closed at the end of `end`."""
    return claim.answered_at is None or claim.answered_at >= ends_at(end)


def last_day(claim: RecordClaim) -> date | None:
    """The last day to appeal for its record; None while it waits for an answer."""
    if claim.answered_at is None:
        return None
    return working_day_after(local_date(claim.answered_at), AFTER_ANSWER)


def extended_positions(card: Scorecard, at: datetime) -> set[int]:
    """The lines that may still be appealed at `at` because of claims; empty without any."""
    end = window_end(card)
    if end is None:
        return set()
    rows = RecordClaim.objects.filter(period_id=card.period_id, employee_id=card.employee_id)
    found: set[int] = set()
    for claim in rows:
        last = last_day(claim)
        if extends(claim, end) and (last is None or at < ends_at(last)):
            found.update(claim.positions)
    return found


def hold_open(period: Period, at: datetime) -> bool:
    """Whether a claim of that period waits, or was answered so lately that it can be appealed."""
    since = ends_at(local_date(at) - DAY * 15)
    rows = RecordClaim.objects.filter(period=period)
    if rows.filter(state=RecordClaim.State.OPEN).exists():
        return True
    return any(
        last is not None and at < ends_at(last) and extends(claim, end)
        for claim in rows.filter(answered_at__gte=since).select_related("scorecard")
        if (last := last_day(claim)) and (end := window_end(claim.scorecard))
    )


def refused_of(card: Scorecard) -> QuerySet[RecordClaim]:
    """The refused claims of a card's owner in its period: what an appeal can name."""
    rows = RecordClaim.objects.filter(
        period_id=card.period_id, employee_id=card.employee_id, state=RecordClaim.State.REFUSED
    )
    return rows.select_related("ticket")


def named_in(appeal: Appeal) -> list[RecordClaim]:
    return list(appeal.claims.select_related("ticket", "answered_by__employee"))


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """The claims that the user has to answer."""
    rows = visible_to(user).filter(state=RecordClaim.State.OPEN)
    return [
        Todo(
            title=_("Answer the claim about ticket %(number)s")
            % {"number": claim.ticket.external_id},
            url=reverse("appeals:claims"),
            due_on=claim.due_on,
            kind="appeals.claim",
        )
        for claim in rows
        if can_answer(user, claim, now)
    ]


def claimable_cards(user: User, now: datetime) -> list[Scorecard]:
    """The own current published cards whose time to appeal runs, newest first."""
    if user.employee_id is None:
        return []
    cards = Scorecard.objects.filter(
        employee_id=user.employee_id, is_current=True, frozen_at__isnull=False
    ).exclude(period__state=Period.State.CLOSED)
    return [
        card
        for card in cards.select_related("period").order_by("-period__start_on")[:12]
        if (end := window_end(card)) is not None and now < ends_at(end)
    ]
