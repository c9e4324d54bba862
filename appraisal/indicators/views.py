"""The pages of the indicator library."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appraisal.formula_sentences import formula_problem
from appraisal.indicators import permissions, queries
from appraisal.indicators.distribution import distribution
from appraisal.indicators.forms import IndicatorForm, MetricForm
from appraisal.metric_text import unit_label
from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator
from appraisal.schemes import services
from appraisal.schemes.formulas import formula_error
from appraisal.schemes.words import CATEGORIES
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.queries import local_date
from kpi_portal.people.services.changes import Invalid


@require_safe
@login_required
def indicator_list(request: HttpRequest) -> HttpResponse:
    user, asked = person(request), request.GET
    filters = {name: asked.get(name, "").strip() for name in ("category", "policy")}
    text = asked.get("q", "").strip()
    context = {
        "entries": queries.library(user, text=text, retired=bool(asked.get("retired")), **filters),
        "categories": queries.categories(),
        "policies": queries.policies(),
        "q": text,
        "retired": bool(asked.get("retired")),
        "is_filtered": bool(text or any(filters.values())),
        "can_create": permissions.can_create(user),
        **filters,
    }
    return render_page(
        request, "appraisal/indicators/indicator_list.html", context, fragment="table"
    )


@require_safe
@login_required
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(Indicator, code=code)
    may_see = permissions.can_see_values(user)
    context = {
        "indicator": found,
        "sheet": queries.sheet(found, user),
        "uses": queries.uses(found, user, local_date(timezone.now())),
        "may_see_values": may_see,
        "distribution": distribution(found, user) if may_see else None,
        "can_edit": permissions.can_edit(user),
    }
    return render_page(request, "appraisal/indicators/indicator.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def indicator_new(request: HttpRequest) -> HttpResponse:
    """First what it measures (in the address), then the rest."""
    if not permissions.can_create(person(request)):
        raise NotAllowed(
            _("Indicators are added by HR, administrators and whoever drafts schemes.")
        )
    metric = METRICS.get(request.GET.get("metric", ""))
    if metric is None:
        context = {"form": MetricForm(request.GET or None), "metrics": METRICS.values()}
        return render_page(request, "appraisal/indicators/indicator_metric.html", context)
    form = IndicatorForm(request.POST or None, metric=metric)
    return _form_page(request, form, is_new=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def indicator_edit(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Indicator, code=code)
    if not permissions.can_edit(person(request)):
        raise NotAllowed(_("Indicators are changed by HR and administrators."))
    metric = METRICS.get(found.metric)
    if metric is None:
        raise NotAllowed(_("Nothing measures this indicator any more; it cannot be changed."))
    form = IndicatorForm(request.POST or None, metric=metric, indicator=found)
    return _form_page(request, form, is_new=False)


def _form_page(request: HttpRequest, form: IndicatorForm, *, is_new: bool) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            stored = services.save_indicator(form.fill(), by=person(request))
        except Invalid as error:
            for field, sentence in error.fields.items():
                form.add_error(field if field in form.fields else None, str(sentence))
        else:
            messages.success(request, _("The indicator was saved."))
            return go_to(request, reverse("appraisal:indicator", args=[stored.code]))
    context = {
        "form": form,
        "metric": form.metric,
        "indicator": form.indicator,
        "is_new": is_new,
        "categories": CATEGORIES.values(),
        "codes": Indicator.objects.filter(is_active=True) if form.expression else [],
        "check": _checked(form) if form.expression and form.is_bound else None,
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/indicators/indicator_form.html", context, status=status)


@require_POST
@login_required
def indicator_check(request: HttpRequest) -> HttpResponse:
    """A formula as it is being written: what it says, or the character at which it is wrong."""
    if not permissions.can_create(person(request)):
        raise NotAllowed(
            _("Indicators are added by HR, administrators and whoever drafts schemes.")
        )
    check = check_of(
        request.POST.get("code", ""),
        request.POST.get("param-expression", ""),
        request.POST.get("param-unit", ""),
    )
    return render_page(request, "appraisal/indicators/formula_check.html", {"check": check})


def _checked(form: IndicatorForm) -> dict[str, object] | None:
    return check_of(
        form.own_code, form.data.get("param-expression", ""), form.data.get("param-unit", "")
    )


def check_of(code: str, expression: str, unit: str) -> dict[str, object] | None:
    """The formula with the mark under its mistake; None while nothing is written."""
    text = expression.replace("\r\n", "\n").strip()
    if not text:
        return None
    error = formula_error(code, {"expression": text, "unit": unit})
    if error is None:
        return {"text": text, "is_right": True, "unit": unit_label(unit)}
    before = text[: error.column - 1]
    return {
        "before": before,
        "at": text[error.column - 1 : error.column] or " ",
        "after": text[error.column :],
        "is_right": False,
        "sentence": formula_problem(error),
    }
