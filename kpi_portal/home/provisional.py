"""The reader's own score so far in the running month, for the start page."""

from dataclasses import dataclass
from datetime import datetime

from appraisal.models import Cycle, Period, Scorecard
from appraisal.scorecards.permissions import can_view_projection
from appraisal.scorecards.projection import projection
from appraisal.scorecards.words import Next, band_label, next_band
from kpi_portal.people.models import User


@dataclass(frozen=True, slots=True)
class Provisional:
    """An unsaved card with the words that the page says about it."""

    card: Scorecard
    band: str
    next: Next | None
    at: datetime


def running_month(user: User) -> Period | None:
    """The open month of which `user` may see the own provisional score; None without one."""
    months = Period.objects.filter(state=Period.State.OPEN, cycle=Cycle.MONTH)
    newest = months.order_by("-start_on").first()
    return newest if newest is not None and can_view_projection(user, newest) else None


def provisional(user: User, period: Period, now: datetime) -> Provisional | None:
    """The score so far; None where no scheme covers `user`. Computed anew each time."""
    if user.employee is None:
        return None
    found = projection(period, user.employee, now)
    if found is None:
        return None
    return Provisional(found.card, band_label(found.card), next_band(found.card), found.at)
