"""Requests to a second person: the list, one of them, the decision."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import SecondPersonRequest
from kpi_portal.people.permissions import require_fresh
from kpi_portal.people.second_person import permissions, queries, services
from kpi_portal.people.second_person.acts import act_of
from kpi_portal.people.tabs import tabs_for


class DecisionForm(forms.Form):
    """Approve or refuse; refusing needs a reason."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("approve", gettext_lazy("Approve")), ("refuse", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed to refuse."),
    )


@require_safe
@login_required
def request_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {
        "tabs": tabs_for(user, "people:second_persons"),
        "waiting": [(each, act_of(each)) for each in queries.to_decide(user)],
        "earlier": [(each, act_of(each)) for each in queries.earlier(user)],
    }
    return render_page(request, "people/second_person/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    user, found = person(request), _visible(request, pk)
    may_decide = permissions.can_decide(user, found)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        if not may_decide:
            raise NotAllowed(_("This request is for another person to decide."))
        require_fresh(request)
        if form.is_valid() and _decide(request, found, form):
            return go_to(request, "people:second_person", pk)
    act = act_of(found)
    context = {
        "found": found,
        "act": act,
        "words": act.in_words(found),
        "url": act.url(found),
        "form": form,
        "may_decide": may_decide,
        "may_withdraw": permissions.can_withdraw(user, found),
    }
    status = 422 if form.errors else 200
    return render_page(request, "people/second_person/request.html", context, status=status)


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    services.withdraw(_visible(request, pk).pk, by=person(request))
    messages.success(request, _("The request has been withdrawn."))
    return go_to(request, "people:second_person", pk)


def _decide(request: HttpRequest, found: SecondPersonRequest, form: DecisionForm) -> bool:
    reason = form.cleaned_data["reason"]
    try:
        if form.cleaned_data["decision"] == "approve":
            services.approve(found.pk, by=person(request), at=timezone.now(), reason=reason)
        else:
            services.refuse(found.pk, by=person(request), at=timezone.now(), reason=reason)
    except services.ReasonNeeded as error:
        form.add_error("reason", str(error.message))
        return False
    except NotAllowed:
        raise
    except DomainError as error:
        form.add_error(None, str(error.message))
        return False
    messages.success(request, _("Your decision has been recorded."))
    return True


def _visible(request: HttpRequest, pk: int) -> SecondPersonRequest:
    found = queries.all_requests().filter(pk=pk).first()
    if found is None or not permissions.can_view(person(request), found):
        raise Http404
    return found
