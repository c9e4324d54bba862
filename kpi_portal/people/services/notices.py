"""Telling people that something concerns them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kpi_portal.audit.chain import plain
from kpi_portal.people.models import Notice, User


def notify(
    users: Iterable[User],
    kind: str,
    key: str,
    *,
    params: dict[str, Any],
    url: str,
    at: datetime,
) -> None:
    """A notice to each of `users` who has none with this `key` yet.

    `kind` names its sentence in `notices.SENTENCES`; `params` fill it and hold no scores.
    Idempotent by (user, key), also when two do it at once. Call it in the transaction of what
    it tells.
    """
    notices = [
        Notice(
            user=user,
            kind=kind,
            key=key[:120],
            params=plain(params),
            url=url,
            created_at=at,
        )
        for user in {user.pk: user for user in users}.values()
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
