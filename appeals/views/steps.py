"""HR's, the parties' and the committee's acts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals import forms
from appeals.eligibility import Capacity, eligible_users
from appeals.models import Appeal
from appeals.scope import disputed_line_ids
from appeals.services import arbitration, assigning, clock, meeting, review
from appeals.views.common import act, visible
from kpi_portal.core.http import person
from kpi_portal.people.permissions import require_fresh


@require_POST
@login_required
def take(request: HttpRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        lambda appeal: review.take(appeal, by=person(request), at=timezone.now()),
        done=_("You are the reviewer of this appeal."),
    )


@require_POST
@login_required
def assign(request: HttpRequest, number: str) -> HttpResponse:
    form = _person_form(request, number, Capacity.REVIEWER)
    return act(
        request,
        number,
        lambda appeal: review.assign_reviewer(
            appeal, form.cleaned_data["user"], by=person(request), at=timezone.now()
        ),
        done=_("The reviewer has been named."),
        form=form,
        key="assign_form",
    )


@require_POST
@login_required
def name_evaluator(request: HttpRequest, number: str) -> HttpResponse:
    form = _person_form(request, number, Capacity.EVALUATOR)
    return act(
        request,
        number,
        lambda appeal: review.name_evaluator(
            appeal, form.cleaned_data["user"], by=person(request), at=timezone.now()
        ),
        done=_("The evaluator has been named."),
        form=form,
        key="evaluator_form",
    )


def _person_form(request: HttpRequest, number: str, capacity: Capacity) -> forms.PersonForm:
    appeal = visible(request, number)
    return forms.PersonForm(
        request.POST, eligible=eligible_users(appeal, capacity, timezone.now())
    )


@require_POST
@login_required
def first_review(request: HttpRequest, number: str) -> HttpResponse:
    """Three answers with reasons; the conclusion follows from the answer on the procedure."""
    require_fresh(request)
    form = forms.ChecklistForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: review.review(
            appeal,
            form.findings(),
            compliant=form.compliant,
            by=person(request),
            at=timezone.now(),
        ),
        done=_("The first review is recorded."),
        form=form,
        key="checklist_form",
    )


@require_POST
@login_required
def reject(request: HttpRequest, number: str) -> HttpResponse:
    require_fresh(request)
    form = forms.RejectForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: review.reject_formally(
            appeal, **form.cleaned_data, by=person(request), at=timezone.now()
        ),
        done=_("The appeal has not been admitted."),
        form=form,
        key="reject_form",
    )


@require_POST
@login_required
def recheck(request: HttpRequest, number: str) -> HttpResponse:
    require_fresh(request)
    form = forms.RecheckForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: review.finish_recheck(
            appeal, **form.cleaned_data, by=person(request), at=timezone.now()
        ),
        done=_("The recheck is finished; the parties are invited."),
        form=form,
        key="recheck_form",
    )


@require_POST
@login_required
def re_evaluate(request: HttpRequest, number: str) -> HttpResponse:
    require_fresh(request)
    form, points = forms.ReEvaluateForm(request.POST), points_given(request, number)
    return act(
        request,
        number,
        lambda appeal: review.re_evaluate(
            appeal, points.values, **form.cleaned_data, by=person(request), at=timezone.now()
        ),
        done=_("The re-evaluation is recorded."),
        form=form,
        key="re_evaluate_form",
        points=points,
    )


@require_POST
@login_required
def schedule(request: HttpRequest, number: str) -> HttpResponse:
    form = forms.ScheduleForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: meeting.schedule(
            appeal, **form.cleaned_data, by=person(request), at=timezone.now()
        ),
        done=_("The parties have been told the date."),
        form=form,
        key="schedule_form",
    )


@require_POST
@login_required
def propose(request: HttpRequest, number: str) -> HttpResponse:
    form, points = forms.ProposalForm(request.POST), points_given(request, number)
    return act(
        request,
        number,
        lambda appeal: meeting.propose(
            appeal,
            points=points.values,
            **form.cleaned_data,
            by=person(request),
            at=timezone.now(),
        ),
        done=_("The proposal waits for three confirmations."),
        form=form,
        key="proposal_form",
        points=points,
    )


@require_POST
@login_required
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    form = forms.ConfirmForm(request.POST)

    def do(appeal: Appeal) -> object:
        data = form.cleaned_data
        return meeting.confirm(
            appeal,
            round_=data["round"],
            agrees=data["agrees"],
            comment=data["comment"],
            by=person(request),
            at=timezone.now(),
        )

    return act(
        request, number, do, done=_("Your answer is recorded."), form=form, key="confirm_form"
    )


@require_POST
@login_required
def seat_panel(request: HttpRequest, number: str) -> HttpResponse:
    appeal = visible(request, number)
    form = forms.PanelForm(
        request.POST, eligible=eligible_users(appeal, Capacity.ARBITER, timezone.now())
    )
    return act(
        request,
        number,
        lambda found: arbitration.seat_panel(
            found, list(form.cleaned_data["users"]), by=person(request), at=timezone.now()
        ),
        done=_("The panel has been chosen."),
        form=form,
        key="panel_form",
    )


@require_POST
@login_required
def step_back(request: HttpRequest, number: str) -> HttpResponse:
    form = forms.ReasonForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: assigning.step_back(
            appeal, reason=form.cleaned_data["reason"], by=person(request), at=timezone.now()
        ),
        done=_("You have stepped back from this case."),
        form=form,
        key="step_back_form",
    )


@require_POST
@login_required
def vote(request: HttpRequest, number: str) -> HttpResponse:
    require_fresh(request)
    form, points = forms.VoteForm(request.POST), points_given(request, number)

    def do(appeal: Appeal) -> object:
        return arbitration.vote(
            appeal,
            choice=form.cleaned_data["vote"],
            figures=points.values,
            reasons=form.cleaned_data["reasons"],
            by=person(request),
            at=timezone.now(),
        )

    return act(
        request,
        number,
        do,
        done=_("Your vote is recorded."),
        form=form,
        key="vote_form",
        points=points,
    )


@require_POST
@login_required
def publish(request: HttpRequest, number: str) -> HttpResponse:
    require_fresh(request)
    form = forms.PublishForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: arbitration.publish(
            appeal, **form.cleaned_data, by=person(request), at=timezone.now()
        ),
        done=_("The decision has been published."),
        form=form,
        key="publish_form",
    )


@require_POST
@login_required
def extend(request: HttpRequest, number: str) -> HttpResponse:
    form = forms.ExtendForm(request.POST)
    return act(
        request,
        number,
        lambda appeal: clock.extend(
            appeal, **form.cleaned_data, by=person(request), at=timezone.now()
        ),
        done=_("The deadline has been extended."),
        form=form,
        key="extend_form",
    )


def points_given(request: HttpRequest, number: str) -> forms.LinePoints:
    """The points given for the lines in dispute."""
    appeal = visible(request, number)
    lines = appeal.scorecard.lines.filter(pk__in=disputed_line_ids(appeal))
    return forms.LinePoints(
        list(lines.select_related("indicator").order_by("position")), request.POST
    )
