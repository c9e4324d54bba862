"""What the page of one appeal shows to one reader: the forms of their turn, and all the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appeals import deadlines, forms, permissions, queries
from appeals.claims import named_in
from appeals.course import earlier_minutes, ladder, timeline
from appeals.eligibility import REASONS, Capacity, eligible_users
from appeals.facts import procedure_facts
from appeals.guards import PANEL_SIZES, active_seats, is_appellant
from appeals.models import (
    Appeal,
    ChecklistFinding,
    Evidence,
    Ground,
    State,
    Topic,
)
from appeals.scope import disputed_line_ids
from appeals.services.arbitration import dissent, outcome
from appeals.services.outside import in_office
from appeals.services.review import snapshot
from appraisal.models import Scorecard, ScoreLine
from appraisal.schemes.formulas import unit_of
from appraisal.schemes.words import band_names
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import local_date


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the disputed card beside what is said about it.

    `fresh` is what the records gave on the recheck: {"after", "points_after"} as text; None
    where the line was not rechecked. `proposed` and `decided` are points.
    """

    line: ScoreLine
    claim: str
    is_disputed: bool
    fresh: Mapping[str, Any] | None
    differs: bool
    proposed: Decimal | None
    decided: Decimal | None
    unit: str
    records_url: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Total and band before and after: of the recheck, or of the decision."""

    final_before: Any
    final_after: Any
    band_before: str
    band_after: str
    key_before: str
    key_after: str


def load(number: str, viewer: User) -> Appeal | None:
    """The appeal if the viewer may know of it; None is a 404."""
    return (
        Appeal.objects.visible_to(viewer)
        .select_related(
            "employee",
            "period",
            "scorecard__department",
            "scorecard__version__scheme",
            "scorecard__supervisor",
            "scorecard__period",
            "reviewer__employee",
            "evaluator__employee",
            "outside_chair__employee",
            "late_admitted_by",
            "result",
            "meeting__supervisor__employee",
        )
        .filter(number=number)
        .first()
    )


def pool_entry(appeal: Appeal, viewer: User, now: datetime) -> dict[str, Any]:
    """What HR reads of a case before taking it: no name in full, no statement, no evidence."""
    return {
        "appeal": appeal,
        "name": queries.masked(appeal.employee.name),
        "topics": _labels(Topic, appeal.topics),
        "grounds": _labels(Ground, appeal.grounds),
        "days_left": days_left(appeal, now),
        "can_take": permissions.can_take(viewer, appeal, now),
    }


def detail(appeal: Appeal, viewer: User, now: datetime) -> dict[str, Any]:
    """The whole context of the page. Offers only acts that the services would accept."""
    lines = list(
        appeal.scorecard.lines.select_related("indicator").order_by("segment", "position")
    )
    disputed = set(disputed_line_ids(appeal))
    in_dispute = [line for line in lines if line.pk in disputed]
    acting = not is_appellant(viewer, appeal) and not permissions.is_party_supervisor(
        viewer, appeal
    )
    figures = recheck_figures(appeal, acting=acting)
    context: dict[str, Any] = {
        "appeal": appeal,
        "due": due(appeal),
        "days_left": days_left(appeal, now),
        "events": timeline(appeal),
        "steps": ladder(appeal),
        "rows": line_rows(appeal, lines, disputed, figures, viewer),
        "is_narrowed": len(disputed) < len(lines),
        "topics": _labels(Topic, appeal.topics),
        "grounds": _labels(Ground, appeal.grounds),
        "findings": list(appeal.findings.select_related("by__employee")),
        "figures": figures,
        "recheck_effect": _recheck_effect(appeal, figures),
        "decision_effect": _decision_effect(appeal),
        "evidence": visible_evidence(appeal, viewer, now),
        "hidden_evidence": appeal.evidence.count(),
        "can_ask_for_evidence": permissions.can_ask_for_evidence(viewer, appeal),
        "votes": queries.votes(appeal, viewer, now),
        "tally": queries.tally(appeal),
        "dissent": dissent(appeal),
        "can_note_impact": permissions.can_note_impact(viewer, appeal, now),
        "shows_impact": acting and bool(appeal.impact),
        "record_claims": named_in(appeal),
        "can_withdraw": permissions.can_withdraw(viewer, appeal),
        "can_edit": permissions.can_edit(viewer, appeal),
        "can_add_evidence": permissions.can_add_evidence(viewer, appeal),
        "is_appellant": is_appellant(viewer, appeal),
        "evidence_form": forms.EvidenceForm(),
        "withdraw_form": forms.OptionalReasonForm(),
        "conflicts": [str(REASONS[key]) for key in permissions.own_conflicts(viewer, appeal, now)],
        "sees_recusals": viewer.has_role(Role.HR_LEAD, Role.AUDITOR) and acting,
    }
    if acting:
        context["facts"] = _grouped(appeal)
    _hr(context, appeal, viewer, now, in_dispute)
    _meeting(context, appeal, viewer, now, in_dispute)
    _committee(context, appeal, viewer, now, in_dispute)
    if permissions.can_extend(viewer, appeal, now):
        context["extend_form"] = forms.ExtendForm()
    if context["sees_recusals"]:
        context["recusals"] = list(appeal.recusals.select_related("user__employee"))
    if permissions.part_of(viewer, appeal) is not None:
        context["step_back_form"] = forms.ReasonForm()
    return context


def _labels(choices: Any, values: list[str]) -> list[str]:
    return [str(choices(value).label) for value in values]


def _grouped(appeal: Appeal) -> list[tuple[str, list[Any]]]:
    """The procedure facts by question of the checklist."""
    facts = procedure_facts(appeal)
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
            context["checklist_form"] = forms.ChecklistForm()
            context["reject_form"] = forms.RejectForm()
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
    meeting = permissions.meeting_of(appeal)
    if meeting is None:
        return
    answers = {
        row.party: row
        for row in meeting.confirmations.filter(round=meeting.round).select_related("user")
    }
    context["meeting"] = meeting
    context["versions"] = earlier_minutes(meeting)
    context["proposals"] = list(meeting.proposals.select_related("line__indicator"))
    context["parties"] = [
        (_("Employee"), appeal.employee.name, answers.get("employee")),
        (_("Supervisor's side"), meeting.supervisor.display_name, answers.get("supervisor")),
        ("HR", appeal.reviewer.display_name if appeal.reviewer else "—", answers.get("hr")),
    ]
    if permissions.can_confirm(viewer, appeal, now):
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
    seats = active_seats(appeal)
    _outside(context, appeal, viewer, now, lines)
    if permissions.can_publish(viewer, appeal, now):
        context["publish_form"] = forms.PublishForm()
        names = {line.pk: line.indicator.label for line in lines}
        context["outcome"] = [(names[pk], value) for pk, value in outcome(seats).items()]
    if permissions.can_seat_panel(viewer, appeal, now):
        eligible = eligible_users(appeal, Capacity.ARBITER, now)
        context["panel_form"] = forms.PanelForm(
            eligible=eligible, initial={"users": [seat.user_id for seat in seats]}
        )
        context["panel_short"] = len(eligible) < min(PANEL_SIZES)
        context["panel_seated"] = len(seats) in PANEL_SIZES
    if permissions.can_vote(viewer, appeal, now):
        context["vote_form"] = forms.VoteForm()
        context["points"] = forms.LinePoints(lines)


def _outside(
    context: dict[str, Any], appeal: Appeal, viewer: User, now: datetime, lines: list[ScoreLine]
) -> None:
    if permissions.can_refer_outside(viewer, appeal, now):
        context["refer_form"] = forms.ReasonForm()
        context["outside"] = in_office()
    if permissions.can_decide_outside(viewer, appeal, now):
        context["can_take_up"] = appeal.paused_at is not None
        if appeal.paused_at is None:
            context["outside_form"] = forms.OutsideDecisionForm()
            context["points"] = forms.LinePoints(lines)


def recheck_figures(appeal: Appeal, *, acting: bool) -> Mapping[str, Any]:
    """The figures of the recheck in the shape of Appeal.rechecked; empty without.

    While it is under way they are measured now, for those who act; the parties get them with
    the invitation to the meeting.
    """
    if appeal.rechecked:
        return dict(appeal.rechecked)
    if appeal.state == State.DATA_RECHECK and acting:
        return snapshot(appeal)
    return {}


def _recheck_effect(appeal: Appeal, figures: Mapping[str, Any]) -> Effect | None:
    if not figures:
        return None
    card = appeal.scorecard
    return _effect(card, figures["final_before"], figures["final_after"], figures["band_after"])


def _decision_effect(appeal: Appeal) -> Effect | None:
    card, result = appeal.scorecard, appeal.result
    return None if result is None else _effect(card, card.final, result.final, result.band)


def _effect(card: Scorecard, before: Any, after: Any, band: str) -> Effect:
    names = band_names(card.version.bands)
    return Effect(
        before, after, names.get(card.band, card.band), names.get(band, band), card.band, band
    )


def line_rows(
    appeal: Appeal,
    lines: list[ScoreLine],
    disputed: set[int],
    figures: Mapping[str, Any],
    viewer: User,
) -> list[LineRow]:
    """The lines in dispute, and others that the decision changed."""
    claims = dict(appeal.disputed.values_list("line_id", "claim"))
    fresh = {row["line"]: row for row in figures.get("lines", [])}
    meeting = permissions.meeting_of(appeal)
    proposed = dict(meeting.proposals.values_list("line_id", "points")) if meeting else {}
    results = appeal.result.lines.all() if appeal.result else ()
    decided = {(line.segment, line.position): line.points for line in results}
    opens = Scorecard.objects.visible_to(viewer).filter(pk=appeal.scorecard_id).exists()
    return [
        LineRow(
            line=line,
            claim=claims.get(line.pk, ""),
            is_disputed=line.pk in claims,
            fresh=fresh.get(line.pk),
            differs=line.pk in fresh and fresh[line.pk]["before"] != fresh[line.pk]["after"],
            proposed=proposed.get(line.pk),
            decided=decided.get((line.segment, line.position)),
            unit=unit_of(line.metric, line.params),
            records_url=_records_url(appeal, line) if opens else "",
        )
        for line in lines
        if line.pk in disputed
        or decided.get((line.segment, line.position), line.points) != line.points
    ]


def _records_url(appeal: Appeal, line: ScoreLine) -> str:
    url = reverse(
        "appraisal:scorecard_records",
        args=[appeal.period.code, appeal.employee.number, line.position],
    )
    return url if line.segment == 1 else f"{url}?segment={line.segment}"


def visible_evidence(appeal: Appeal, viewer: User, now: datetime) -> list[Evidence]:
    """The files that the viewer may open."""
    rows = appeal.evidence.select_related("file", "added_by__employee")
    return [row for row in rows if permissions.can_open_evidence(viewer, row, appeal, now)]


def due(appeal: Appeal) -> deadlines.DueDate | None:
    """The due date with the days that do not count between the step's begin and it."""
    if appeal.due_on is None:
        return None
    entered = appeal.steps.filter(to_state=appeal.state).exclude(from_state=appeal.state)
    last = entered.order_by("-id").first()
    start = local_date(last.at) if last else appeal.due_on
    return deadlines.with_skipped(start, appeal.due_on)


def days_left(appeal: Appeal, now: datetime) -> int | None:
    """Working days until the due date: 0 today, negative when overdue."""
    if appeal.due_on is None:
        return None
    return deadlines.days_left(appeal.due_on, local_date(now))
