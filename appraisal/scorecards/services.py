"""What is written about a published card: reading, comments; freezing and revisions by name."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.models import Acknowledgement, Scorecard
from appraisal.scorecards.following import follow_departments
from appraisal.scorecards.freezing import (
    NumbersDisagree,
    deliver,
    freeze,
    freeze_departments,
    freeze_period,
    tell,
    tell_heads,
)
from appraisal.scorecards.revising import (
    COMPUTE,
    BadAdjustment,
    NotRevisable,
    containing_codes,
    follow,
    never_lowers,
    preview,
    revise,
)
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict
from kpi_portal.people.models import User

__all__ = [
    "COMPUTE",
    "BadAdjustment",
    "NotRevisable",
    "NumbersDisagree",
    "comment",
    "confirm",
    "containing_codes",
    "deliver",
    "follow",
    "follow_departments",
    "freeze",
    "freeze_departments",
    "freeze_period",
    "mark_read",
    "never_lowers",
    "preview",
    "revise",
    "tell",
    "tell_heads",
]


def mark_read(card: Scorecard, *, by: User, at: datetime) -> None:
    """Record the first view by the employee. Safe to run again; others' views do nothing."""
    if by.employee_id != card.employee_id:
        return
    if Acknowledgement.objects.filter(scorecard=card, read_at=None).update(read_at=at):
        card.acknowledgement.read_at = at


@transaction.atomic
def confirm(card: Scorecard, *, by: User, at: datetime) -> None:
    """Record that the employee has read the card. Not agreement, no waiver of the appeal.

    The caller has checked can_acknowledge. Safe to run again: the first time counts.
    """
    rows = Acknowledgement.objects.filter(scorecard=card, confirmed_at=None)
    if rows.update(confirmed_at=at):
        Acknowledgement.objects.filter(scorecard=card, read_at=None).update(read_at=at)
        record("scorecard.confirmed", card, actor=by)


@transaction.atomic
def comment(card: Scorecard, text: str, *, by: User, at: datetime) -> None:
    """Store the employee's comment, 1 to 2,000 characters; it is given once.

    The caller has checked can_acknowledge. Raises Conflict if there is one already.
    """
    rows = Acknowledgement.objects.filter(scorecard=card, commented_at=None)
    if not rows.update(comment=text, commented_at=at):
        raise Conflict(_("There is a comment on this scorecard already."))
    Acknowledgement.objects.filter(scorecard=card, read_at=None).update(read_at=at)
    record("scorecard.commented", card, actor=by)
