"""HR's side: taking a case, the first review, the data recheck, the re-evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.deadlines import step_due
from appeals.eligibility import Capacity
from appeals.errors import AppealIncomplete
from appeals.models import Appeal, ChecklistFinding, Meeting, State
from appeals.permissions import (
    can_assign_reviewer,
    can_name_evaluator,
    can_re_evaluate,
    can_review,
    can_take,
)
from appeals.services.common import (
    appellant,
    audit,
    hr_leads,
    locked,
    require_eligible,
    require_text,
    supervisor,
    tell,
)
from appeals.services.effect import apply_points, require_reason_code
from appeals.workflow import move, note_step
from appraisal.scorecards.recheck import recheck_lines
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import User


@dataclass(frozen=True, slots=True)
class Finding:
    """HR's answer to one question of the checklist: `kept` yes or no, and why."""

    question: str
    kept: bool
    reason: str


@transaction.atomic
def take(appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    """An eligible HR takes a case of the pool. The second of two is told (409)."""
    appeal = locked(appeal.pk)
    require_eligible(by, appeal, Capacity.REVIEWER, at)
    if not can_take(by, appeal, at):
        raise Conflict(_("Appeal %(number)s has been taken already.") % {"number": appeal.number})
    taken = Appeal.objects.filter(
        pk=appeal.pk, reviewer__isnull=True, state=State.SUBMITTED
    ).update(reviewer=by)
    if not taken:
        raise Conflict(_("Appeal %(number)s has been taken already.") % {"number": appeal.number})
    return _named_reviewer(appeal, by, by, at)


@transaction.atomic
def assign_reviewer(appeal: Appeal, reviewer: User, *, by: User, at: datetime) -> Appeal:
    """The HR lead names the reviewer, or another one. Raises ConflictOfInterest, NotAllowed."""
    appeal = locked(appeal.pk)
    if not can_assign_reviewer(by, appeal, at):
        raise NotAllowed(_("Only the HR lead without a stake assigns the reviewer."))
    require_eligible(reviewer, appeal, Capacity.REVIEWER, at)
    Appeal.objects.filter(pk=appeal.pk).update(reviewer=reviewer)
    return _named_reviewer(appeal, reviewer, by, at)


def _named_reviewer(appeal: Appeal, reviewer: User, by: User, at: datetime) -> Appeal:
    before = appeal.reviewer_id
    appeal.refresh_from_db()
    note_step(appeal, "assign_reviewer", by=by, at=at, note=reviewer.display_name)
    audit(
        appeal,
        "assign_reviewer",
        by=by,
        before={"reviewer": before},
        after={"reviewer": reviewer.pk},
    )
    tell(appeal, [reviewer], "assigned", at, key=str(reviewer.pk))
    return appeal


@transaction.atomic
def review(
    appeal: Appeal, findings: Sequence[Finding], *, compliant: bool, by: User, at: datetime
) -> Appeal:
    """First review: the checklist decides between data recheck and re-evaluation.

    Every question is answered with a reason. `compliant` is HR's conclusion on the procedure;
    it must agree with the answer to that question. Raises AppealIncomplete, NotAllowed,
    ConflictOfInterest, StateMoved.
    """
    appeal = locked(appeal.pk)
    _require_reviewer(appeal, by, at)
    _keep_findings(appeal, findings, compliant=compliant, by=by, at=at)
    if compliant:
        move(appeal, "find_compliant", by=by, at=at, due_on=step_due(State.DATA_RECHECK, at))
        rows = [
            {
                "line": line.line_id,
                "before": None if line.before is None else format(line.before, "f"),
                "after": None if line.after is None else format(line.after, "f"),
            }
            for line in recheck_lines(appeal.scorecard, _disputed_ids(appeal))
        ]
        Appeal.objects.filter(pk=appeal.pk).update(rechecked=rows)
        appeal.refresh_from_db()
    else:
        move(appeal, "find_violated", by=by, at=at, due_on=step_due(State.RE_EVALUATION, at))
        tell(appeal, hr_leads(), "evaluator_wanted", at)
    audit(appeal, "review", by=by, after={"state": appeal.state, "due_on": appeal.due_on})
    tell(appeal, [appellant(appeal)], "reviewed", at)
    return appeal


def _keep_findings(
    appeal: Appeal, findings: Sequence[Finding], *, compliant: bool, by: User, at: datetime
) -> None:
    answered = {finding.question: finding for finding in findings}
    missing = {
        question: _("Please answer this question and say why.")
        for question in ChecklistFinding.Question.values
        if question not in answered or not answered[question].reason.strip()
    }
    if missing:
        raise AppealIncomplete(_("The checklist is not complete yet."), fields=missing)
    procedure = answered[ChecklistFinding.Question.PROCEDURE]
    if procedure.kept != compliant:
        raise AppealIncomplete(
            _("The conclusion contradicts your answer on the procedure."),
            fields={"procedure": _("The conclusion contradicts this answer.")},
        )
    for finding in findings:
        ChecklistFinding.objects.update_or_create(
            appeal=appeal,
            question=finding.question,
            defaults={
                "is_kept": finding.kept,
                "reason": finding.reason.strip(),
                "by": by,
                "at": at,
            },
        )


@transaction.atomic
def reject_formally(appeal: Appeal, *, reason: str, by: User, at: datetime) -> Appeal:
    """Not admissible: out of time, a duplicate, not the agent's own. Never for the merits."""
    appeal = locked(appeal.pk)
    _require_reviewer(appeal, by, at)
    reason = require_text(reason, "reason", _("Please say why the appeal is not admitted."))
    move(appeal, "reject_formally", by=by, at=at, note=reason, decision=reason)
    audit(appeal, "reject_formally", by=by, after={"state": appeal.state}, reason=reason)
    tell(appeal, [appellant(appeal)], "closed", at)
    return appeal


@transaction.atomic
def finish_recheck(
    appeal: Appeal, *, note: str, held_at: datetime | None, place: str, by: User, at: datetime
) -> Appeal:
    """The data are checked: on to the three-party meeting, invitation included."""
    appeal = locked(appeal.pk)
    _require_reviewer(appeal, by, at)
    note = require_text(note, "note", _("Please say what the recheck found."))
    if supervisor(appeal) is None:
        raise AppealIncomplete(
            _("The scorecard names no supervisor with an account. Please add one first.")
        )
    move(
        appeal,
        "finish_recheck",
        by=by,
        at=at,
        recheck_note=note,
        due_on=step_due(State.MEETING, at),
    )
    Meeting.objects.create(appeal=appeal, held_at=held_at, place=place.strip())
    audit(appeal, "finish_recheck", by=by, after={"state": appeal.state, "due_on": appeal.due_on})
    tell(appeal, [appellant(appeal), supervisor(appeal)], "meeting", at)
    return appeal


@transaction.atomic
def name_evaluator(appeal: Appeal, evaluator: User, *, by: User, at: datetime) -> Appeal:
    """The HR lead names who evaluates again: never who was involved before."""
    appeal = locked(appeal.pk)
    if not can_name_evaluator(by, appeal, at):
        raise NotAllowed(_("Only the HR lead without a stake names the evaluator."))
    require_eligible(evaluator, appeal, Capacity.EVALUATOR, at)
    before = appeal.evaluator_id
    Appeal.objects.filter(pk=appeal.pk).update(evaluator=evaluator)
    appeal.refresh_from_db()
    note_step(appeal, "name_evaluator", by=by, at=at, note=evaluator.display_name)
    audit(
        appeal,
        "name_evaluator",
        by=by,
        before={"evaluator": before},
        after={"evaluator": evaluator.pk},
    )
    tell(appeal, [evaluator], "evaluate", at, key=str(evaluator.pk))
    return appeal


@transaction.atomic
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

    `points`: line id → points, 0 to 100. Lines not named keep theirs. The new revision has its
    own appeal window. Raises NotAllowed, ConflictOfInterest, AppealIncomplete, StateMoved.
    """
    appeal = locked(appeal.pk)
    require_eligible(by, appeal, Capacity.EVALUATOR, at)
    if not can_re_evaluate(by, appeal, at):
        raise NotAllowed(_("Only the named evaluator records the re-evaluation."))
    reason = require_text(reason, "reason", _("Please give the reasons."))
    reason_code = require_reason_code(reason_code)
    reviewer = appeal.reviewer
    result = apply_points(
        appeal, points, reason=reason, proposed_by=by, approved_by=reviewer, at=at
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
        "re_evaluate",
        by=by,
        reason=reason,
        after={"state": appeal.state, "revision": result.revision if result else None},
    )
    tell(appeal, [appellant(appeal), supervisor(appeal)], "closed", at)
    return appeal


def _disputed_ids(appeal: Appeal) -> list[int]:
    """The lines in dispute; all lines where the total, the band or the procedure is."""
    ids = list(appeal.disputed.values_list("line_id", flat=True))
    return ids or list(appeal.scorecard.lines.values_list("pk", flat=True))


def _require_reviewer(appeal: Appeal, by: User, at: datetime) -> None:
    require_eligible(by, appeal, Capacity.REVIEWER, at)
    if not can_review(by, appeal, at):
        raise NotAllowed(_("Only the assigned HR reviewer does this, at this step."))
