"""The agent's side, and what everybody who sees an appeal can open."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from appeals import forms, pages, permissions, queries
from appeals.deadlines import window_end
from appeals.errors import AppealIncomplete
from appeals.models import Appeal, Evidence, State
from appeals.services import evidence as evidence_services
from appeals.services import filing
from appeals.views.common import act, show, visible
from appraisal.models import Scorecard
from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.files import download_response


@require_GET
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All appeals that the reader sees, by due date."""
    viewer, now = person(request), timezone.now()
    state = request.GET.get("state", "")
    rows = [
        (appeal, pages.days_left(appeal, now))
        for appeal in queries.inbox(viewer, state=state, mine="mine" in request.GET)
    ]
    context = {
        "rows": rows,
        "state": state,
        "states": State.choices,
        "mine": "mine" in request.GET,
        "counts": queries.counts_by_state(viewer),
    }
    return render_page(request, "appeals/list.html", context, fragment="table")


@require_GET
@login_required
def badge(request: HttpRequest, card_id: int) -> HttpResponse:
    """The fragment on a scorecard: the appeal, or the way to begin one."""
    viewer = person(request)
    card = get_object_or_404(Scorecard.objects.visible_to(viewer), pk=card_id)
    context = {
        "card": card,
        "now": queries.state_for_card(card, viewer, timezone.now()),
        "can_admit_late": permissions.can_admit_late(viewer, card) and card.is_frozen,
        "late_form": forms.ReasonForm(),
    }
    return render_page(request, "appeals/badge.html", context)


@require_POST
@login_required
def start(request: HttpRequest, card_id: int) -> HttpResponse:
    """Begin (or go on with) an appeal against one's own card."""
    viewer = person(request)
    card = get_object_or_404(Scorecard.objects.visible_to(viewer), pk=card_id)
    appeal = filing.start(card, by=viewer, at=timezone.now())
    return go_to(request, "appeals:edit", appeal.number)


@require_POST
@login_required
def admit_late(request: HttpRequest, card_id: int) -> HttpResponse:
    viewer = person(request)
    card = get_object_or_404(Scorecard.objects.visible_to(viewer), pk=card_id)
    form = forms.ReasonForm(request.POST)
    if not form.is_valid():
        raise AppealIncomplete(_("Please say why the late appeal is admitted."))
    filing.admit_late(card, reason=form.cleaned_data["reason"], by=viewer, at=timezone.now())
    messages.success(request, _("The employee can now fill in the appeal."))
    return go_to(request, "appraisal:scorecard", card.period.code, card.employee.number)


@require_GET
@login_required
def detail(request: HttpRequest, number: str) -> HttpResponse:
    appeal = visible(request, number)
    if permissions.can_edit(person(request), appeal):
        return go_to(request, "appeals:edit", number)
    return show(request, appeal)


@login_required
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """The appeal form: saved as a draft, or submitted."""
    viewer, appeal = person(request), visible(request, number)
    if not permissions.can_edit(viewer, appeal):
        raise NotAllowed(
            _("Appeal %(number)s has been submitted and cannot be changed any more.")
            % {"number": number}
        )
    if request.method != "POST":
        return _draft_page(request, appeal, _initial(appeal))
    form = forms.DraftForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, appeal, form, status=422)
    lines = appeal.scorecard.lines.values_list("pk", flat=True)
    claims = {
        line: request.POST.get(f"claim_{line}", "")
        for line in lines
        if request.POST.get(f"disputed_{line}")
    }
    now = timezone.now()
    appeal = filing.save_draft(appeal, **form.cleaned_data, claims=claims, by=viewer, at=now)
    if request.POST.get("act") != "file":
        messages.success(request, _("Draft saved."))
        return go_to(request, "appeals:edit", number)
    try:
        filing.file(appeal, by=viewer, at=now)
    except AppealIncomplete as error:
        for field, text in error.fields.items():
            form.add_error(field if field in form.fields else None, str(text))
        return _draft_page(request, appeal, form, status=422)
    messages.success(request, _("Your appeal has been submitted. HR reviews it first."))
    return go_to(request, "appeals:detail", number)


def _initial(appeal: Appeal) -> forms.DraftForm:
    return forms.DraftForm(
        initial={
            "topics": appeal.topics,
            "grounds": appeal.grounds,
            "statement": appeal.statement,
            "request": appeal.request,
        }
    )


def _draft_page(
    request: HttpRequest, appeal: Appeal, form: forms.DraftForm, *, status: int = 200
) -> HttpResponse:
    claims = dict(appeal.disputed.values_list("line_id", "claim"))
    context = {
        "appeal": appeal,
        "form": form,
        "until": window_end(appeal.scorecard),
        "lines": [
            (line, line.pk in claims, claims.get(line.pk, ""))
            for line in appeal.scorecard.lines.select_related("indicator").order_by("position")
        ],
        "evidence": pages.visible_evidence(appeal, person(request)),
        "evidence_form": forms.EvidenceForm(),
        "can_add_evidence": True,
        "can_edit": True,
    }
    return render_page(request, "appeals/edit.html", context, status=status)


@require_POST
@login_required
def delete(request: HttpRequest, number: str) -> HttpResponse:
    appeal = visible(request, number)
    filing.delete_draft(appeal, by=person(request))
    messages.success(request, _("The draft has been deleted."))
    return go_to(request, "appeals:list")


@require_POST
@login_required
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    form = forms.OptionalReasonForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: filing.withdraw(
            appeal, reason=form.cleaned_data["reason"], by=person(request), at=timezone.now()
        ),
        done=_("The appeal has been withdrawn."),
        form=form,
        key="withdraw_form",
    )


@require_POST
@login_required
def add_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """A refusal comes back as a sentence on the page the file was handed in from."""
    appeal, viewer = visible(request, number), person(request)
    form = forms.EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            evidence_services.add(
                appeal,
                upload,
                name=upload.name,
                note=form.cleaned_data["note"],
                by=viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("The file has been added."))
    else:
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
    return go_to(request, "appeals:detail", number)


def _evidence(request: HttpRequest, number: str, evidence_id: int) -> Evidence:
    """Raises Http404 for a file that the reader may not open."""
    appeal, viewer = visible(request, number), person(request)
    found = {row.pk: row for row in pages.visible_evidence(appeal, viewer)}
    if evidence_id not in found:
        raise Http404
    return found[evidence_id]


@require_GET
@login_required
def evidence(request: HttpRequest, number: str, evidence_id: int) -> FileResponse:
    row = _evidence(request, number, evidence_id)
    evidence_services.opened(row, by=person(request))
    return download_response(row.file, request)


@require_POST
@login_required
def delete_evidence(request: HttpRequest, number: str, evidence_id: int) -> HttpResponse:
    evidence_services.delete(_evidence(request, number, evidence_id), by=person(request))
    messages.success(request, _("The file has been removed."))
    return go_to(request, "appeals:detail", number)
