"""What a case gives away: the invitation for a calendar, the whole record to print."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals import permissions, record
from appeals.invitation import Invitation, as_ics
from appeals.models import State
from appeals.services.common import audit
from appeals.views.common import reason_wanted, visible
from kpi_portal.core.exports import file_response
from kpi_portal.core.http import person, render_page
from kpi_portal.people.queries import zone

CALENDAR = "text/calendar; charset=utf-8"


@require_safe
@login_required
def invitation(request: HttpRequest, number: str) -> HttpResponse:
    """The meeting as a calendar file, once its date is set; for whoever reads the case."""
    appeal = visible(request, number)
    wanted = reason_wanted(request, appeal.scorecard)
    if wanted is not None:
        return wanted
    meeting = permissions.meeting_of(appeal)
    viewer = person(request)
    if meeting is None or meeting.held_at is None or not permissions.can_read(viewer, appeal):
        raise Http404
    details = Invitation(
        number=appeal.number,
        title=_("Three-party meeting %(number)s") % {"number": appeal.number},
        place=meeting.place,
        url=request.build_absolute_uri(reverse("appeals:detail", args=[appeal.number])),
        starts_at=meeting.held_at,
        sequence=max(0, meeting.invitation - 1),
        sent_at=timezone.now(),
    )
    return file_response(as_ics(details, zone()), f"{appeal.number}.ics", CALENDAR)


@require_safe
@login_required
def print_record(request: HttpRequest, number: str) -> HttpResponse:
    """The whole record on one page; `?format=json` the text that its digest is made of.

    For whoever reads the case in full, with what they may read of it; taking it is on record.
    """
    appeal, viewer, now = visible(request, number), person(request), timezone.now()
    wanted = reason_wanted(request, appeal.scorecard)
    if wanted is not None:
        return wanted
    if appeal.state == State.DRAFT or not permissions.can_read(viewer, appeal):
        raise Http404
    context = record.context(appeal, viewer, now)
    with transaction.atomic():
        audit(appeal, "record_taken", by=viewer, after={"sha256": context["digest"]})
    if request.GET.get("format") == "json":
        content = record.canonical(record.document(appeal, context))
        return file_response(content, f"{appeal.number}.json", "application/json")
    return render_page(request, "appeals/record.html", context)
