"""Requests to a second person, as pages and other apps ask for them."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kpi_portal.people.models import Role, SecondPersonRequest, User
from kpi_portal.people.second_person import permissions
from kpi_portal.people.second_person.acts import act_of
from kpi_portal.people.todo import Todo

State = SecondPersonRequest.State
LISTED = 200
DECIDERS = (Role.HR, Role.ADMIN, Role.AUDITOR)


def all_requests() -> QuerySet[SecondPersonRequest]:
    return SecondPersonRequest.objects.select_related("asked_by__employee", "decided_by__employee")


def to_decide(user: User) -> list[SecondPersonRequest]:
    """What waits for this user, oldest first."""
    if not user.has_role(*DECIDERS):
        return []
    waiting = all_requests().filter(state=State.ASKED).exclude(asked_by=user)
    return [each for each in waiting.order_by("asked_at") if permissions.can_decide(user, each)]


def earlier(user: User) -> list[SecondPersonRequest]:
    """What the user asked for or decided, newest first; for auditors everything else, too."""
    rows = all_requests()
    if user.has_role(Role.AUDITOR):
        return list(rows[:LISTED])
    return list(rows.filter(Q(asked_by=user) | Q(decided_by=user))[:LISTED])


def granted(act: str, about: str, user: User, now: datetime) -> SecondPersonRequest | None:
    """The permission that `user` holds for this act, neither used nor expired."""
    rows = SecondPersonRequest.objects.filter(
        act=act, about=about, asked_by=user, state=State.APPROVED, good_until__gt=now
    )
    return rows.first()


def open_request(act: str, about: str, user: User) -> SecondPersonRequest | None:
    """What `user` has asked for and nobody has decided."""
    rows = SecondPersonRequest.objects.filter(
        act=act, about=about, asked_by=user, state=State.ASKED
    )
    return rows.first()


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """One thing to do per request."""
    return [
        Todo(
            _("Decide as the second person: %(act)s") % {"act": act_of(each).label},
            reverse("people:second_person", args=[each.pk]),
            None,
            "people.second_person",
        )
        for each in to_decide(user)
    ]
