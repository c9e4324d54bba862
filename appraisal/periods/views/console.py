"""The period console: the list, and one period with what can be done in its state."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appraisal.models import Period, Reopening
from appraisal.periods import permissions, queries, services
from appraisal.periods.compute import is_over
from appraisal.periods.forms import (
    CoefficientForm,
    OpenPeriodForm,
    OptionalReasonForm,
    ReasonForm,
)
from appraisal.periods.late import late_records
from appraisal.periods.readiness import readiness
from appraisal.periods.reopening import is_live
from appraisal.periods.summary import department_cards, summary, without_scheme
from appraisal.periods.workflow import State
from appraisal.scorecards.reasons import has_reason
from appraisal.scorecards.views.cards import ask_reason
from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import Role, User

BEFORE_REVIEW = (State.OPEN, State.COLLECTING, State.CALCULATED)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def periods(request: HttpRequest) -> HttpResponse:
    """The periods, newest first; HR opens one that the schedule has not made."""
    user = person(request)
    _refuse(user)
    form = OpenPeriodForm(request.POST or None)
    may_open = user.has_role(Role.HR, Role.ADMIN)
    if request.method == "POST":
        if not may_open:
            raise NotAllowed(_("Periods are opened by HR."))
        if form.is_valid():
            try:
                return go_to(request, queries.url_of(services.ensure(form.cleaned_data["code"])))
            except DomainError as error:
                form.add_error("code", str(error.message))
    context = {"periods": Period.objects.all(), "form": form, "may_open": may_open}
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/periods/list.html", context, status=status)


@login_required
@require_safe
def period(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    found = visible_period(user, code)
    audits = user.has_role(Role.AUDITOR) and not user.has_role(Role.HR)
    if audits and permissions.can_view_results(user, found) and not has_reason(request, found):
        return ask_reason(request, code)
    return console_page(request, found)


def console_page(
    request: HttpRequest, found: Period, *, forms: dict[str, Form] | None = None
) -> HttpResponse:
    """The console of one period; `forms` are those that came back with errors (422)."""
    context = console_context(person(request), found)
    context |= forms or {}
    status = 422 if forms else 200
    return render_page(request, "appraisal/periods/period.html", context, status=status)


def console_context(user: User, found: Period) -> dict[str, Any]:
    """What the console shows of `found`, and what `user` may do now."""
    may_see = permissions.can_view_results(user, found)
    return {
        "period": found,
        "steps": queries.steps(found),
        "findings": readiness(found, timezone.now()),
        "job": queries.newest_job(found),
        "is_running": queries.live_job(found) is not None,
        "summary": summary(found, user) if may_see else None,
        "without_scheme": without_scheme(found),
        "department_cards": department_cards(found, user),
        "late": late_records(found),
        "is_over": is_over(found, timezone.now()),
        "has_runs": found.run_number > 0,
        "reopenings": [_reopening(user, each) for each in queries.reopenings(found)],
        "can_reopen": found.is_published
        and permissions.can_request_reopening(user, found)
        and not any(is_live(each) for each in queries.reopenings(found)),
        "reopen_form": ReasonForm(auto_id="id_reopen_%s"),
        "refuse_form": ReasonForm(auto_id="id_refuse_%s"),
        "may_see": may_see,
        "can_run": permissions.can_run(user, found) and found.state in BEFORE_REVIEW,
        "can_submit": permissions.can_submit(user, found) and found.state == State.CALCULATED,
        "can_decide": permissions.can_decide(user, found) and found.state == State.IN_REVIEW,
        "can_publish": permissions.can_publish(user, found) and found.state == State.APPROVED,
        "can_close": permissions.can_close(user, found) and found.state == State.PUBLISHED,
        "coefficients": [
            (each, permissions.can_approve_coefficient(user, each))
            for each in queries.coefficients(found)
        ],
        "can_set_coefficient": permissions.can_set_coefficient(user, found)
        and found.state in BEFORE_REVIEW,
        "run_form": ReasonForm(),
        "decision_form": OptionalReasonForm(),
        "send_back_form": ReasonForm(auto_id="id_send_back_%s"),
        "coefficient_form": CoefficientForm(),
    }


def _reopening(user: User, each: Reopening) -> dict[str, Any]:
    """A request and what `user` may do with it now."""
    is_open = each.state in (Reopening.State.REQUESTED, Reopening.State.AGREED)
    return {
        "request": each,
        "can_agree": each.state == Reopening.State.REQUESTED
        and permissions.can_agree_to_reopening(user, each),
        "can_approve": each.state == Reopening.State.AGREED
        and permissions.can_decide_reopening(user, each),
        "can_refuse": is_open and permissions.can_decide_reopening(user, each),
        "can_withdraw": is_open and permissions.can_withdraw_reopening(user, each),
    }


def visible_period(user: User, code: str) -> Period:
    """The period of that code for those who have the console; 404 if there is none."""
    _refuse(user)
    found = (
        Period.objects.select_related(
            "submitted_by__employee", "decided_by__employee", "published_by__employee"
        )
        .filter(code=code)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _refuse(user: User) -> None:
    if not permissions.can_view_periods(user):
        raise NotAllowed(_("Periods are run by HR and reviewed by the committee."))
