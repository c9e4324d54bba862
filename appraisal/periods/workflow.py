"""The life of a period as one table: from, act, to. Guards stand with the acts in `services`.

Every move is one conditional UPDATE, so that of two people who press at once one is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from appraisal.models import Period
from kpi_portal.core.errors import Conflict

State = Period.State


class WrongState(Conflict):
    """The period is not in a state in which this act is possible."""

    code = "period_wrong_state"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of `sources` to `target`."""

    sources: tuple[str, ...]
    target: str


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "collect": Move((State.OPEN,), State.COLLECTING),
        "calculate": Move((State.COLLECTING, State.CALCULATED), State.CALCULATED),
        "submit": Move((State.CALCULATED,), State.IN_REVIEW),
        "send_back": Move((State.IN_REVIEW,), State.CALCULATED),
        "approve": Move((State.IN_REVIEW,), State.APPROVED),
        "publish": Move((State.APPROVED,), State.PUBLISHED),
        "close": Move((State.PUBLISHED,), State.CLOSED),
        "reopen": Move((State.PUBLISHED, State.CLOSED), State.CALCULATED),
    }
)

STEPS = (
    State.OPEN,
    State.COLLECTING,
    State.CALCULATED,
    State.IN_REVIEW,
    State.PUBLISHED,
    State.CLOSED,
)
"""The six steps of the line on the page; *approved* is the end of step four."""


def move(period: Period, act: str, **changes: Any) -> None:
    """Carry out `act` by compare-and-set and bring `period` up to date.

    Runs in the caller's transaction. Raises WrongState if the period has moved on.
    """
    step = MOVES[act]
    rows = Period.objects.filter(pk=period.pk, state__in=step.sources)
    if not rows.update(state=step.target, **changes):
        period.refresh_from_db()
        raise WrongState(refusal(period))
    period.refresh_from_db()


def refusal(period: Period) -> str:
    """Why nothing happened, for people."""
    return _("Period %(period)s is now “%(state)s”, so this step is not possible.") % {
        "period": period.code,
        "state": period.get_state_display(),
    }
