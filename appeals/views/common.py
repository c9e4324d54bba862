"""What the views of appeals share: finding the appeal, doing one act, showing the page again."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appeals import pages, permissions
from appeals.errors import AppealIncomplete
from appeals.models import Appeal
from appraisal.models import Scorecard
from appraisal.scorecards.permissions import must_give_reason
from appraisal.scorecards.reasons import has_reason
from kpi_portal.core.http import go_to, person, render_page


def visible(request: HttpRequest, number: str) -> Appeal:
    """Raises Http404 for an appeal that is not there or not for this reader."""
    appeal = pages.load(number, person(request))
    if appeal is None:
        raise Http404
    return appeal


def reason_wanted(request: HttpRequest, card: Scorecard) -> HttpResponse | None:
    """Where an auditor writes down why first, and comes back from; None if nothing is wanted."""
    if not must_give_reason(person(request), card) or has_reason(request, card.period):
        return None
    url = reverse("appraisal:score_reason", args=[card.period.code])
    return redirect(f"{url}?{urlencode({'next': request.get_full_path()})}")


def show(
    request: HttpRequest, appeal: Appeal, *, status: int = 200, **changes: Any
) -> HttpResponse:
    """The page of one appeal; `changes` replace parts of its context (a form with errors).

    Who only knows it from HR's pool gets the entry of the pool.
    """
    viewer, now = person(request), timezone.now()
    if not permissions.can_read(viewer, appeal):
        entry = pages.pool_entry(appeal, viewer, now)
        return render_page(request, "appeals/pool.html", entry, status=status)
    context = pages.detail(appeal, viewer, now)
    return render_page(request, "appeals/detail.html", {**context, **changes}, status=status)


def act(
    request: HttpRequest,
    number: str,
    do: Callable[[Appeal], object],
    *,
    done: str,
    form: Any = None,
    key: str = "",
    points: Any = None,
) -> HttpResponse:
    """Check `form` and `points`, call `do`, go back to the appeal; with errors show it (422).

    `key` is the form's name in the page's context. What is incomplete is said at its field;
    other refusals are answered by the middleware with their own status.
    """
    appeal = visible(request, number)
    changes = {key: form} if key else {}
    if points is not None:
        changes["points"] = points
    fine = form is None or form.is_valid()
    if not fine or (points is not None and not points.is_valid):
        return show(request, appeal, status=422, **changes)
    try:
        do(appeal)
    except AppealIncomplete as error:
        if form is None:
            return show(request, appeal, status=422, errors=[str(error.message)])
        add_errors(form, error)
        return show(request, appeal, status=422, **changes)
    messages.success(request, done)
    return after(request, number)


def add_errors(form: Any, error: AppealIncomplete) -> None:
    """Say what is incomplete at its fields, or above them."""
    for field, text in error.fields.items():
        form.add_error(field if field in form.fields else None, str(text))
    if not error.fields:
        form.add_error(None, str(error.message))


def after(request: HttpRequest, number: str) -> HttpResponse:
    """Back to the appeal, or to the list for who sees it no more."""
    if pages.load(number, person(request)) is None:
        return go_to(request, "appeals:list")
    return go_to(request, "appeals:detail", number)
