"""The page of corrections: what waits, and what was decided."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appraisal.corrections import permissions, queries
from appraisal.models.visibility import proposed_department_ids
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import person, render_page
from kpi_portal.people.models import Role


@login_required
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not permissions.can_list(user):
        raise NotAllowed(_("Corrections are proposed by supervisors and decided by HR."))
    waiting_adjustments, adjustments = queries.open_and_decided(queries.adjustments(user))
    waiting_exclusions, exclusions = queries.open_and_decided(queries.exclusions(user))
    context = {
        "waiting_adjustments": waiting_adjustments,
        "adjustments": adjustments,
        "waiting_exclusions": [(each, queries.what(each)) for each in waiting_exclusions],
        "exclusions": [(each, queries.what(each)) for each in exclusions],
        "sees_adjustments": permissions.can_list_adjustments(user),
        "can_propose_span": user.has_role(Role.HR) or bool(proposed_department_ids(user)),
    }
    return render_page(request, "appraisal/corrections/list.html", context)
