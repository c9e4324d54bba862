"""Short ways from the start page: the places of one's own roles that one opens most."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kpi_portal.home.navigation import Predicate, employed, holds
from kpi_portal.people.models import Role, User


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A way: what one does there, in words."""

    label: Any
    detail: Any
    icon: str
    url_name: str
    may: Predicate


@dataclass(frozen=True, slots=True)
class Way:
    """A shortcut whose address exists."""

    label: Any
    detail: Any
    icon: str
    url: str


SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut(
        _("My scorecards"), _("Results, explanations and the records behind them"),
        "report-analytics", "appraisal:scorecards", employed,
    ),
    Shortcut(
        _("Team board"), _("Scores of the team by indicator"),
        "users-group", "appraisal:team", holds(Role.SUPERVISOR),
    ),
    Shortcut(
        _("Appraisal schemes"), _("Indicators, weights and scoring rules"),
        "adjustments-horizontal", "appraisal:schemes", holds(Role.SUPERVISOR, Role.COMMITTEE),
    ),
    Shortcut(
        _("Appraisal periods"), _("Run, review, publish"),
        "calendar-stats", "appraisal:periods", holds(Role.HR, Role.COMMITTEE),
    ),
    Shortcut(
        _("Appeals"), _("Cases by due date"),
        "scale", "appeals:list", holds(Role.HR, Role.COMMITTEE),
    ),
    Shortcut(
        _("Import tickets"), _("Upload an export and check it"),
        "file-import", "tickets:imports", holds(Role.ADMIN),
    ),
    Shortcut(
        _("Audit trail"), _("Who changed what, and when"),
        "history", "audit:list", holds(Role.AUDITOR, Role.ADMIN),
    ),
)  # fmt: skip


def shortcuts_for(user: User) -> list[Way]:
    """The ways that `user` may go and that lead somewhere."""
    ways = []
    for shortcut in SHORTCUTS:
        if shortcut.may(user):
            try:
                url = reverse(shortcut.url_name)
            except NoReverseMatch:
                continue
            ways.append(Way(shortcut.label, shortcut.detail, shortcut.icon, url))
    return ways
