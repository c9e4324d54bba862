"""Who speaks for the supervisor's side in the three-party meeting."""

from appeals.line import heads_of
from appeals.models import Appeal, Meeting
from kpi_portal.people.models import Assignment, User
from kpi_portal.people.queries import local_date


def supervisor(appeal: Appeal) -> User | None:
    """The second party: as called to the meeting, else whoever would be called.

    The supervisor named on the card; where they have no working account, whoever supervised
    the appellant on filing, then the heads of the card's department and of those above it, the
    nearest first. Never the appellant. None where nobody of them has an account.
    """
    meeting = Meeting.objects.filter(appeal=appeal).select_related("supervisor__employee").first()
    return meeting.supervisor if meeting is not None else stand_in(appeal)


def stand_in(appeal: Appeal) -> User | None:
    """The first of the line whose account works; see `supervisor`."""
    ids = [pk for pk in _line(appeal) if pk is not None and pk != appeal.employee_id]
    accounts = User.objects.filter(employee_id__in=ids, is_active=True)
    found = {user.employee_id: user for user in accounts.select_related("employee")}
    return next((found[pk] for pk in ids if pk in found), None)


def _line(appeal: Appeal) -> list[int | None]:
    """Employee ids in the order in which they are asked."""
    card = appeal.scorecard
    day = local_date(appeal.filed_at or appeal.created_at)
    on_filing = Assignment.objects.on(day).filter(employee_id=appeal.employee_id)
    supervisors = list(on_filing.values_list("supervisor_id", flat=True))
    return [card.supervisor_id, *supervisors, *heads_of({card.department_id})]
