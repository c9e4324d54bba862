"""Addresses of appeals: /appeals/A-2026-0012/ and the acts below it."""

from django.urls import path

from appeals.views import agent, boards, claims, impact, outside, papers, steps

app_name = "appeals"

urlpatterns = [
    path("", agent.index, name="list"),
    path("cards/<int:card_id>/badge/", agent.badge, name="badge"),
    path("cards/<int:card_id>/start/", agent.start, name="start"),
    path("cards/<int:card_id>/late/", agent.admit_late, name="admit-late"),
    path("claims/", claims.index, name="claims"),
    path("claims/<int:claim_id>/answer/", claims.answer, name="answer-claim"),
    path("statistics/", boards.figures, name="statistics"),
    path("overdue/", boards.overdue, name="overdue"),
    path("outside-chair/", outside.office, name="outside-chair"),
    path("<str:number>/", agent.detail, name="detail"),
    path("<str:number>/edit/", agent.edit, name="edit"),
    path("<str:number>/delete/", agent.delete, name="delete"),
    path("<str:number>/withdraw/", agent.withdraw, name="withdraw"),
    path("<str:number>/evidence/", agent.add_evidence, name="add-evidence"),
    path("<str:number>/evidence/ask/", agent.ask_for_evidence, name="ask-evidence"),
    path("<str:number>/evidence/<int:evidence_id>/", agent.evidence, name="evidence"),
    path(
        "<str:number>/evidence/<int:evidence_id>/delete/",
        agent.delete_evidence,
        name="delete-evidence",
    ),
    path("<str:number>/take/", steps.take, name="take"),
    path("<str:number>/reviewer/", steps.assign, name="assign"),
    path("<str:number>/review/", steps.first_review, name="review"),
    path("<str:number>/reject/", steps.reject, name="reject"),
    path("<str:number>/recheck/", steps.recheck, name="recheck"),
    path("<str:number>/evaluator/", steps.name_evaluator, name="name-evaluator"),
    path("<str:number>/re-evaluation/", steps.re_evaluate, name="re-evaluate"),
    path("<str:number>/meeting/", steps.schedule, name="schedule"),
    path("<str:number>/proposal/", steps.propose, name="propose"),
    path("<str:number>/confirmation/", steps.confirm, name="confirm"),
    path("<str:number>/panel/", steps.seat_panel, name="seat-panel"),
    path("<str:number>/recusal/", steps.step_back, name="step-back"),
    path("<str:number>/vote/", steps.vote, name="vote"),
    path("<str:number>/decision/", steps.publish, name="publish"),
    path("<str:number>/record/", papers.print_record, name="record"),
    path("<str:number>/impact/", impact.impact, name="impact"),
    path("<str:number>/meeting.ics", papers.invitation, name="invitation"),
    path("<str:number>/outside/", outside.refer, name="refer-outside"),
    path("<str:number>/outside/taken/", outside.take_up, name="take-up"),
    path("<str:number>/outside/decision/", outside.decide, name="decide-outside"),
    path("<str:number>/extension/", steps.extend, name="extend"),
]
