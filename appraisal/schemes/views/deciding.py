"""Pages on the way into force: submission, withdrawal, the committee's decision, reading."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appraisal.models import SchemeVersion
from appraisal.schemes import permissions, queries, services
from appraisal.schemes.addresses import address
from appraisal.schemes.content import content_of
from appraisal.schemes.describe import groups, parts_of
from appraisal.schemes.forms import DecisionForm, SubmitForm
from appraisal.schemes.guard import NotReady, content_obstacles, content_warnings, total_words
from appraisal.schemes.services.notices import covered_ids
from appraisal.schemes.views.reading import band_rows, changes_of, version_or_404
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.permissions import require_fresh
from kpi_portal.people.queries import local_date


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scheme_submit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    user, now = person(request), timezone.now()
    version = version_or_404(user, key, number)
    if not permissions.can_submit(user, version):
        raise NotAllowed(_("Only a draft of your own departments can be submitted."))
    today = local_date(now)
    choices = queries.start_choices(version.scheme.cycle, today)
    coming = next((each.start for each in choices if each.start > today and not each.splits), None)
    initial = {"lock": version.lock, "start": coming.isoformat() if coming else ""}
    form = SubmitForm(request.POST or None, choices=choices, initial=initial)
    if request.method == "POST" and form.is_valid() and _submitted(request, version, form):
        messages.success(request, _("The scheme was submitted to the committee."))
        return go_to(request, address(version))
    content = content_of(version)
    context = {
        "version": version,
        "scheme": version.scheme,
        "form": form,
        "obstacles": content_obstacles(content, version.scheme),
        "warnings": content_warnings(content),
        "total_words": total_words(content.total),
        "changes": changes_of(user, version),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/schemes/scheme_submit.html", context, status=status)


def _submitted(request: HttpRequest, version: SchemeVersion, form: SubmitForm) -> bool:
    """Submit; False, with the reasons at their fields, where something stands in the way."""
    cleaned = form.cleaned_data
    try:
        services.submit(
            version.pk,
            lock=cleaned["lock"],
            start=date.fromisoformat(cleaned["start"]),
            reason=cleaned["reason"],
            by=person(request),
            at=timezone.now(),
        )
    except NotReady as error:
        for each in error.obstacles:
            field = {"effective_from": "start", "reason": "reason"}.get(each.where)
            form.add_error(field, each.sentence)
        return False
    return True


@require_POST
@login_required
def scheme_withdraw(request: HttpRequest, key: str, number: int) -> HttpResponse:
    user = person(request)
    version = version_or_404(user, key, number)
    if not permissions.can_withdraw(user, version):
        raise NotAllowed(_("Whoever submitted it, or HR, can take a submission back."))
    services.withdraw(version.pk, by=user, at=timezone.now())
    messages.success(request, _("The submission was taken back; the version is a draft again."))
    return go_to(request, address(version))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scheme_decide(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The committee approves or rejects, with the changes before its eyes. Row 14: S."""
    user = person(request)
    version = version_or_404(user, key, number)
    if not permissions.can_decide(user, version):
        if permissions.has_a_hand_in(user, version):
            raise NotAllowed(
                _("You have worked on this version; somebody else has to decide on it.")
            )
        raise NotAllowed(_("The committee decides on submitted versions."))
    require_fresh(request)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, version, form):
        return go_to(request, address(version))
    content = content_of(version)
    indicators = {item.indicator.code: item.indicator for item in version.items.all()}
    context = {
        "version": version,
        "scheme": version.scheme,
        "form": form,
        "groups": groups(content.items, indicators),
        "warnings": content_warnings(content),
        "parts": parts_of(content, groups(content.items, indicators)),
        "total": content.total,
        "total_words": total_words(content.total),
        "bands": band_rows(version),
        "changes": changes_of(user, version),
        "former": queries.decided_before(version),
        "people": len(covered_ids(version, local_date(timezone.now()))),
        "has_begun": version.effective_from is not None
        and version.effective_from <= local_date(timezone.now()),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/schemes/scheme_decide.html", context, status=status)


def _decided(request: HttpRequest, version: SchemeVersion, form: DecisionForm) -> bool:
    user, now, reason = person(request), timezone.now(), form.cleaned_data["reason"]
    try:
        if request.POST.get("decision") == "approve":
            services.approve(version.pk, reason=reason, by=user, at=now)
            messages.success(request, _("The version was approved."))
        elif request.POST.get("decision") == "reject":
            services.reject(version.pk, reason=reason, by=user, at=now)
            messages.success(request, _("The version was sent back to its writers."))
        else:
            form.add_error(None, _("Choose whether to approve or to reject."))
            return False
    except NotReady as error:
        for each in error.obstacles:
            form.add_error("reason" if each.where == "reason" else None, each.sentence)
        return False
    return True


@require_POST
@login_required
def scheme_confirm(request: HttpRequest, key: str, number: int) -> HttpResponse:
    user = person(request)
    version = version_or_404(user, key, number)
    services.confirm(version, user, at=timezone.now())
    messages.success(request, _("You have confirmed having read this version."))
    return go_to(request, address(version))
