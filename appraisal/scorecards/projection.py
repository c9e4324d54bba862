"""The provisional score of somebody in the running period: computed when asked, never stored."""

from dataclasses import dataclass
from datetime import datetime

from appraisal.models import CardSegment, Period, Scorecard, ScoreLine
from appraisal.periods.inputs import NoScheme, gather
from kpi_portal.people.models import Department, Employee


@dataclass(frozen=True, slots=True)
class Projection:
    """An unsaved card and its lines, as the records stand at `at`."""

    card: Scorecard
    lines: list[ScoreLine]
    segments: list[CardSegment]
    at: datetime


def projection(period: Period, employee: Employee, now: datetime) -> Projection | None:
    """What `employee` would have now; None where no scheme covers them.

    Looks as far as `now`, so that what is not due yet is pending. The caller has checked
    can_view_projection. Source: 9-promises.md section 4, row 1.
    """
    try:
        inputs = gather(period, employee_id=employee.pk, cutoff=now)
    except NoScheme:
        return None
    covered = inputs.covered[0]
    built = inputs.card(covered, now, inputs.means(now))
    card = built.card
    card.employee = employee
    departments = Department.objects.in_bulk({part.department_id for part in covered.parts})
    card.department = departments[card.department_id]
    for segment in built.segments:
        segment.department = departments[segment.department_id]
    items = [item for part in covered.parts for item in part.version.items.all()]
    indicators = {item.indicator_id: item.indicator for item in items}
    for line in built.lines:
        line.indicator = indicators[line.indicator_id]
    return Projection(card, built.lines, built.segments, now)
