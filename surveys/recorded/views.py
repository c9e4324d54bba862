"""Recorded values: the list, typing one in, correcting or removing one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from surveys.models import RecordedValue
from surveys.recorded import queries, services
from surveys.recorded.forms import CorrectionForm, RecordedFilter, RecordForm, initial_of
from surveys.recorded.items import label_of
from surveys.recorded.permissions import can_change, can_record, can_view_recorded

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The values that the reader may see, and a form for a new one."""
    viewer = person(request)
    if not can_view_recorded(viewer):
        raise NotAllowed(_("Your roles do not include recorded values."))
    if request.method != "POST":
        return _show(request, RecordForm(viewer) if can_record(viewer) else None)
    if not can_record(viewer):
        raise NotAllowed(_("HR and supervisors record values."))
    form = RecordForm(viewer, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.add_value(
                item=data["item"], whom=data["whom"], effective_on=data["effective_on"],
                value=data["value"], source=data["source"], evidence=data["evidence"],
                by=viewer, at=timezone.now(),
            )  # fmt: skip
        except services.AlreadyRecorded as error:
            form.add_error("effective_on", str(error.message))
        else:
            messages.success(request, _("The value is recorded."))
            return go_to(request, "surveys:recorded")
    return _show(request, form, 422)


def _show(request: HttpRequest, form: RecordForm | None, status: int = 200) -> HttpResponse:
    viewer = person(request)
    narrow = RecordedFilter(request.GET or None)
    wanted = narrow.cleaned_data if narrow.is_bound and narrow.is_valid() else {}
    page = Paginator(queries.values(viewer, wanted), PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": narrow,
        "form": form,
        "page": page,
        "rows": [(each, label_of(each.item), can_change(viewer, each)) for each in page],
        "clear_url": reverse("surveys:recorded") if any(wanted.values()) else "",
    }
    return render_page(request, "surveys/recorded.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a value, or remove it; with a reason."""
    viewer = person(request)
    rows = RecordedValue.objects.visible_to(viewer).select_related("employee", "department")
    value = get_object_or_404(rows, pk=pk)
    if not can_change(viewer, value):
        raise NotAllowed(_("HR and supervisors correct recorded values, nobody their own."))
    form = CorrectionForm(request.POST or None, initial=initial_of(value))
    status = 200
    if request.method == "POST":
        if "remove" in request.POST and request.POST.get("reason", "").strip():
            services.remove_value(value, reason=request.POST["reason"], by=viewer)
            messages.success(request, _("The value is removed."))
            return go_to(request, "surveys:recorded")
        if form.is_valid() and "remove" not in request.POST:
            services.correct_value(value, **form.cleaned_data, by=viewer, at=timezone.now())
            messages.success(request, _("The value is corrected."))
            return go_to(request, "surveys:recorded")
        form.is_valid()
        status = 422
    context = {"value": value, "label": label_of(value.item), "form": form}
    return render_page(request, "surveys/recorded_change.html", context, status=status)
