"""The import page: upload, how the file is read, check, import, result."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kpi_portal.audit.services import record
from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.jobs.services import AlreadyRunning
from kpi_portal.people.files import download_response
from kpi_portal.people.models import User
from kpi_portal.people.permissions import require_fresh
from tickets import pages, queries
from tickets.forms import PlanForm, UploadForm
from tickets.importing import limits, services
from tickets.importing.errors import ImportBusy
from tickets.models import Import
from tickets.permissions import can_import, can_open_what_came, needs_fresh_sign_in

PAGE = 20


def _importer(request: HttpRequest) -> User:
    """The reader, who may import. Raises NotAllowed."""
    viewer = person(request)
    if not can_import(viewer):
        raise NotAllowed(_("Only administrators and HR import data."))
    return viewer


def _visible(request: HttpRequest, pk: int) -> Import:
    """Raises Http404 for who does not see imports."""
    rows = queries.imports(person(request)).select_related("file", "rejected_file")
    found: Import = get_object_or_404(rows, pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Upload a file; the earlier imports."""
    viewer = _importer(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if needs_fresh_sign_in(viewer):
            require_fresh(request)
        if form.is_valid():
            try:
                kept = services.upload(
                    form.cleaned_data["kind"],
                    form.cleaned_data["file"],
                    form.cleaned_data["file"].name,
                    by=viewer,
                    at=timezone.now(),
                )
            except DomainError as error:
                form.add_error("file", str(error.message))
            else:
                return go_to(request, "tickets:import", kept.pk)
        status = 422
    page = Paginator(queries.imports(viewer), PAGE).get_page(request.GET.get("page"))
    rows = [(each, pages.level_of(each)) for each in page]
    context = {"form": form, "page": page, "rows": rows, "limits": limits.HELP}
    return render_page(request, "tickets/imports.html", context, status=status)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, wherever it stands."""
    return _show(request, _visible(request, pk))


def _show(
    request: HttpRequest, kept: Import, form: PlanForm | None = None, status: int = 200
) -> HttpResponse:
    job = services.last_job(kept)
    is_live = job is not None and job.is_live
    mapped, unmapped = pages.mapped_fields(kept)
    context = {
        "import": kept,
        "level": pages.level_of(kept),
        "steps": pages.steps_of(kept),
        "job": job,
        "is_live": is_live,
        "is_open": not is_live and kept.state != Import.State.DONE,
        "form": form or PlanForm(kept),
        "mapped": mapped,
        "unmapped": unmapped,
        "columns": kept.mapping.get("columns", []),
        "questions": kept.mapping.get("questions", []),
        "plan": kept.mapping.get("plan", {}),
        "earlier": services.earlier_import(kept) if kept.state != Import.State.DONE else None,
        "warnings": pages.warnings_of(kept),
        "rejections": kept.rejections.all()[:100],
        "listed": limits.MAX_REJECTIONS_LISTED,
        "may_open": can_open_what_came(person(request), kept),
        "has_result": kept.state in (Import.State.CHECKED, Import.State.DONE)
        or bool(kept.rejected),
    }
    return render_page(request, "tickets/import.html", context, status=status)


@require_POST
@login_required
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the file in another way."""
    kept = _visible(request, pk)
    form = PlanForm(kept, request.POST)
    if not form.is_valid():
        return _show(request, kept, form, 422)
    try:
        kept = services.choose(
            kept, form.cleaned_data["kind"], form.choices(request.POST), by=person(request)
        )
    except ImportBusy as error:
        messages.warning(request, str(error.message))
        return go_to(request, "tickets:import", pk)
    if "check" in request.POST and not kept.mapping.get("questions") and not kept.error:
        services.request_check(kept, by=person(request))
    return go_to(request, "tickets:import", pk)


@require_POST
@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the whole file; nothing is written."""
    kept = _visible(request, pk)
    return _start(request, kept, "check")


@require_POST
@login_required
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Import the file. A second click changes nothing."""
    kept = _visible(request, pk)
    if needs_fresh_sign_in(person(request)):
        require_fresh(request)
    return _start(request, kept, "import")


def _start(request: HttpRequest, kept: Import, mode: str) -> HttpResponse:
    ask = services.request_check if mode == "check" else services.request_import
    try:
        ask(kept, by=person(request))
    except AlreadyRunning:
        pass  # a double click: the page shows the job
    except (ImportBusy, DomainError) as error:
        messages.warning(request, str(error.message))
    return go_to(request, "tickets:import", kept.pk)


@require_safe
@login_required
def rejected(request: HttpRequest, pk: int) -> FileResponse:
    """The rejected rows as a file in their original columns, with the reasons."""
    kept = _visible(request, pk)
    if kept.rejected_file is None:
        raise Http404
    record("import.rejected_rows_taken", kept, actor=person(request))
    return download_response(kept.rejected_file, request)
