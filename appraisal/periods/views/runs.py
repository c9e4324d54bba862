"""The runs of a period: the list, and the differences between any two."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from appraisal.periods import permissions, queries
from appraisal.periods import runs as history
from appraisal.periods.views.console import visible_period
from appraisal.scorecards.reasons import has_reason
from appraisal.scorecards.views.cards import ask_reason
from kpi_portal.core.http import person, render_page
from kpi_portal.people.models import Role


@login_required
@require_safe
def runs(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    period = visible_period(user, code)
    may_compare = permissions.can_compare_runs(user, period)
    audits = user.has_role(Role.AUDITOR) and not user.has_role(Role.HR)
    if audits and may_compare and not has_reason(request, period):
        return ask_reason(request, code)
    found = history.runs_of(period)
    numbers = [str(run.number) for run in found]
    after = request.GET.get("after", numbers[0] if numbers else "")
    before = request.GET.get("before", numbers[1] if len(numbers) > 1 else after)
    first, second = history.run_numbered(period, before), history.run_numbered(period, after)
    rows = None
    if may_compare and first is not None and second is not None and first != second:
        rows = history.differences(first, second, user)
    context = {
        "period": period,
        "runs": found,
        "job": queries.newest_job(period),
        "before": first,
        "after": second,
        "rows": rows,
        "may_compare": may_compare,
    }
    return render_page(request, "appraisal/periods/runs.html", context)
