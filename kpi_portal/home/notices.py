"""Notices as sentences, each with the address that opens it."""

from dataclasses import dataclass
from datetime import datetime

from kpi_portal.people.models import Notice, User
from kpi_portal.people.notices import sentence


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice for the page: what it says, when it came, whether it is new."""

    pk: int
    text: str
    at: datetime
    is_unread: bool
    leads: bool


def line(notice: Notice) -> NoticeLine:
    return NoticeLine(
        pk=notice.pk,
        text=sentence(notice),
        at=notice.created_at,
        is_unread=notice.read_at is None,
        leads=bool(notice.url),
    )


def recent(user: User, count: int) -> list[NoticeLine]:
    """The newest notices of `user`, newest first."""
    return [line(notice) for notice in Notice.objects.filter(user=user)[:count]]
