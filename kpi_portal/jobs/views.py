"""Pages of background work: what runs, how far it is, stop it; and the timetable."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_celery_beat.models import PeriodicTask

from kpi_portal.audit.words import finding_label
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.jobs import permissions, queries, schedules, services
from kpi_portal.jobs.forms import JobFilter, ScheduleForm
from kpi_portal.jobs.models import Job
from kpi_portal.people.permissions import require_fresh

PER_PAGE = 50


@require_safe
@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    form = JobFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    jobs = queries.jobs_for(person(request), **chosen)
    page = Paginator(jobs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_filtered": any(chosen.values()),
        "may_view_schedules": permissions.can_view_schedules(person(request)),
    }
    return render_page(request, "jobs/list.html", context)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    job = _visible(request, pk)
    context = {
        "job": job,
        "may_cancel": job.is_live and permissions.can_cancel(person(request), job),
        "findings": [
            (each["sequence"], finding_label(each["kind"]))
            for each in job.result.get("findings", [])
            if job.kind == "audit.verify"
        ],
        "facts": {
            key: value for key, value in job.result.items() if not isinstance(value, list | dict)
        },
    }
    return render_page(request, "jobs/detail.html", context)


@require_safe
@login_required
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that polls itself; when the job ends, the page around it is loaded anew."""
    job = _visible(request, pk)
    response = render(request, "components/job.html", {"job": job})
    if not job.is_live:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = _visible(request, pk)
    if not permissions.can_cancel(person(request), job):
        raise NotAllowed(_("Only whoever asked for this work, or an administrator, can stop it."))
    services.cancel(job, person(request))
    messages.success(request, _("The work is being stopped."))
    return go_to(request, "jobs:detail", pk=job.pk)


@require_POST
@login_required
def verify_audit(request: HttpRequest) -> HttpResponse:
    """Check the audit trail in the background; the job's page shows what was found."""
    if not permissions.can_verify_audit(person(request)):
        raise NotAllowed(_("Only administrators and auditors check the audit trail."))
    try:
        job = services.request("audit.verify", "trail", {}, by=person(request))
    except services.AlreadyRunning as error:
        job = error.job
    return go_to(request, "jobs:detail", pk=job.pk)


@require_safe
@login_required
def schedule_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not permissions.can_view_schedules(user):
        raise NotAllowed(_("Only administrators and auditors see the timetable."))
    context = {"entries": schedules.entries(), "may_edit": permissions.can_edit_schedules(user)}
    return render_page(request, "jobs/schedules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    if not permissions.can_edit_schedules(person(request)):
        raise NotAllowed(_("Only administrators change the timetable."))
    require_fresh(request)
    task = get_object_or_404(PeriodicTask, pk=pk, name__in=schedules.names())
    entry = schedules.entry(task)
    initial = {"enabled": task.enabled, "seconds": entry.seconds, "at": entry.at}
    form = ScheduleForm(request.POST or None, task=task, initial=initial)
    if form.is_valid():
        schedules.change_schedule(task, by=person(request), **form.cleaned_data)
        messages.success(request, _("The timetable has been changed."))
        return go_to(request, "jobs:schedules")
    context = {"form": form, "entry": entry}
    return render_page(request, "jobs/schedule.html", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest, pk: int) -> Job:
    jobs = Job.objects.visible_to(person(request)).select_related("requested_by__employee")
    return get_object_or_404(jobs, pk=pk)
