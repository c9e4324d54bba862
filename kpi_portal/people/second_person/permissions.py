"""Who may see and decide on requests to a second person."""

from kpi_portal.people.models import Role, SecondPersonRequest, User
from kpi_portal.people.second_person.acts import act_of

State = SecondPersonRequest.State


def can_decide(user: User, request: SecondPersonRequest) -> bool:
    """Whoever the act names, but neither who asked nor whom it is about."""
    if request.state != State.ASKED or user.pk == request.asked_by_id:
        return False
    act = act_of(request)
    concerned = act.concerns(request)
    if concerned is not None and user.employee_id == concerned:
        return False
    return act.may_decide(user, request)


def can_withdraw(user: User, request: SecondPersonRequest) -> bool:
    """Who asked, as long as nobody has decided."""
    return request.state == State.ASKED and user.pk == request.asked_by_id


def can_view(user: User, request: SecondPersonRequest) -> bool:
    """Who asked, who may decide or did, and auditors."""
    involved = user.pk in (request.asked_by_id, request.decided_by_id)
    return involved or user.has_role(Role.AUDITOR) or can_decide(user, request)
