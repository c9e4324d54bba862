"""The agent's side, and what everybody who sees an appeal can open."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals import forms, pages, permissions, queries
from appeals.claims import refused_of
from appeals.deadlines import days_left, window_end
from appeals.errors import AppealIncomplete
from appeals.models import Appeal, Evidence, State
from appeals.scope import allowed_positions
from appeals.second_person import OPEN_EVIDENCE
from appeals.services import evidence as evidence_services
from appeals.services import filing
from appeals.views.common import act, add_errors, reason_wanted, show, visible
from appraisal.models import Scorecard, ScoreLine
from appraisal.schemes.formulas import unit_of
from appraisal.scorecards.forms import ReasonForm
from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.files import download_response
from kpi_portal.people.models import Role
from kpi_portal.people.queries import local_date
from kpi_portal.people.second_person.services import ask

ACTING = (Role.HR, Role.COMMITTEE, Role.SUPERVISOR, Role.INSPECTOR, Role.AUDITOR)

PAGE = 50
DRAFT_FORM = "appeal-form"


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All appeals that the reader sees, by due date."""
    viewer, now = person(request), timezone.now()
    state, mine = request.GET.get("state", ""), "mine" in request.GET
    found = queries.inbox(viewer, state=state, mine=mine)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.as_rows(list(page.object_list), viewer, now),
        "state": state,
        "states": State.choices,
        "mine": mine,
        "counts": queries.counts(viewer),
        "acts": viewer.has_role(*ACTING),
        "sees_board": permissions.can_see_board(viewer),
        "sees_statistics": permissions.can_see_statistics(viewer),
    }
    return render_page(request, "appeals/list.html", context, fragment="table")


@require_safe
@login_required
def badge(request: HttpRequest, card_id: int) -> HttpResponse:
    """The fragment on a scorecard: the appeal, or the way to begin one."""
    viewer = person(request)
    card = get_object_or_404(Scorecard.objects.visible_to(viewer), pk=card_id)
    wanted = reason_wanted(request, card)
    if wanted is not None:
        return wanted
    context = {
        "card": card,
        "now": queries.state_for_card(card, viewer, timezone.now()),
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


@require_safe
@login_required
def detail(request: HttpRequest, number: str) -> HttpResponse:
    appeal = visible(request, number)
    if permissions.can_edit(person(request), appeal):
        return go_to(request, "appeals:edit", number)
    return reason_wanted(request, appeal.scorecard) or show(request, appeal)


@require_http_methods(["GET", "HEAD", "POST"])
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
    if filing.follow_revision(appeal, by=viewer):
        form.add_error(None, _("The scorecard has been revised since you began. Please look at "
                               "the new figures, mark the lines again and go on."))  # fmt: skip
        return _draft_page(request, visible(request, number), form, status=422)
    if not form.is_valid():
        return _draft_page(request, appeal, form, status=422)
    now, filed = timezone.now(), request.POST.get("act") == "file"
    try:
        claims = _claims(request, appeal)
        refused = [int(pk) for pk in request.POST.getlist("record_claims") if pk.isdigit()]
        appeal = filing.save_draft(
            appeal, **form.cleaned_data, claims=claims, refused=refused, by=viewer, at=now
        )
        if sentence := "file" in request.FILES and _attach(request, appeal):
            form.add_error(None, sentence)
            return _draft_page(request, appeal, form, status=422)
        if filed:
            filing.file(appeal, by=viewer, at=now)
    except AppealIncomplete as error:
        add_errors(form, error)
        return _draft_page(request, appeal, form, status=422)
    if not filed:
        messages.success(request, _("Draft saved."))
        return go_to(request, "appeals:edit", number)
    messages.success(request, _("Your appeal has been submitted. HR reviews it first."))
    return go_to(request, "appeals:detail", number)


def _attach(request: HttpRequest, appeal: Appeal) -> str:
    """Keep the file handed in with this request; why not, in a sentence, "" if it is kept.

    Raises NotAllowed.
    """
    form = forms.EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return " ".join(str(text) for errors in form.errors.values() for text in errors)
    upload = form.cleaned_data.pop("file")
    try:
        evidence_services.add(
            appeal,
            upload,
            name=upload.name,
            **form.cleaned_data,
            by=person(request),
            at=timezone.now(),
        )
    except NotAllowed:
        raise
    except DomainError as refusal:
        return str(refusal.message)
    return ""


def _claims(request: HttpRequest, appeal: Appeal) -> dict[int, str]:
    """What is wrong with each line that is marked, by line id."""
    return {
        line: request.POST.get(f"claim_{line}", "")
        for line in appeal.scorecard.lines.values_list("pk", flat=True)
        if request.POST.get(f"disputed_{line}")
    }


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
    if request.method == "POST":
        claims = _claims(request, appeal) or claims
    now = timezone.now()
    allowed = allowed_positions(appeal, now)
    lines = appeal.scorecard.lines.select_related("indicator").order_by("position")
    until = None if appeal.late_admitted_by_id else window_end(appeal.scorecard)
    context = {
        "appeal": appeal,
        "form": form,
        "until": until,
        "days_left": days_left(until, local_date(now)) if until else None,
        "lines": [
            (line, units(line), line.pk in claims, claims.get(line.pk, ""))
            for line in lines
            if allowed is None or line.position in allowed
        ],
        "is_narrowed": allowed is not None,
        "record_claims": list(refused_of(appeal.scorecard)),
        "named_claims": set(appeal.claims.values_list("pk", flat=True)),
        "evidence": pages.visible_evidence(appeal, person(request), now),
        "evidence_form": forms.EvidenceForm(within=DRAFT_FORM),
        "can_add_evidence": True,
        "can_edit": True,
    }
    return render_page(request, "appeals/edit.html", context, status=status)


def units(line: ScoreLine) -> str:
    """The unit of the line's metric."""
    return unit_of(line.metric, line.params)


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
    appeal = visible(request, number)
    refused = _attach(request, appeal)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("The file has been added."))
    return go_to(request, "appeals:detail", number)


def _evidence(request: HttpRequest, number: str, evidence_id: int) -> Evidence:
    """Raises Http404 for a file that the reader may not open."""
    appeal, viewer = visible(request, number), person(request)
    found = {row.pk: row for row in pages.visible_evidence(appeal, viewer, timezone.now())}
    if evidence_id not in found:
        raise Http404
    return found[evidence_id]


@require_safe
@login_required
def evidence(request: HttpRequest, number: str, evidence_id: int) -> HttpResponseBase:
    """The file as a download; each one is on record."""
    row = _evidence(request, number, evidence_id)
    wanted = reason_wanted(request, row.appeal.scorecard)
    if wanted is not None:
        return wanted
    stored = evidence_services.open_file(row, by=person(request), at=timezone.now())
    return download_response(stored, request)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask_for_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """Where an auditor asks a second person to open the files of a case."""
    appeal, viewer = visible(request, number), person(request)
    if not permissions.can_ask_for_evidence(viewer, appeal):
        raise NotAllowed(_("Only auditors ask for files. Yours are on the page of the appeal."))
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        asked = ask(OPEN_EVIDENCE, number, reason=reason, by=viewer, at=timezone.now())
        messages.success(request, _("Your request waits for a second person."))
        return go_to(request, "people:second_person", asked.pk)
    status = 422 if form.errors else 200
    context = {"appeal": appeal, "form": form}
    return render_page(request, "appeals/ask_evidence.html", context, status=status)


@require_POST
@login_required
def delete_evidence(request: HttpRequest, number: str, evidence_id: int) -> HttpResponse:
    evidence_services.delete(_evidence(request, number, evidence_id), by=person(request))
    messages.success(request, _("The file has been removed."))
    return go_to(request, "appeals:detail", number)
