"""What an appeal does to the scorecard: a new revision, never a worse one."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from appeals.errors import AppealIncomplete
from appeals.models import Appeal, ReasonCode
from appraisal.models import Scorecard
from appraisal.scorecards.services import never_lowers, preview, revise
from kpi_portal.people.models import User
from kpi_portal.people.queries import company

ZERO, FULL = Decimal(0), Decimal(100)


def apply_points(
    appeal: Appeal,
    points: Mapping[int, Decimal],
    *,
    reason: str,
    proposed_by: User | None,
    approved_by: User | None,
    at: datetime,
) -> Scorecard | None:
    """Make the revision that `points` (line id → 0 to 100) lead to, in the caller's transaction.

    None, and nothing changed, when no line changes. While the company says that an appeal never
    lowers the result, a lower total leaves the numbers as they are: the decision records the
    finding (5-appeals.md rule 12).
    Raises AppealIncomplete for points out of range or lines of another card.
    """
    card = Scorecard.objects.get(
        period_id=appeal.period_id, employee_id=appeal.employee_id, is_current=True
    )
    wanted = _on_current(appeal, card, points)
    current = {line.pk: line.points for line in card.lines.all()}
    changed = {pk: value for pk, value in wanted.items() if current[pk] != value}
    if not changed:
        return None
    after = preview(card, line_points=changed).card.final
    if company().appeal_never_lowers and not never_lowers(card, after):
        return None
    return revise(
        card,
        line_points=changed,
        reason=reason,
        origin=f"appeal {appeal.number}",
        proposed_by=proposed_by,
        approved_by=approved_by,
        at=at,
    )


def _on_current(
    appeal: Appeal, card: Scorecard, points: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """`points` moved from the disputed revision's lines to the current one's, by position."""
    positions = dict(appeal.scorecard.lines.values_list("pk", "position"))
    lines = {line.position: line.pk for line in card.lines.all()}
    wanted: dict[int, Decimal] = {}
    for line_id, value in points.items():
        if line_id not in positions:
            raise AppealIncomplete(_("A line does not belong to the disputed scorecard."))
        if not ZERO <= value <= FULL or value != value.quantize(Decimal("0.01")):
            raise AppealIncomplete(
                _("Points are between 0 and 100 with at most two decimals; %(value)s is not.")
                % {"value": value},
                fields={f"points_{line_id}": _("Points are between 0 and 100.")},
            )
        wanted[lines[positions[line_id]]] = value.quantize(Decimal("0.01"))
    return wanted


def require_reason_code(code: str) -> str:
    """Raises AppealIncomplete unless `code` is one of the policy's list."""
    if code not in ReasonCode.values:
        message = _("Please choose the reason from the list.")
        raise AppealIncomplete(message, fields={"reason_code": message})
    return code
