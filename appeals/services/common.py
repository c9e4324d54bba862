"""What all acts on an appeal share: the lock, the audit record, notices."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.urls import reverse

from appeals.eligibility import Capacity, eligible_users
from appeals.errors import AppealIncomplete, StakeArisen
from appeals.models import Appeal
from appeals.services.parties import supervisor
from kpi_portal.audit.services import record
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import users_with_role
from kpi_portal.people.services import notify

__all__ = [
    "appellant",
    "audit",
    "chairs",
    "deciding",
    "hr_leads",
    "locked",
    "require_text",
    "supervisor",
    "tell",
]

P = ParamSpec("P")
R = TypeVar("R")


def locked(appeal_id: int) -> Appeal:
    """The appeal, its row locked until the transaction ends (SQLite: one writer anyway)."""
    rows = Appeal.objects.select_related("scorecard__period", "period", "employee")
    found: Appeal = rows.select_for_update(of=("self",)).get(pk=appeal_id)
    return found


def deciding(
    service: Callable[Concatenate[Appeal, P], R],
) -> Callable[Concatenate[Appeal, P], R]:
    """`service` in one transaction; where it fails because somebody assigned has a stake by
    now, HR leads and chairs are told in a transaction of its own (C9)."""

    @wraps(service)
    def in_transaction(appeal: Appeal, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return service(appeal, *args, **kwargs)
        except StakeArisen as error:
            at: Any = kwargs["at"]
            with transaction.atomic():
                audit(appeal, "stake_found", by=None, after={"user": error.user_id})
                mark_vote(appeal, error.user_id, at)
                tell(appeal, [*hr_leads(), *chairs()], "stake", at, key=str(error.user_id))
            raise

    return in_transaction


def mark_vote(appeal: Appeal, user_id: int, at: datetime) -> bool:
    """Mark a vote cast by somebody who has a stake by now; it stays on record. Whether it was
    not marked before."""
    seats = appeal.panel.filter(user_id=user_id, voted_at__isnull=False, stake_at__isnull=True)
    return bool(seats.update(stake_at=at))


def require_text(text: str, field: str, message: str) -> str:
    """`text` trimmed; raises AppealIncomplete with `message` at `field` if nothing is left."""
    text = text.strip()
    if not text:
        raise AppealIncomplete(message, fields={field: message})
    return text


def audit(
    appeal: Appeal,
    act: str,
    *,
    by: User | None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """Record `appeal.<act>` in the caller's transaction; `act` is a verb in the past."""
    record(f"appeal.{act}", appeal, actor=by, before=before, after=after, reason=reason)


def tell(
    appeal: Appeal, people: Iterable[User | None], kind: str, at: datetime, *, key: str = ""
) -> None:
    """A notice with a link and no number of points. Once per person, appeal, kind and key."""
    users = {user.pk: user for user in people if user is not None and user.is_active}
    notify(
        users.values(),
        f"appeals.{kind}",
        f"appeals.{kind}:{appeal.number}:{key}",
        params={"number": appeal.number},
        url=reverse("appeals:detail", args=[appeal.number]),
        at=at,
    )


def appellant(appeal: Appeal) -> User | None:
    """The account of the appellant."""
    return User.objects.filter(employee_id=appeal.employee_id).first()


def hr_leads() -> list[User]:
    return users_with_role(Role.HR_LEAD)


def chairs() -> list[User]:
    return users_with_role(Role.CHAIR)


def next_level(appeal: Appeal, capacity: Capacity, now: datetime) -> list[User]:
    """The HR leads or chairs without a stake; all of either kind if nobody is free, so that
    somebody learns that another person needs the role."""
    free = eligible_users(appeal, capacity, now)
    return free or [*hr_leads(), *chairs()]
