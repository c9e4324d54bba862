"""What a person changes about their own frame: language, theme, notices read."""

from datetime import datetime

from django.db import transaction

from kpi_portal.audit.services import record
from kpi_portal.people.models import Notice, User


@transaction.atomic
def choose(user: User, *, language: str | None = None, theme: str | None = None) -> None:
    """Remembers the language or theme with the account. Safe to run again.

    The caller has checked that the value is one of the offered ones.
    """
    wanted = {"language": language, "theme": theme}
    changed = {
        field: value
        for field, value in wanted.items()
        if value is not None and getattr(user, field) != value
    }
    if not changed:
        return
    before = {field: getattr(user, field) for field in changed}
    for field, value in changed.items():
        setattr(user, field, value)
    user.save(update_fields=list(changed))
    record("account.preferences", user, actor=user, before=before, after=changed)


def read_notices(user: User, at: datetime, *, notice_id: int | None = None) -> int:
    """Marks one notice of `user`, or all, as read; gives how many were unread. Safe to run again.

    The instant of the first reading stays.
    """
    unread = Notice.objects.filter(user=user, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=at)
