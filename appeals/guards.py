"""What must hold for a transition: the conditions and capacities that workflow.py names.

Each is a function of the appeal as it stands in the deciding transaction, and raises a
sentence. Their labels are English because they caption the diagram in the docs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext as _

from appeals.deadlines import is_over
from appeals.eligibility import REASONS, Capacity, conflicts
from appeals.errors import AppealIncomplete, ConflictOfInterest, StakeArisen
from appeals.models import Appeal, ChecklistFinding, Meeting, PanelSeat, Topic
from appeals.scope import require_appealable, require_window
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User

PANEL_SIZES = (3, 5)
PARTIES = 3


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition: what it says in the diagram, and the check that raises."""

    label: str
    check: Callable[[Appeal, datetime], None]


def require_free(
    user: User, appeal: Appeal, capacity: Capacity, now: datetime, *, assigned: bool = False
) -> None:
    """Raises ConflictOfInterest naming the reasons, or StakeArisen for who is `assigned`.

    The account is read anew and its row locked, so that roles and stakes are those of this
    transaction; taking a role away waits for it.
    """
    rows = User.objects.select_related("employee").select_for_update(of=("self",), no_key=True)
    fresh = rows.get(pk=user.pk)
    found = conflicts(fresh, appeal, capacity, now)
    if not found:
        return
    sentence = _("%(name)s cannot act on appeal %(number)s: %(reasons)s.") % {
        "name": fresh.display_name,
        "number": appeal.number,
        "reasons": "; ".join(str(REASONS[key]) for key in found),
    }
    if assigned:
        raise StakeArisen(sentence, user_id=fresh.pk)
    raise ConflictOfInterest(sentence)


def is_appellant(user: User, appeal: Appeal) -> bool:
    """Whether it is the user's own appeal."""
    return user.employee_id is not None and user.employee_id == appeal.employee_id


def active_seats(appeal: Appeal) -> list[PanelSeat]:
    """The panel without those who stepped back, in the order in which they were seated."""
    return list(appeal.panel.filter(recused_at__isnull=True).select_related("user__employee"))


def has_capacity(user: User | None, appeal: Appeal, capacity: str) -> bool:
    """Whether `user` holds the part that a transition asks for; stakes are another question."""
    if user is None or capacity == "clock":
        return user is None and capacity == "clock"
    if capacity == "appellant":
        return is_appellant(user, appeal)
    if capacity == Capacity.REVIEWER:
        return appeal.reviewer_id == user.pk
    if capacity == Capacity.EVALUATOR:
        return appeal.evaluator_id == user.pk
    if capacity == Capacity.OUTSIDE:
        return appeal.outside_chair_id == user.pk
    return user.has_role("chair")


def require_capacity(user: User | None, appeal: Appeal, capacity: str, now: datetime) -> None:
    """Raises NotAllowed without the part, StakeArisen or ConflictOfInterest with a stake."""
    if not has_capacity(user, appeal, capacity):
        raise NotAllowed(str(CAPACITY_SENTENCES[capacity]()))
    if user is not None and capacity != "appellant":
        part = Capacity(capacity)
        require_free(user, appeal, part, now, assigned=part != Capacity.CHAIR)


CAPACITY_SENTENCES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "appellant": lambda: _("Only the appellant does this."),
        "reviewer": lambda: _("Only the assigned HR reviewer does this."),
        "evaluator": lambda: _("Only the named evaluator does this."),
        "chair": lambda: _("Only the committee chair does this."),
        "outside": lambda: _("Only the outside chair asked to decide does this."),
        "clock": lambda: _("This happens by itself, when everybody has spoken or time is up."),
    }
)


def _in_time(appeal: Appeal, at: datetime) -> None:
    require_appealable(appeal.scorecard)
    if appeal.late_admitted_by_id is None:
        require_window(appeal.scorecard, at)


def _complete(appeal: Appeal, at: datetime) -> None:
    """All that is missing at once, each at its field."""
    missing: dict[str, object] = {}
    if not appeal.topics:
        missing["topics"] = _("Please say what you dispute.")
    if appeal.topics == [Topic.LINES] and not appeal.disputed.exists():
        missing["topics"] = _("Please mark the lines that you dispute.")
    if not appeal.grounds:
        missing["grounds"] = _("Please choose at least one ground.")
    if not appeal.statement:
        missing["statement"] = _("Please say what happened.")
    if not appeal.request:
        missing["request"] = _("Please say what you ask for.")
    if missing:
        raise AppealIncomplete(_("The appeal is not complete yet."), fields=missing)


def _answered(appeal: Appeal, *, kept: bool) -> None:
    findings = dict(appeal.findings.values_list("question", "is_kept"))
    if set(findings) != set(ChecklistFinding.Question.values):
        raise AppealIncomplete(_("The checklist is not complete yet."))
    if findings[ChecklistFinding.Question.PROCEDURE] is not kept:
        raise AppealIncomplete(
            _("The conclusion contradicts your answer on the procedure."),
            fields={"procedure": _("The conclusion contradicts this answer.")},
        )


def _procedure_kept(appeal: Appeal, at: datetime) -> None:
    _answered(appeal, kept=True)


def _procedure_violated(appeal: Appeal, at: datetime) -> None:
    _answered(appeal, kept=False)


def _recheck_done(appeal: Appeal, at: datetime) -> None:
    if not appeal.recheck_note.strip() or not appeal.rechecked:
        raise AppealIncomplete(_("Please say what the recheck found."))


def _parties_called(appeal: Appeal, at: datetime) -> None:
    if not Meeting.objects.filter(appeal=appeal).exists():
        raise AppealIncomplete(_("The three parties have not been called yet."))


def _answers(appeal: Appeal) -> list[bool]:
    """What the parties said to the present proposal."""
    meeting = Meeting.objects.filter(appeal=appeal).first()
    if meeting is None or meeting.round == 0:
        return []
    rows = meeting.confirmations.filter(round=meeting.round)
    return list(rows.values_list("agrees", flat=True))


def _three_agree(appeal: Appeal, at: datetime) -> None:
    answers = _answers(appeal)
    if len(answers) != PARTIES or not all(answers):
        raise Conflict(_("Not all three parties have agreed."))


def _one_refuses(appeal: Appeal, at: datetime) -> None:
    if False not in _answers(appeal):
        raise Conflict(_("No party has refused."))


def _overdue(appeal: Appeal, at: datetime) -> None:
    if not is_over(appeal, at):
        raise Conflict(_("The meeting is not overdue."))


def _panel_voted(appeal: Appeal, at: datetime) -> None:
    """C7 and C9: a full panel, every vote cast, and nobody with a stake by now."""
    require_inside(appeal)
    seats = active_seats(appeal)
    if len(seats) not in PANEL_SIZES or not all(seat.voted_at for seat in seats):
        raise Conflict(_("The decision is published when every member of the panel has voted."))
    for seat in seats:
        require_free(seat.user, appeal, Capacity.ARBITER, at, assigned=True)


def require_inside(appeal: Appeal) -> None:
    """Raises Conflict where the case lies with the outside chair instead of a panel."""
    if appeal.outside_chair_id is not None:
        raise Conflict(
            _("Appeal %(number)s lies with the outside chair.") % {"number": appeal.number}
        )


def _taken_up(appeal: Appeal, at: datetime) -> None:
    if appeal.outside_chair_id is None or appeal.paused_at is not None:
        raise Conflict(_("The outside chair has not taken this case up yet."))


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "in_time": Guard("within the window, or admitted late", _in_time),
        "complete": Guard("grounds and request given", _complete),
        "procedure_kept": Guard("checklist answered, procedure kept", _procedure_kept),
        "procedure_violated": Guard("checklist answered, procedure violated", _procedure_violated),
        "recheck_done": Guard("figures and finding recorded", _recheck_done),
        "parties_called": Guard("second party named", _parties_called),
        "three_agree": Guard("three times yes", _three_agree),
        "one_refuses": Guard("one no", _one_refuses),
        "overdue": Guard("due date passed", _overdue),
        "panel_voted": Guard("3 or 5 votes, nobody with a stake", _panel_voted),
        "taken_up": Guard("too few without a stake, case taken up", _taken_up),
    }
)
