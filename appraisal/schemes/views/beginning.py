"""Pages with which a scheme begins: from a policy, a copy, nothing, or a file."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from appraisal.models import SchemeVersion
from appraisal.models.visibility import proposed_department_ids
from appraisal.schemes import permissions, services
from appraisal.schemes.addresses import address
from appraisal.schemes.content import Content, Whom, content_of
from appraisal.schemes.forms import ImportForm, NewSchemeForm
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.words import category_label, named
from appraisal.scoring import scale_to_hundred
from appraisal.templates_catalogue import (
    Template,
    TemplateError,
    companions,
    keys,
    library,
    template,
)
from kpi_portal.core.errors import DomainError, NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import Department, Role, User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scheme_new(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not permissions.can_create(user):
        raise NotAllowed(_("Schemes are drafted by HR and by supervisors of a department."))
    sources = list(
        SchemeVersion.objects.visible_to(user).filter(state="active").select_related("scheme")
    )
    form = NewSchemeForm(
        request.POST or None,
        departments=_departments(user),
        sources=sources,
        initial={"cycle": "month", "template": "template:complaints"},
    )
    if request.method == "POST" and form.is_valid():
        version = _create(form, user)
        messages.success(request, _("The draft was created."))
        return go_to(request, address(version, "scheme_edit"))
    context = {"form": form, "templates": [_template_words(each) for each in _policies()]}
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/schemes/scheme_new.html", context, status=status)


def _policies() -> list[Template]:
    """Each policy and behind it what goes with it."""
    return [template(key) for policy in keys() for key in (policy, *companions(policy))]


def _template_words(found: Template) -> dict[str, object]:
    """A published policy for the page: as published beside as scaled."""
    names = {each.code: named(each.names) for each in library()}
    weights = scale_to_hundred([item.weight for item in found.items])
    return {
        "key": found.key,
        "label": named(found.names),
        "text": named(found.description),
        "total": found.weights_total,
        "scores_departments": found.subject == "department",
        "items": [
            {"name": names.get(item.indicator, item.indicator), "weight": item.weight,
             "scaled": weight, "category": category_label(item.category)}
            for item, weight in zip(found.items, weights, strict=True)
        ],
        "optional": [named(each.names) for each in found.optional],
    }  # fmt: skip


def _departments(user: User) -> list[tuple[str, str]]:
    """The departments that the user may propose for, as choices."""
    rows = Department.objects.all()
    if not user.has_role(Role.HR):
        rows = rows.filter(pk__in=proposed_department_ids(user))
    return [(str(each.pk), each.label) for each in rows]


def _create(form: NewSchemeForm, user: User) -> SchemeVersion:
    cleaned, now = form.cleaned_data, timezone.now()
    coverage: tuple[Whom, ...] = tuple((int(pk), None) for pk in cleaned["departments"])
    kind, _colon, source = cleaned["template"].partition(":")
    if kind == "template":
        return services.create_from_template(
            source,
            cycle=cleaned["cycle"],
            coverage=coverage,
            by=user,
            at=now,
            new_key=cleaned["key"],
            names=form.names,
        )
    content, subject = Content(coverage=coverage), cleaned["subject"] or "agent"
    if kind == "version":
        copied = fresh(int(source))
        subject = copied.scheme.subject
        content = replace(content_of(copied), coverage=coverage)
    else:
        services.seed_indicators(by=user)
    return services.create_scheme(
        key=cleaned["key"],
        cycle=cleaned["cycle"],
        names=form.names,
        content=content,
        by=user,
        at=now,
        subject=subject,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scheme_import(request: HttpRequest) -> HttpResponse:
    """A scheme file becomes a draft: of a new scheme, or the next version of one."""
    user = person(request)
    if not permissions.can_create(user):
        raise NotAllowed(_("Schemes are drafted by HR and by supervisors of a department."))
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            imported = services.import_scheme(
                form.cleaned_data["text"],
                key=form.cleaned_data["key"],
                by=user,
                at=timezone.now(),
            )
        except TemplateError as error:
            problems = error.problems
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            _say(request, imported)
            return go_to(request, address(imported.version))
    context = {"form": form, "problems": problems}
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/schemes/scheme_import.html", context, status=status)


def _say(request: HttpRequest, imported: services.Imported) -> None:
    """What came of the file, in a sentence or two."""
    if imported.is_new_scheme:
        messages.success(request, _("The scheme was imported as a draft."))
    else:
        text = _("The file was imported as version %(number)s, a draft.")
        messages.success(request, text % {"number": imported.version.number})
    count = len(imported.indicators)
    if count:
        text = ngettext(
            "%(count)s indicator was added to the library.",
            "%(count)s indicators were added to the library.",
            count,
        )
        messages.info(request, text % {"count": count})
    if imported.left_out:
        text = _("Not covered, as another department decides: %(departments)s.")
        messages.warning(request, text % {"departments": ", ".join(imported.left_out)})
