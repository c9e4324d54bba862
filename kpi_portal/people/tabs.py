"""The places of the pages about people, for whoever may open them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kpi_portal.people import permissions
from kpi_portal.people.models import User


@dataclass(frozen=True, slots=True)
class Tab:
    label: Any
    url: str
    is_current: bool
    count: str = ""


TABS = (
    ("people:list", _("Employees"), permissions.can_view_people),
    ("people:departments", _("Departments"), permissions.can_view_people),
    ("people:accounts", _("Accounts and roles"), permissions.can_view_accounts),
    ("people:calendar", _("Working calendar"), permissions.can_view_calendar),
    ("tickets:hours", _("Service hours"), permissions.can_view_calendar),
    ("people:second_persons", _("Second person"), permissions.can_view_people),
    ("people:company", _("Company"), permissions.can_view_company),
)


def tabs_for(user: User, current: str) -> list[Tab]:
    """The tabs that `user` may open; `current` is the URL name of this page."""
    return [Tab(label, reverse(name), name == current) for name, label, may in TABS if may(user)]
