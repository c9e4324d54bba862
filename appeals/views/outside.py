"""The outside chair: being named, being asked, taking up, deciding."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appeals import forms, permissions
from appeals.errors import AppealIncomplete
from appeals.models import Appeal, OutsideChair
from appeals.services import outside
from appeals.views.common import act, add_errors
from appeals.views.steps import points_given
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.permissions import require_fresh


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def office(request: HttpRequest) -> HttpResponse:
    """Who stands ready as outside chair, and the naming of another one."""
    viewer = person(request)
    if not permissions.can_see_outside_chair(viewer):
        raise NotAllowed(_("Only HR leads, the committee and auditors see this."))
    names = permissions.can_name_outside_chair(viewer)
    form = forms.OutsideChairForm(request.POST or None, by=viewer)
    if request.method == "POST":
        if not names:
            raise NotAllowed(_("Only the HR lead names the outside chair."))
        if form.is_valid() and _named(request, form):
            return go_to(request, "appeals:outside-chair")
    context = {
        "form": form if names else None,
        "rows": OutsideChair.objects.select_related("user__employee", "named_by__employee"),
    }
    status = 422 if form.errors else 200
    return render_page(request, "appeals/outside_chair.html", context, status=status)


def _named(request: HttpRequest, form: forms.OutsideChairForm) -> bool:
    try:
        outside.name_outside_chair(
            form.cleaned_data["user"],
            reason=form.cleaned_data["reason"],
            by=person(request),
            at=timezone.now(),
        )
    except AppealIncomplete as error:
        add_errors(form, error)
        return False
    messages.success(request, _("The outside chair has been named."))
    return True


@require_POST
@login_required
def refer(request: HttpRequest, number: str) -> HttpResponse:
    form = forms.ReasonForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: outside.refer_outside(
            appeal, reason=form.cleaned_data["reason"], by=person(request), at=timezone.now()
        ),
        done=_("The outside chair has been asked; the deadline is paused."),
        form=form,
        key="refer_form",
    )


@require_POST
@login_required
def take_up(request: HttpRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        lambda appeal: outside.take_up(appeal, by=person(request), at=timezone.now()),
        done=_("You have taken the case up; the deadline runs again."),
    )


@require_POST
@login_required
def decide(request: HttpRequest, number: str) -> HttpResponse:
    require_fresh(request)
    form, points = forms.OutsideDecisionForm(request.POST), points_given(request, number)

    def do(appeal: Appeal) -> object:
        return outside.decide_outside(
            appeal,
            choice=form.cleaned_data["vote"],
            figures=points.values,
            decision=form.cleaned_data["decision"],
            reason_code=form.cleaned_data["reason_code"],
            by=person(request),
            at=timezone.now(),
        )

    return act(
        request,
        number,
        do,
        done=_("The decision has been published."),
        form=form,
        key="outside_form",
        points=points,
    )
