"""Claims about single records: the own ones, raising one, answering one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appeals import claims as queries
from appeals import forms
from appeals.errors import AppealIncomplete
from appeals.services import claims
from appeals.views.common import add_errors
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import Role

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The claims that the reader sees, and the form for a new one while the time runs."""
    viewer, now = person(request), timezone.now()
    cards = queries.claimable_cards(viewer, now)
    start = {key: request.GET.get(key, "") for key in ("ticket", "card")}
    form = forms.ClaimForm(request.POST or None, cards=cards, initial=start)
    if request.method == "POST":
        if not cards:
            raise NotAllowed(_("There is no scorecard whose records you can claim now."))
        if form.is_valid() and _raised(request, form):
            return go_to(request, "appeals:claims")
    page = Paginator(queries.visible_to(viewer), PAGE).get_page(request.GET.get("page"))
    rows = [
        (claim, forms.AnswerForm() if queries.can_answer(viewer, claim, now) else None)
        for claim in page.object_list
    ]
    context = {
        "form": form if cards else None,
        "rows": rows,
        "page": page,
        "corrects": viewer.has_role(Role.HR, Role.SUPERVISOR),
    }
    status = 422 if form.errors else 200
    return render_page(request, "appeals/claims.html", context, status=status)


def _raised(request: HttpRequest, form: forms.ClaimForm) -> bool:
    data = form.cleaned_data
    try:
        claims.raise_claim(
            data["card"],
            ticket_no=data["ticket"],
            kind=data["kind"],
            statement=data["statement"],
            by=person(request),
            at=timezone.now(),
        )
    except AppealIncomplete as error:
        add_errors(form, error)
        return False
    messages.success(request, _("Your supervisor has been asked and answers in 3 working days."))
    return True


@require_POST
@login_required
def answer(request: HttpRequest, claim_id: int) -> HttpResponse:
    viewer = person(request)
    claim = get_object_or_404(queries.visible_to(viewer), pk=claim_id)
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        raise AppealIncomplete(_("Please answer yes or no and give the reason."))
    claims.answer(claim, **form.cleaned_data, by=viewer, at=timezone.now())
    messages.success(request, _("Your answer is recorded."))
    return go_to(request, "appeals:claims")
