"""The left navigation as data: what stands where, and for whom.

An entry whose address does not resolve is left out: no link leads nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appraisal.corrections.permissions import can_list
from appraisal.periods.permissions import can_view_periods
from appraisal.scorecards.permissions import can_view_team
from kpi_portal.audit.permissions import can_view_trail
from kpi_portal.people.models import Role, User
from kpi_portal.people.permissions import can_use_admin, can_view_people
from surveys.permissions import can_view_answers
from tickets.permissions import can_import, can_view_tickets

Predicate = Callable[[User], bool]


def everybody(user: User) -> bool:
    return True


def employed(user: User) -> bool:
    """Has an employee of its own, so perhaps a card."""
    return user.employee_id is not None


def reads_cards(user: User) -> bool:
    """Has cards of their own, or reads those of others."""
    return employed(user) or can_view_team(user)


def holds(*roles: Role) -> Predicate:
    return lambda user: user.has_role(*roles)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place. `under` are first parts of addresses that belong to it besides its own."""

    label: Any
    icon: str
    url_name: str
    may: Predicate
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Places of one job; a group without label stands first and needs none."""

    label: Any
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry as one reader sees it on one page."""

    label: Any
    icon: str
    url: str
    is_current: bool


HR_SIDE = (Role.HR, Role.COMMITTEE, Role.ADMIN, Role.AUDITOR)

NAVIGATION: tuple[Group, ...] = (
    Group(
        "",
        (
            Entry(_("Today"), "layout-dashboard", "home:today", everybody, ("notices",)),
            Entry(_("Scorecards"), "report-analytics", "appraisal:scorecards", reads_cards),
        ),
    ),
    Group(
        _("Appraisal"),
        (
            Entry(_("Team"), "users-group", "appraisal:team", can_view_team, ("scores",)),
            Entry(_("Schemes"), "adjustments-horizontal", "appraisal:schemes", everybody),
            Entry(_("Indicator library"), "book", "appraisal:indicators", everybody),
            Entry(_("Periods"), "calendar-stats", "appraisal:periods", can_view_periods),
            Entry(_("Corrections"), "edit", "appraisal:corrections", can_list),
            Entry(_("Appeals"), "scale", "appeals:list", everybody),
        ),
    ),
    Group(
        _("Data"),
        (
            Entry(_("Tickets"), "headset", "tickets:tickets", can_view_tickets),
            Entry(_("Imports"), "file-import", "tickets:imports", can_import),
            Entry(_("QA and surveys"), "checklist", "surveys:index", can_view_answers),
            Entry(
                _("Reports"), "chart-histogram", "appraisal:reports",
                holds(Role.SUPERVISOR, *HR_SIDE),
            ),
        ),
    ),
    Group(
        pgettext_lazy("navigation", "System"),
        (
            Entry(_("People"), "users", "people:list", can_view_people),
            Entry(_("Jobs"), "progress", "jobs:list", holds(Role.HR, Role.ADMIN)),
            Entry(_("Audit trail"), "history", "audit:list", can_view_trail),
            Entry(_("Reference data"), "database", "admin:index", can_use_admin),
        ),
    ),
)  # fmt: skip


def first_part(path: str) -> str:
    """`scorecards` for /scorecards/2026-10/; empty for the start page."""
    return path.strip("/").split("/")[0]


def places(user: User, path: str) -> list[tuple[Any, list[Place]]]:
    """The groups that `user` sees on the page at `path`, with its places; never empty."""
    groups = []
    for group in NAVIGATION:
        shown = [
            place
            for entry in group.entries
            if entry.may(user) and (place := _place(entry, path)) is not None
        ]
        if shown:
            groups.append((group.label, shown))
    return groups


def _place(entry: Entry, path: str) -> Place | None:
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None
    here = first_part(path)
    return Place(entry.label, entry.icon, url, here in (first_part(url), *entry.under))
