"""Claims that one record is wrong or another person's: raised, answered, reminded of.

No appeal is needed. Source: 5-appeals.md rule 14.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from appeals.claims import answerers, can_answer
from appeals.deadlines import ends_at
from appeals.errors import AlreadySaid, AppealIncomplete
from appeals.models import RecordClaim
from appeals.scope import require_appealable, require_window
from appeals.services.common import hr_leads, require_text
from appeals.touching import counting_positions
from appraisal.models import Scorecard
from kpi_portal.audit.services import record
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date, working_day_after
from kpi_portal.people.services import notify
from tickets.models import Ticket

ANSWER_DAYS = 3


@transaction.atomic
def raise_claim(
    card: Scorecard, *, ticket_no: str, kind: str, statement: str, by: User, at: datetime
) -> RecordClaim:
    """Claim one ticket that a line of the own card counts; the supervisor has 3 working days.

    Within the time to appeal, once per ticket. Raises NotAllowed (not the own card),
    WindowClosed, AlreadyDecided, AppealIncomplete (no such ticket on the card, no reason),
    AlreadySaid.
    """
    if by.employee_id is None or by.employee_id != card.employee_id:
        raise NotAllowed(_("Only the person whose scorecard it is can claim a record."))
    require_appealable(card)
    require_window(card, at)
    statement = require_text(statement, "statement", _("Please say what is wrong."))
    if kind not in RecordClaim.Kind.values:
        message = _("Please choose what is wrong.")
        raise AppealIncomplete(message, fields={"kind": message})
    ticket, positions = _on_card(card, ticket_no)
    claim = _create(card, ticket, positions, kind, statement, at)
    record(
        "record_claim.raised",
        claim,
        actor=by,
        after={"ticket": ticket.pk, "kind": kind, "due_on": claim.due_on},
        reason=statement,
    )
    _tell(claim, answerers(claim), "claim", at)
    return claim


def _on_card(card: Scorecard, number: str) -> tuple[Ticket, list[int]]:
    """The ticket of that number that the card counts; nothing is said of others."""
    candidates = Ticket.objects.filter(external_id=number.strip())
    for ticket in candidates.order_by("source")[:10]:
        positions = counting_positions(card, ticket)
        if positions:
            return ticket, positions
    message = _("No line of your scorecard counts a ticket with this number.")
    raise AppealIncomplete(message, fields={"ticket": message})


def _create(
    card: Scorecard, ticket: Ticket, positions: list[int], kind: str, statement: str, at: datetime
) -> RecordClaim:
    try:
        with transaction.atomic():
            return RecordClaim.objects.create(
                scorecard=card,
                period_id=card.period_id,
                employee_id=card.employee_id,
                ticket=ticket,
                positions=positions,
                kind=kind,
                statement=statement[:1000],
                created_at=at,
                due_on=working_day_after(local_date(at), ANSWER_DAYS),
            )
    except IntegrityError:
        raise AlreadySaid(_("You have claimed this ticket already.")) from None


@transaction.atomic
def answer(
    claim: RecordClaim, *, accepted: bool, answer: str, by: User, at: datetime
) -> RecordClaim:
    """The supervisor's yes or no, with a reason, exactly once.

    A claim that is right is handed to HR, which leaves the record out or moves it; one that is
    refused can be named in an appeal. Raises NotAllowed, AppealIncomplete, AlreadySaid.
    """
    claim = RecordClaim.objects.select_related("scorecard", "employee").get(pk=claim.pk)
    if not can_answer(by, claim, at):
        raise NotAllowed(_("Only the supervisor answers this claim; once overdue, the HR lead."))
    text = require_text(answer, "answer", _("Please give the reason."))
    state = RecordClaim.State.ACCEPTED if accepted else RecordClaim.State.REFUSED
    rows = RecordClaim.objects.filter(pk=claim.pk, state=RecordClaim.State.OPEN)
    if not rows.update(state=state, answer=text[:1000], answered_by=by, answered_at=at):
        raise AlreadySaid(_("This claim has been answered already."))
    claim.refresh_from_db()
    record(
        f"record_claim.{state}",
        claim,
        actor=by,
        before={"state": "open"},
        after={"state": str(state)},
        reason=text,
    )
    owner = User.objects.filter(employee_id=claim.employee_id)
    _tell(claim, list(owner), "claim_answered", at)
    if accepted:
        _tell(claim, hr_leads(), "claim_accepted", at)
    return claim


def remind(at: datetime) -> int:
    """Remind one working day before, tell the HR leads of what is overdue; how many claims.

    Safe to run twice: notices are unique by key.
    """
    soon = working_day_after(local_date(at), 1)
    rows = RecordClaim.objects.filter(state=RecordClaim.State.OPEN, due_on__lte=soon)
    found = list(rows.select_related("scorecard", "employee"))
    for claim in found:
        if at < ends_at(claim.due_on):
            _tell(claim, answerers(claim), "claim_due_soon", at)
        else:
            _tell(claim, [*answerers(claim), *hr_leads()], "claim_overdue", at)
    return len(found)


def _tell(claim: RecordClaim, people: list[User], kind: str, at: datetime) -> None:
    notify(
        [user for user in people if user.is_active],
        f"appeals.{kind}",
        f"appeals.{kind}:{claim.pk}",
        params={"period": claim.period.code},
        url=reverse("appeals:claims"),
        at=at,
    )
