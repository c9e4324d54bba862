"""Which other cards of the period the same wrong records touch."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appeals import forms, permissions, touching
from appeals.errors import AppealIncomplete
from appeals.models import Appeal
from appeals.services.impact import note_impact
from appeals.views.common import add_errors, visible
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def impact(request: HttpRequest, number: str) -> HttpResponse:
    """Choose an import or a span of time, see whom it touches, note it with the case."""
    appeal, viewer, now = visible(request, number), person(request), timezone.now()
    if not permissions.can_note_impact(viewer, appeal, now):
        raise NotAllowed(_("Only who checks the data of this appeal sees this."))
    imports = touching.imports_behind(appeal)
    asked = request.POST if request.method == "POST" else request.GET
    wanted = bool(set(asked) & {"import", "starts_at", "ends_at"})
    form = forms.SourceForm(asked if wanted else None, imports=imports)
    note = forms.NoteForm(request.POST or None)
    source = form.source() if wanted and form.is_valid() else None
    fine = request.method == "POST" and source is not None and note.is_valid()
    if fine and source is not None and _noted(request, appeal, source, note):
        return go_to(request, "appeals:detail", number)
    context: dict[str, Any] = {
        "appeal": appeal,
        "imports": imports,
        "form": form,
        "source": source,
        "touched": touching.cards_touched(appeal, source) if source else [],
        "note_form": note,
    }
    status = 422 if form.errors or note.errors else 200
    return render_page(request, "appeals/impact.html", context, status=status)


def _noted(
    request: HttpRequest, appeal: Appeal, source: touching.Source, form: forms.NoteForm
) -> bool:
    try:
        note_impact(
            appeal, source, note=form.cleaned_data["note"], by=person(request), at=timezone.now()
        )
    except AppealIncomplete as error:
        add_errors(form, error)
        return False
    messages.success(request, _("Noted with the appeal; the HR lead has been told."))
    return True
