"""In which days, and as whose, the records of a stored line were counted."""

from collections.abc import Sequence

from appraisal.metrics import Level, MetricRequest, request
from appraisal.metrics.base import COMPANY
from appraisal.models import CardSegment, DepartmentCard, Scorecard
from appraisal.models.scorecards import Line
from appraisal.periods.values import days_window, span_of_row
from appraisal.scorecards.outcome import AnyCard, segment_of
from kpi_portal.core.time import Window


def asked_of(line: Line) -> MetricRequest:
    """The request behind a line, at the level at which it was measured."""
    asked = request(line.metric, line.params)
    return asked.at(Level.DEPARTMENT) if line.is_department_line else asked


def segment_row(line: Line, segments: Sequence[CardSegment]) -> CardSegment | None:
    """The segment of a line; None where the card has none."""
    number = segment_of(line)
    return next((each for each in segments if each.number == number), None)


def window_of(card: AnyCard, segment: CardSegment | None) -> Window:
    """The instants whose records count."""
    if segment is None:
        return span_of_row(card.period).window
    return days_window(segment.start_on, segment.end_on)


def owner_of(card: AnyCard, segment: CardSegment | None, level: Level) -> int:
    """Under which id `collect` has the value: the employee, the department, or the company."""
    if level is Level.COMPANY:
        return COMPANY
    if isinstance(card, DepartmentCard):
        return card.department_id
    assert isinstance(card, Scorecard)
    if level is Level.AGENT:
        return card.employee_id
    return segment.department_id if segment is not None else card.department_id
