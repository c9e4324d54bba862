"""What an appeal does to the scorecard: a new revision, never a worse one."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from appeals.eligibility import origin_of
from appeals.errors import AppealIncomplete
from appeals.models import Appeal, ReasonCode
from appeals.scope import disputed_line_ids
from appraisal.models import Scorecard, ScoreLine
from appraisal.scorecards.outcome import line_input
from appraisal.scorecards.services import never_lowers, preview, revise
from kpi_portal.people.models import User
from kpi_portal.people.queries import company

ZERO, CENT = Decimal(0), Decimal("0.01")


def current_card(appeal: Appeal) -> Scorecard:
    """The card as it stands now; the disputed revision unless it was revised meanwhile."""
    cards = Scorecard.objects.select_related("period", "version", "employee")
    card: Scorecard = cards.get(
        period_id=appeal.period_id, employee_id=appeal.employee_id, is_current=True
    )
    return card


def require_points(appeal: Appeal, points: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """`points` (line id → 0 to the rule's cap, two decimals) as they may be decided here.

    Raises AppealIncomplete for other numbers and for lines that are not in dispute.
    """
    if set(points) - set(disputed_line_ids(appeal)):
        raise AppealIncomplete(_("Only the lines in dispute can get other points."))
    for line in appeal.scorecard.lines.filter(pk__in=points):
        value, cap = points[line.pk], line_cap(line)
        if not value.is_finite() or not ZERO <= value <= cap or value != round(value, 2):
            message = not_points(cap)
            raise AppealIncomplete(message, fields={f"points_{line.pk}": message})
    return {line_id: value.quantize(CENT) for line_id, value in points.items()}


def line_cap(line: ScoreLine) -> Decimal:
    """The most points that the line's rule gives; 100 unless the scheme says otherwise."""
    return line_input(line).rule.cap


def not_points(cap: Decimal) -> str:
    """The sentence for a number out of range."""
    return _("A number from 0 to %(cap)s with at most two decimals.") % {
        "cap": format(cap.normalize(), "f")
    }


def lowers(appeal: Appeal, points: Mapping[int, Decimal]) -> bool:
    """Whether `points` would leave the appellant worse off, while the company forbids that."""
    card = current_card(appeal)
    return _is_worse(card, _changed(_on_current(appeal, card, points)))


def apply_points(
    appeal: Appeal,
    points: Mapping[int, Decimal],
    *,
    reason: str,
    proposed_by: User | None,
    approved_by: User | None,
    at: datetime,
    always: bool = False,
) -> Scorecard | None:
    """Make the revision that `points` (line id → points) lead to, in the caller's transaction.

    None, and nothing changed, when no line changes. While the company says that an appeal never
    lowers the result, a lower total leaves the numbers as they are: the decision records the
    finding (5-appeals.md rule 12). With `always` every line named is decided and a revision is
    made in any case, which then confirms the points as they were. Raises AppealIncomplete.
    """
    card = current_card(appeal)
    wanted = _on_current(appeal, card, require_points(appeal, points))
    decided = wanted if always else _changed(wanted)
    if _is_worse(card, _changed(wanted)):
        kept = {line: line.points for line in wanted if line.points is not None}
        decided = kept if always else {}
    if not decided:
        return None
    return revise(
        card,
        line_points={line.pk: value for line, value in decided.items()},
        reason=reason,
        origin=origin_of(appeal),
        proposed_by=proposed_by,
        approved_by=approved_by,
        at=at,
    )


def _is_worse(card: Scorecard, changed: Mapping[ScoreLine, Decimal]) -> bool:
    if not changed or not company().appeal_never_lowers:
        return False
    after = preview(card, line_points={line.pk: value for line, value in changed.items()})
    return not never_lowers(card, after.card.final)


def _changed(wanted: Mapping[ScoreLine, Decimal]) -> dict[ScoreLine, Decimal]:
    return {line: value for line, value in wanted.items() if line.points != value}


def _on_current(
    appeal: Appeal, card: Scorecard, points: Mapping[int, Decimal]
) -> dict[ScoreLine, Decimal]:
    """`points` moved from the disputed revision's lines to the current one's, by place."""
    disputed = {line.pk: line for line in appeal.scorecard.lines.all()}
    lines = {(line.segment, line.position): line for line in card.lines.all()}
    return {
        lines[disputed[line_id].segment, disputed[line_id].position]: value
        for line_id, value in points.items()
    }


def require_reason_code(code: str) -> str:
    """Raises AppealIncomplete unless `code` is one of the policy's list."""
    if code not in ReasonCode.values:
        message = _("Please choose the reason from the list.")
        raise AppealIncomplete(message, fields={"reason_code": message})
    return code
