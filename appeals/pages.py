"""What the page of one appeal shows to one reader: the forms of their turn, and all the rest."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from appeals import forms, permissions, queries
from appeals.deadlines import DueDate
from appeals.eligibility import Capacity, eligible_users
from appeals.facts import Fact, procedure_facts
from appeals.models import Appeal, ChecklistFinding, Evidence, Ground, PanelSeat, State
from appeals.services.arbitration import outcome
from appeals.words import step_title
from appraisal.metrics import METRICS
from appraisal.models import ScoreLine
from appraisal.scorecards.recheck import Rechecked, recheck_lines
from kpi_portal.core.time import days_between
from kpi_portal.people.models import User
from kpi_portal.people.queries import local_date, workday_test


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the timeline, as components/timeline.html takes it."""

    title: str
    at: datetime
    who: str
    text: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the disputed card beside what is said about it."""

    line: ScoreLine
    claim: str
    is_disputed: bool
    rechecked: Rechecked | None
    proposed: Any
    current: Any
    unit: str


def load(number: str, viewer: User) -> Appeal | None:
    """The appeal if the viewer may see it; None is a 404."""
    return (
        Appeal.objects.visible_to(viewer)
        .select_related(
            "employee",
            "period",
            "scorecard__department",
            "scorecard__version__scheme",
            "scorecard__supervisor",
            "reviewer__employee",
            "evaluator__employee",
            "late_admitted_by",
            "result",
            "meeting",
        )
        .filter(number=number)
        .first()
    )


def detail(appeal: Appeal, viewer: User, now: datetime) -> dict[str, Any]:
    """The whole context of the page. Offers only acts that the services would accept."""
    lines = list(appeal.scorecard.lines.select_related("indicator").order_by("position"))
    context: dict[str, Any] = {
        "appeal": appeal,
        "due": due(appeal),
        "days_left": days_left(appeal, now),
        "events": timeline(appeal),
        "rows": line_rows(appeal, lines, viewer),
        "grounds": [str(Ground(ground).label) for ground in appeal.grounds],
        "findings": list(appeal.findings.select_related("by__employee")),
        "evidence": visible_evidence(appeal, viewer),
        "votes": queries.votes(appeal, viewer),
        "is_appellant": permissions.is_appellant(viewer, appeal),
        "can_withdraw": permissions.can_withdraw(viewer, appeal),
        "can_edit": permissions.can_edit(viewer, appeal),
        "can_add_evidence": permissions.can_add_evidence(viewer, appeal),
        "evidence_form": forms.EvidenceForm(),
        "withdraw_form": forms.OptionalReasonForm(),
    }
    if _sees_facts(appeal, viewer):
        context["facts"] = _grouped(procedure_facts(appeal))
    _hr(context, appeal, viewer, now, lines)
    _meeting(context, appeal, viewer, now, lines)
    _committee(context, appeal, viewer, now, lines)
    if permissions.can_extend(viewer, appeal, now):
        context["extend_form"] = forms.ExtendForm()
    return context


def _sees_facts(appeal: Appeal, viewer: User) -> bool:
    """Acting HR, evaluator, HR lead, panel, chair, auditors; not the parties."""
    return not permissions.is_appellant(viewer, appeal) and not permissions.is_party_supervisor(
        viewer, appeal
    )


def _grouped(facts: list[Fact]) -> list[tuple[str, list[Fact]]]:
    labels = dict(ChecklistFinding.Question.choices)
    return [
        (str(labels[question]), found)
        for question in ChecklistFinding.Question.values
        if (found := [fact for fact in facts if fact.question == question])
    ]


def _hr(
    context: dict[str, Any], appeal: Appeal, viewer: User, now: datetime, lines: list[ScoreLine]
) -> None:
    context["can_take"] = permissions.can_take(viewer, appeal, now)
    if permissions.can_assign_reviewer(viewer, appeal, now):
        context["assign_form"] = forms.PersonForm(
            eligible=eligible_users(appeal, Capacity.REVIEWER, now),
            initial={"user": appeal.reviewer_id},
        )
    if permissions.can_review(viewer, appeal, now):
        if appeal.state == State.SUBMITTED:
            context["checklist"] = list(ChecklistFinding.Question.choices)
            context["reject_form"] = forms.ReasonForm()
        if appeal.state == State.DATA_RECHECK:
            context["recheck_form"] = forms.RecheckForm()
    if permissions.can_name_evaluator(viewer, appeal, now):
        context["evaluator_form"] = forms.PersonForm(
            eligible=eligible_users(appeal, Capacity.EVALUATOR, now),
            initial={"user": appeal.evaluator_id},
        )
    if permissions.can_re_evaluate(viewer, appeal, now):
        context["re_evaluate_form"] = forms.ReEvaluateForm()
        context["points"] = forms.LinePoints(lines)


def _meeting(
    context: dict[str, Any], appeal: Appeal, viewer: User, now: datetime, lines: list[ScoreLine]
) -> None:
    meeting = getattr(appeal, "meeting", None)
    if meeting is None:
        return
    context["meeting"] = meeting
    context["proposals"] = list(meeting.proposals.select_related("line__indicator"))
    context["confirmations"] = list(
        meeting.confirmations.filter(round=meeting.round).select_related("user__employee")
    )
    if permissions.can_confirm(viewer, appeal):
        context["confirm_form"] = forms.ConfirmForm(initial={"round": meeting.round})
    if appeal.state == State.MEETING and permissions.can_review(viewer, appeal, now):
        context["schedule_form"] = forms.ScheduleForm(
            initial={"held_at": meeting.held_at, "place": meeting.place}
        )
        context["proposal_form"] = forms.ProposalForm(
            initial={"minutes": meeting.minutes, "reason_code": meeting.reason_code}
        )
        context["points"] = forms.LinePoints(lines)


def _committee(
    context: dict[str, Any], appeal: Appeal, viewer: User, now: datetime, lines: list[ScoreLine]
) -> None:
    if permissions.can_seat_panel(viewer, appeal, now):
        seated = [seat.user_id for seat in appeal.panel.all() if seat.recused_at is None]
        eligible = eligible_users(appeal, Capacity.ARBITER, now)
        context["panel_form"] = forms.PanelForm(eligible=eligible, initial={"users": seated})
        context["panel_short"] = len(eligible) < 3
    context["can_recuse"] = permissions.can_recuse(viewer, appeal)
    if context["can_recuse"]:
        context["recuse_form"] = forms.ReasonForm()
    if permissions.can_vote(viewer, appeal, now):
        context["vote_form"] = forms.VoteForm()
        context["points"] = forms.LinePoints(lines)
    if permissions.can_publish(viewer, appeal, now):
        context["publish_form"] = forms.PublishForm()
        figures = outcome(PanelSeat.objects.filter(appeal=appeal, recused_at__isnull=True))
        names = {line.pk: line.indicator.label for line in lines}
        context["outcome"] = [(names[pk], value) for pk, value in figures.items()]


def timeline(appeal: Appeal) -> list[Event]:
    """The steps, oldest first. Votes are named as cast, never what they say."""
    steps = appeal.steps.select_related("by__employee").order_by("id")
    return [
        Event(step_title(step), step.at, step.by.display_name if step.by else "", step.note)
        for step in steps
    ]


def line_rows(appeal: Appeal, lines: list[ScoreLine], viewer: User) -> list[LineRow]:
    """Every line; the recheck beside it for those who act from the recheck on."""
    claims = dict(appeal.disputed.values_list("line_id", "claim"))
    rechecked: dict[int, Rechecked] = {}
    if appeal.rechecked:
        ids = [row["line"] for row in appeal.rechecked]
        rechecked = {row.line_id: row for row in recheck_lines(appeal.scorecard, ids)}
    meeting = getattr(appeal, "meeting", None)
    proposed = (
        dict(meeting.proposals.values_list("line_id", "points")) if meeting is not None else {}
    )
    result = {}
    if appeal.result is not None:
        result = dict(appeal.result.lines.values_list("position", "points"))
    return [
        LineRow(
            line=line,
            claim=claims.get(line.pk, ""),
            is_disputed=line.pk in claims,
            rechecked=rechecked.get(line.pk),
            proposed=proposed.get(line.pk),
            current=result.get(line.position),
            unit=METRICS[line.metric].unit,
        )
        for line in lines
    ]


def visible_evidence(appeal: Appeal, viewer: User) -> list[Evidence]:
    """The files that the viewer may open."""
    rows = appeal.evidence.select_related("file", "added_by__employee")
    return [
        row
        for row in rows
        if permissions.can_open_evidence(
            viewer, appeal, for_parties=row.for_parties, own=row.added_by_id == viewer.pk
        )
    ]


def due(appeal: Appeal) -> DueDate | None:
    """The due date with the days that do not count between the last step and it."""
    if appeal.due_on is None:
        return None
    last = appeal.steps.order_by("-id").filter(to_state=appeal.state).first()
    start = local_date(last.at) if last else appeal.due_on
    test = workday_test(start, appeal.due_on)
    skipped = tuple(day for day in days_between(start, appeal.due_on) if not test(day))
    return DueDate(appeal.due_on, skipped)


def days_left(appeal: Appeal, now: datetime) -> int | None:
    """Working days until the due date: 0 today, negative when overdue."""
    if appeal.due_on is None:
        return None
    return working_days_until(local_date(now), appeal.due_on)


def working_days_until(today: date, due_on: date) -> int:
    """How many working days lie after `today` up to and including `due_on`; -1 when past."""
    if due_on < today:
        return -1
    test = workday_test(today, due_on)
    days = [day for day in days_between(today, due_on) if day > today and test(day)]
    return len(days) + (1 if due_on > today and test(due_on) else 0)
