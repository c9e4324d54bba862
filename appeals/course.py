"""The course of one appeal as pages show it: timeline, steps, earlier minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from appeals.models import Appeal, Meeting, MinutesVersion, State
from appeals.words import step_title
from appraisal.models import ScoreLine


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the timeline, as components/timeline.html takes it."""

    title: str
    at: datetime
    who: str
    text: str
    level: str
    is_current: bool


def earlier_minutes(meeting: Meeting) -> list[tuple[MinutesVersion, list[tuple[str, str]]]]:
    """The rounds before the present one, newest first, with the proposal per indicator."""
    rows = list(meeting.versions.filter(round__lt=meeting.round).order_by("-round"))
    ids = {int(line) for row in rows for line in row.points}
    names = {
        line.pk: line.indicator.label
        for line in ScoreLine.objects.filter(pk__in=ids).select_related("indicator")
    }
    return [
        (row, [(names[int(line)], value) for line, value in row.points.items()]) for row in rows
    ]


def timeline(appeal: Appeal) -> list[Event]:
    """The steps, newest first. Votes are named as cast, never what they say."""
    steps = list(appeal.steps.select_related("by__employee").order_by("-id"))
    return [
        Event(
            title=step_title(step),
            at=step.at,
            who=step.by.display_name if step.by else "",
            text="" if step.by and step.note == step.by.display_name else step.note,
            level=_LEVELS.get(step.act, ""),
            is_current=place == 0,
        )
        for place, step in enumerate(steps)
    ]


_LEVELS: Mapping[str, str] = {
    "agree": "good",
    "change": "good",
    "re_evaluate": "good",
    "find_violated": "attention",
    "disagree": "attention",
    "refuse": "attention",
    "lapse": "attention",
    "reject_formally": "problem",
}


def ladder(appeal: Appeal) -> list[dict[str, str]]:
    """The steps of this appeal as components/steps.html takes them: past, present, to come."""
    path = [State.SUBMITTED, State.DATA_RECHECK, State.MEETING]
    states = set(appeal.steps.values_list("to_state", flat=True))
    if State.RE_EVALUATION in states or appeal.state == State.RE_EVALUATION:
        path = [State.SUBMITTED, State.RE_EVALUATION]
    elif State.ARBITRATION in states:
        path.append(State.ARBITRATION)
    if appeal.is_closed:
        path = [state for state in path if state in states]
    reached = path.index(State(appeal.state)) if appeal.state in path else len(path)
    steps = [
        {"label": str(state.label), "state": _place(place, reached)}
        for place, state in enumerate(path)
    ]
    end = str(appeal.get_state_display()) if appeal.is_closed else _("Result")
    return [*steps, {"label": end, "state": "current" if appeal.is_closed else "next"}]


def _place(place: int, reached: int) -> str:
    if place < reached:
        return "done"
    return "current" if place == reached else "next"
