"""What all acts on an appeal share: guards, the audit record, notices."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from appeals.eligibility import REASONS, Capacity, conflicts
from appeals.errors import AppealIncomplete, ConflictOfInterest
from appeals.models import Appeal
from kpi_portal.audit.services import record
from kpi_portal.people.models import Role, User
from kpi_portal.people.services import notify


def locked(appeal_id: int) -> Appeal:
    """The appeal, its row locked until the transaction ends (SQLite: one writer anyway)."""
    rows = Appeal.objects.select_related("scorecard", "period", "employee")
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("self",))
    return rows.get(pk=appeal_id)


def require_eligible(user: User, appeal: Appeal, capacity: Capacity, now: datetime) -> None:
    """Raises ConflictOfInterest naming the reasons. `user` is read anew: rights are today's."""
    fresh = User.objects.select_related("employee").get(pk=user.pk)
    found = conflicts(fresh, appeal, capacity, now)
    if found:
        raise ConflictOfInterest(
            _("%(name)s cannot act on appeal %(number)s: %(reasons)s.")
            % {
                "name": fresh.display_name,
                "number": appeal.number,
                "reasons": "; ".join(str(REASONS[key]) for key in found),
            }
        )


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
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """Record `appeal.<act>` in the caller's transaction."""
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
    return User.objects.filter(employee_id=appeal.employee_id).first()


def supervisor(appeal: Appeal) -> User | None:
    """The account of the card's supervisor: the second party in the meeting."""
    return User.objects.filter(employee_id=appeal.scorecard.supervisor_id or 0).first()


def with_role(role: str) -> list[User]:
    return list(User.objects.filter(is_active=True, role_grants__role=role).distinct())


def hr_leads() -> list[User]:
    return with_role(Role.HR_LEAD)


def chairs() -> list[User]:
    return with_role(Role.CHAIR)
