"""HR's side: the first review, the data recheck, the re-evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appeals.deadlines import step_due
from appeals.eligibility import Capacity
from appeals.errors import AppealIncomplete
from appeals.models import Appeal, ChecklistFinding, Inadmissible, Meeting, State
from appeals.scope import disputed_line_ids
from appeals.services.assigning import assign_reviewer, name_evaluator, take
from appeals.services.common import (
    appellant,
    audit,
    deciding,
    locked,
    next_level,
    require_text,
    supervisor,
    tell,
)
from appeals.services.effect import apply_points, require_reason_code
from appeals.services.meeting import require_meeting_time
from appeals.workflow import move, require
from appraisal.scorecards.recheck import recheck
from kpi_portal.people.models import User

__all__ = [
    "Finding",
    "assign_reviewer",
    "finish_recheck",
    "name_evaluator",
    "re_evaluate",
    "reject_formally",
    "review",
    "take",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """HR's answer to one question of the checklist: `kept` yes or no, and why."""

    question: str
    kept: bool
    reason: str


@deciding
def review(
    appeal: Appeal, findings: Sequence[Finding], *, compliant: bool, by: User, at: datetime
) -> Appeal:
    """First review: the checklist decides between data recheck and re-evaluation.

    Every question is answered with a reason. `compliant` is HR's conclusion on the procedure;
    it must agree with the answer to that question. Raises AppealIncomplete and what `move`
    raises.
    """
    appeal = locked(appeal.pk)
    act = "find_compliant" if compliant else "find_violated"
    require(appeal, act, by=by, at=at)
    _keep_findings(appeal, findings, by=by, at=at)
    move(appeal, act, by=by, at=at)
    answers = {finding.question: finding.kept for finding in findings}
    audit(
        appeal,
        "reviewed",
        by=by,
        after={"state": appeal.state, "due_on": appeal.due_on, "answers": answers},
    )
    if not compliant:
        leads = next_level(appeal, Capacity.HR_LEAD, at)
        tell(appeal, leads, "evaluator_wanted", at)
    tell(appeal, [appellant(appeal)], "reviewed", at)
    return appeal


def _keep_findings(appeal: Appeal, findings: Sequence[Finding], *, by: User, at: datetime) -> None:
    answered = {finding.question: finding for finding in findings}
    missing = {
        question: _("Please answer this question and say why.")
        for question in ChecklistFinding.Question.values
        if question not in answered or not answered[question].reason.strip()
    }
    if missing:
        raise AppealIncomplete(_("The checklist is not complete yet."), fields=missing)
    for question in ChecklistFinding.Question.values:
        ChecklistFinding.objects.update_or_create(
            appeal=appeal,
            question=question,
            defaults={
                "is_kept": answered[question].kept,
                "reason": answered[question].reason.strip(),
                "by": by,
                "at": at,
            },
        )


@deciding
def reject_formally(
    appeal: Appeal, *, because: str, reason: str, by: User, at: datetime
) -> Appeal:
    """Not admissible: out of time, a duplicate, not the agent's own. Never for the merits.

    `because` is one of Inadmissible. Raises AppealIncomplete and what `move` raises.
    """
    appeal = locked(appeal.pk)
    require(appeal, "reject_formally", by=by, at=at)
    reason = require_text(reason, "reason", _("Please say why the appeal is not admitted."))
    if because not in Inadmissible.values:
        message = _("Please choose: out of time, a duplicate, or not the agent's own matter.")
        raise AppealIncomplete(message, fields={"because": message})
    if because == Inadmissible.OUT_OF_TIME and appeal.late_admitted_by_id is not None:
        message = _("HR has admitted this appeal as late; it cannot be refused as out of time.")
        raise AppealIncomplete(message, fields={"because": message})
    move(
        appeal,
        "reject_formally",
        by=by,
        at=at,
        note=reason,
        decision=reason,
        inadmissible_because=because,
    )
    audit(
        appeal,
        "not_admitted",
        by=by,
        after={"state": appeal.state, "because": because},
        reason=reason,
    )
    tell(appeal, [appellant(appeal)], "closed", at)
    return appeal


@deciding
def finish_recheck(
    appeal: Appeal, *, note: str, held_at: datetime | None, place: str, by: User, at: datetime
) -> Appeal:
    """The data are checked: the figures are kept as they were seen, the parties are invited.

    Raises AppealIncomplete (no finding; nobody to speak for the supervisor's side) and what
    `move` raises.
    """
    appeal = locked(appeal.pk)
    require(appeal, "finish_recheck", by=by, at=at)
    note = require_text(note, "note", _("Please say what the recheck found."))
    party = supervisor(appeal)
    if party is None:
        raise AppealIncomplete(
            _("Neither a supervisor nor a head of department of the appellant has an account. "
              "Please have one recorded first.")
        )  # fmt: skip
    if held_at is not None:
        require_meeting_time(held_at, step_due(State.MEETING, at), at)
    appeal.recheck_note, appeal.rechecked = note, snapshot(appeal)
    appeal.save(update_fields=["recheck_note", "rechecked"])
    Meeting.objects.create(
        appeal=appeal,
        supervisor=party,
        held_at=held_at,
        place=place.strip(),
        invitation=0 if held_at is None else 1,
    )
    move(appeal, "finish_recheck", by=by, at=at)
    audit(
        appeal,
        "rechecked",
        by=by,
        after={"state": appeal.state, "due_on": appeal.due_on, "figures": appeal.rechecked},
        reason=note,
    )
    tell(appeal, [appellant(appeal), party], "meeting", at)
    return appeal


def snapshot(appeal: Appeal) -> dict[str, Any]:
    """The lines in dispute measured again now, in the shape of Appeal.rechecked."""
    found = recheck(appeal.scorecard, disputed_line_ids(appeal))
    return {
        "lines": [
            {
                "line": line.line_id,
                "before": _text(line.before),
                "after": _text(line.after),
                "points_before": _text(line.points_before),
                "points_after": _text(line.points_after),
            }
            for line in found.lines
        ],
        "final_before": _text(found.final_before),
        "final_after": _text(found.final_after),
        "band_after": found.band_after,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


@deciding
def re_evaluate(
    appeal: Appeal,
    points: Mapping[int, Decimal],
    *,
    reason_code: str,
    reason: str,
    by: User,
    at: datetime,
) -> Appeal:
    """Somebody else assesses the disputed part again; a new revision comes of it.

    `points`: line id → points, at least one. The new revision has its own appeal window, also
    where it confirms the points as they were. Raises AppealIncomplete and what `move` raises.
    """
    appeal = locked(appeal.pk)
    require(appeal, "re_evaluate", by=by, at=at)
    reason = require_text(reason, "reason", _("Please give the reasons."))
    reason_code = require_reason_code(reason_code)
    if not points:
        message = _("Please give the points of at least one line in dispute.")
        raise AppealIncomplete(message, fields={"points": message})
    result = apply_points(
        appeal,
        points,
        reason=reason,
        proposed_by=by,
        approved_by=appeal.reviewer,
        at=at,
        always=True,
    )
    move(
        appeal,
        "re_evaluate",
        by=by,
        at=at,
        decision=reason,
        reason_code=reason_code,
        result=result,
    )
    audit(
        appeal,
        "re_evaluated",
        by=by,
        reason=reason,
        after={
            "state": appeal.state,
            "revision": result.revision if result else None,
            "points": {str(line): str(value) for line, value in points.items()},
        },
    )
    tell(appeal, [appellant(appeal), supervisor(appeal), appeal.reviewer], "closed", at)
    return appeal
