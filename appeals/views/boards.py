"""Boards over many cases: due dates, statistics."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals import overdue as due
from appeals import permissions, statistics
from appeals.models import State
from kpi_portal.audit.services import record
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.exports import FORMATS, table_response
from kpi_portal.core.http import person, render_page


@require_safe
@login_required
def overdue(request: HttpRequest) -> HttpResponse:
    """What is overdue, to whom it goes, and what is due by the next working day."""
    viewer = person(request)
    if not permissions.can_see_board(viewer):
        raise NotAllowed(_("Only HR, the committee and auditors see this."))
    context = {
        "board": due.board(viewer, timezone.now()),
        "sees_office": permissions.can_see_outside_chair(viewer),
    }
    return render_page(request, "appeals/overdue.html", context)


@require_safe
@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """Statistics for calibration; `?year=` narrows, `?format=csv|xlsx` is the table as a file."""
    viewer = person(request)
    if not permissions.can_see_statistics(viewer):
        raise NotAllowed(_("Only HR leads, the committee and auditors see the statistics."))
    text, fmt = request.GET.get("year", ""), request.GET.get("format", "")
    year = int(text) if text.isdecimal() and len(text) == 4 and int(text) > 1 else None
    found = statistics.statistics(timezone.now(), year=year)
    if fmt in FORMATS:
        with transaction.atomic():
            record("appeal.statistics_exported", viewer, actor=viewer, after={"year": year})
        head, rows = statistics.as_table(found)
        return table_response(fmt, _("Appeal statistics"), head, rows)
    labels = dict(State.choices)
    context = {
        "found": found,
        "year": year,
        "years": statistics.years(),
        "steps": [labels[state] for state in statistics.STEPS],
        "smallest": statistics.SMALLEST,
        "sections": [
            (_("By period"), _("Period"), found.periods),
            (_("By indicator"), _("Indicator"), found.indicators),
            (_("By department"), _("Department"), found.departments),
        ],
    }
    return render_page(request, "appeals/statistics.html", context)
