"""What the views of appeals share: finding the appeal, doing one act, showing the page again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals import pages
from appeals.errors import AppealIncomplete
from appeals.models import Appeal
from kpi_portal.core.http import go_to, person, render_page


def visible(request: HttpRequest, number: str) -> Appeal:
    """Raises Http404 for an appeal that is not there or not for this reader."""
    appeal = pages.load(number, person(request))
    if appeal is None:
        raise Http404
    return appeal


def show(
    request: HttpRequest, appeal: Appeal, *, status: int = 200, **changes: Any
) -> HttpResponse:
    """The page of one appeal; `changes` replace parts of its context (a form with errors)."""
    context = pages.detail(appeal, person(request), timezone.now())
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
        if form is not None:
            for field, text in error.fields.items():
                form.add_error(field if field in form.fields else None, str(text))
            if not error.fields:
                form.add_error(None, str(error.message))
            return show(request, appeal, status=422, **changes)
        return show(request, appeal, status=422, errors=[str(error.message)])
    messages.success(request, done or _("Saved."))
    return go_to(request, "appeals:detail", number)
