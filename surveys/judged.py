"""What metrics ask of assessments, recorded values and invitations. Knows no metric."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kpi_portal.core.time import Window
from kpi_portal.people.queries import local_date
from surveys.models import Assessment, AssessmentItem, RecordedValue


def assessed(use: str, window: Window, cutoff: datetime) -> QuerySet[Assessment]:
    """Assessments with questionnaires of one use, submitted in the window and by the cutoff."""
    rows = _of_use(use).filter(submitted_at__gte=window.start, submitted_at__lt=window.end)
    return rows.filter(submitted_at__lte=cutoff)


def inspected(window: Window, cutoff: datetime) -> QuerySet[Assessment]:
    """QA inspections by the cutoff of what nobody had inspected before the window.

    A ticket belongs to the period of its first inspection; a second one or an adjudication by
    the cutoff counts with it, so rows after the window's end are among them, and those of tickets
    first inspected after it, which the reader leaves out.
    """
    earlier = _of_use("qa").filter(
        ticket_id=OuterRef("ticket_id"),
        subject_id=OuterRef("subject_id"),
        submitted_at__lt=window.start,
    )
    rows = _of_use("qa").filter(submitted_at__gte=window.start, submitted_at__lte=cutoff)
    return rows.filter(~Exists(earlier))


def _of_use(use: str) -> QuerySet[Assessment]:
    return Assessment.objects.filter(version__questionnaire__use=use).order_by()


def judged(assessments: Collection[int], code: str) -> QuerySet[AssessmentItem]:
    """What was judged of the item `code` in these assessments."""
    return AssessmentItem.objects.filter(assessment_id__in=assessments, item__code=code).order_by()


def recorded(item: str, window: Window, cutoff: datetime) -> QuerySet[RecordedValue]:
    """Values of the days of the window that have begun by the cutoff."""
    rows = RecordedValue.objects.filter(item=item).order_by()
    return rows.filter(
        effective_on__gte=local_date(window.start),
        effective_on__lt=local_date(window.end),
        effective_on__lte=local_date(cutoff),
    )
