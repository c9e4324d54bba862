"""The team board, its file, and the reason that auditors give first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appraisal.models import Period, Scorecard
from appraisal.scorecards import export, permissions
from appraisal.scorecards.board import FIRST_SORT, Wish, board, filtered_cards
from appraisal.scorecards.forms import BoardFilter, ExportForm, ReasonForm
from appraisal.scorecards.reasons import give_reason, has_reason
from appraisal.scorecards.second_person import EXPORT_SCORES
from appraisal.scorecards.views.cards import ask_reason
from kpi_portal.audit.services import record
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page, safe_next
from kpi_portal.people.models import Role, SecondPersonRequest, User
from kpi_portal.people.permissions import require_fresh
from kpi_portal.people.second_person.queries import granted
from kpi_portal.people.second_person.services import ask, use

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """The board of the newest period that has cards which the reader may see."""
    user = person(request)
    _refuse(user)
    seen = Scorecard.objects.visible_to(user).current().of_others(user)
    newest = seen.order_by("-period__start_on", "period__cycle")
    code = newest.values_list("period__code", flat=True).first()
    if code is None:
        return render_page(request, "appraisal/team/empty.html", {})
    return redirect("appraisal:team_board", code)


@login_required
@require_safe
def team_board(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    _refuse(user)
    period = _period(code)
    if _only_audits(user) and not has_reason(request, period):
        return ask_reason(request, code)
    found = board(period, user, wish_of(request))
    form = BoardFilter(request.GET or None)
    form.set_choices(found.departments, found.bands)
    context = {
        "period": period,
        "periods": Period.objects.filter(run_number__gt=0),
        "board": found,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in ("text", "department", "band")),
        "can_export": permissions.can_export(user, period),
    }
    return render_page(request, "appraisal/team/board.html", context, fragment="board")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export_board(request: HttpRequest, code: str) -> HttpResponse:
    """The board as a file: asks for a reason, records who took what, and gives the file."""
    user = person(request)
    _refuse(user)
    period = _period(code)
    if not permissions.can_export(user, period):
        raise NotAllowed(_("Scores can be exported once they are published."))
    require_fresh(request)
    if _only_audits(user) and not has_reason(request, period):
        return ask_reason(request, code)
    form = ExportForm(request.POST or None)
    cards = filtered_cards(period, user, wish_of(request))
    count, now = cards.count(), timezone.now()
    needs_second = permissions.needs_second_person(user, count)
    permission = granted(EXPORT_SCORES, code, user, now) if needs_second else None
    if permission is not None and count > permission.params["count"]:
        permission = None
    must_ask = needs_second and permission is None
    if request.method == "POST" and form.is_valid():
        if must_ask:
            why = form.cleaned_data["reason"]
            asked = ask(EXPORT_SCORES, code, reason=why, by=user, at=now, params={"count": count})
            messages.success(request, _("Your request waits for a second person."))
            return go_to(request, "people:second_person", asked.pk)
        return _file(period, cards, count, user, form, permission)
    context = {"period": period, "form": form, "count": count, "must_ask": must_ask}
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/team/export.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, code: str) -> HttpResponse:
    """Where an auditor writes down why they read the scores of a period."""
    period = _period(code)
    if not person(request).has_role(Role.AUDITOR):
        raise NotAllowed(_("Only auditors are asked for a reason."))
    form = ReasonForm(request.POST or None)
    onwards = safe_next(request, reverse("appraisal:team_board", args=[code]))
    if request.method == "POST" and form.is_valid():
        give_reason(request, period, form.cleaned_data["reason"])
        return go_to(request, onwards)
    context = {"period": period, "form": form, "next": onwards}
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/scorecards/reason.html", context, status=status)


def wish_of(request: HttpRequest) -> Wish:
    """What the address asks for."""
    asked = request.GET
    return Wish(
        text=asked.get("text", "").strip(),
        department=asked.get("department", ""),
        band=asked.get("band", ""),
        sort=asked.get("sort") or FIRST_SORT,
        page=asked.get("page", "1"),
    )


def _refuse(user: User) -> None:
    if not permissions.can_view_team(user):
        raise NotAllowed(_("The team board is for supervisors, HR and the committee."))


def _period(code: str) -> Period:
    period = Period.objects.filter(code=code).first()
    if period is None:
        raise Http404
    return period


def _only_audits(user: User) -> bool:
    return user.has_role(Role.AUDITOR) and not user.has_role(Role.HR)


@transaction.atomic
def _file(
    period: Period,
    cards: object,
    count: int,
    user: User,
    form: ExportForm,
    permission: SecondPersonRequest | None,
) -> HttpResponse:
    if permission is not None:
        use(permission, timezone.now())
    chosen = form.cleaned_data["format"]
    found = export.documents(cards)
    content = export.as_csv(found) if chosen == "csv" else export.as_xlsx(found)
    raw = content.encode() if isinstance(content, str) else content
    record(
        "scores.exported",
        period,
        actor=user,
        after={"format": chosen, "cards": count, "sha256": export.sha256(raw)},
        reason=form.cleaned_data["reason"],
    )
    response = HttpResponse(raw, content_type=TYPES[chosen])
    name = f"scores-{period.code}.{chosen}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Cache-Control"] = "no-store"
    return response
