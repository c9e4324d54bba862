"""Pages that write drafts: a new scheme, the editor, the next version, throwing one away."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appraisal.models import Indicator, Scheme, SchemeVersion
from appraisal.models.visibility import proposed_department_ids
from appraisal.schemes import permissions, services
from appraisal.schemes.addresses import address
from appraisal.schemes.compare import compare
from appraisal.schemes.content import Content, Whom, content_of
from appraisal.schemes.curve import curve
from appraisal.schemes.describe import describe, rule_of
from appraisal.schemes.forms import Editor, ItemForm, NewSchemeForm
from appraisal.schemes.forms import rows as table
from appraisal.schemes.guard import content_obstacles, total_words
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.views.reading import version_or_404
from appraisal.schemes.words import CATEGORIES, named
from appraisal.scoring import scale_to_hundred
from appraisal.templates_catalogue import Template, keys, library, template
from kpi_portal.core.errors import NotAllowed
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
        initial=_suggested(),
    )
    if request.method == "POST" and form.is_valid():
        version = _create(form, user)
        messages.success(request, _("The draft was created."))
        return go_to(request, address(version, "scheme_edit"))
    context = {"form": form, "templates": [_template_words(template(key)) for key in keys()]}
    status = 422 if form.is_bound else 200
    return render_page(request, "appraisal/schemes/scheme_new.html", context, status=status)


def _suggested() -> dict[str, str]:
    """The first published policy, and its names and key as far as they are free."""
    found = template(keys()[0])
    taken = set(Scheme.objects.values_list("key", flat=True))
    numbers = (f"{found.key}-{number}" for number in range(2, len(taken) + 3))
    key = found.key if found.key not in taken else next(k for k in numbers if k not in taken)
    return {
        "cycle": "month",
        "template": f"template:{found.key}",
        "name": found.names["zh-hans"],
        "name_zh_hant": found.names["zh-hant"],
        "name_en": found.names["en"],
        "key": key,
    }


def _template_words(found: Template) -> dict[str, object]:
    """A published policy for the page: as published beside as scaled."""
    names = {each.code: named(each.names) for each in library()}
    weights = scale_to_hundred([item.weight for item in found.items])
    return {
        "label": named(found.names),
        "text": named(found.description),
        "total": found.weights_total,
        "items": [
            {"name": names.get(item.indicator, item.indicator), "weight": item.weight,
             "scaled": weight}
            for item, weight in zip(found.items, weights, strict=True)
        ],
        "optional": [
            {"name": named(each.names), "is_measurable": each.item.indicator in names}
            for each in found.optional
        ],
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
    content = Content(coverage=coverage)
    if kind == "version":
        content = replace(content_of(fresh(int(source))), coverage=coverage)
    else:
        services.seed_indicators(by=user)
    return services.create_scheme(
        key=cleaned["key"],
        cycle=cleaned["cycle"],
        names=form.names,
        content=content,
        by=user,
        at=now,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scheme_edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The editor. Every button posts the whole form; only the saving ones store anything."""
    user = person(request)
    version = _editable(user, key, number)
    if request.method != "POST":
        return _editor_page(request, Editor(version, user))
    editor = Editor(version, user, request.POST)
    if not editor.is_saving:
        return _editor_page(request, editor)
    if not editor.is_valid():
        return _editor_page(request, editor, status=422)
    try:
        services.save_draft(
            version.pk, editor.content(), lock=editor.lock, by=user, at=timezone.now()
        )
    except services.DraftChanged as error:
        return _conflict_page(request, editor, str(error.message))
    messages.success(request, _("The draft was saved."))
    page = "scheme_submit" if editor.act == "save_submit" else "scheme_edit"
    return go_to(request, address(version, page))


def _editable(user: User, key: str, number: int) -> SchemeVersion:
    """Raises Http404 where it may not be seen, NotAllowed where it may not be edited."""
    version = version_or_404(user, key, number)
    if not permissions.can_edit(user, version):
        if version.is_editable:
            raise NotAllowed(_("This draft belongs to another department."))
        raise NotAllowed(
            _("This version is %(state)s; only drafts can be edited.")
            % {"state": version.get_state_display()}
        )
    return version


def _editor_page(request: HttpRequest, editor: Editor, status: int = 200) -> HttpResponse:
    editor.is_valid()
    content = editor.content()
    context = {
        "editor": editor,
        "version": editor.version,
        "scheme": editor.version.scheme,
        "total_words": total_words(editor.total),
        "is_complete": editor.total == 100,
        "obstacles": [each for each in content_obstacles(content) if each.where != "weights"],
        "categories": CATEGORIES.values(),
        "rows": [(item, item_words(item)) for item in editor.items],
        "show_problems": editor.is_saving,
    }
    return render_page(
        request, "appraisal/schemes/scheme_edit.html", context, fragment="editor", status=status
    )


def item_words(form: ItemForm) -> dict[str, object]:
    """An item in words with its curve, as far as it can be read."""
    if form.indicator is None:
        return {}
    content = form.content()
    rule, _blanks = rule_of(content)
    unit = str(form.metric.unit) if form.metric else ""
    return {
        "item": describe(content, form.indicator),
        "curve": curve(rule, unit, content.weight) if rule else None,
    }


def _conflict_page(request: HttpRequest, editor: Editor, sentence: str) -> HttpResponse:
    """Both versions side by side; nothing was overwritten. The posted form is sent along."""
    stored = fresh(editor.version.pk)
    fields = [
        (name, text)
        for name, texts in request.POST.lists()
        for text in texts
        if name not in ("lock", "act", "csrfmiddlewaretoken")
    ]
    context = {
        "version": stored,
        "scheme": stored.scheme,
        "sentence": sentence,
        "comparison": compare(content_of(stored), editor.content()),
        "editors": stored.editors.all(),
        "fields": fields,
    }
    return render_page(
        request,
        "appraisal/schemes/scheme_conflict.html",
        context,
        fragment="conflict",
        status=409,
    )


@require_POST
@login_required
def scheme_item(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One item of the editor drawn anew: its fields after another rule was chosen, or words."""
    user = person(request)
    _editable(user, key, number)
    rows = table.read_rows(request.POST, "items")
    place = request.GET.get("row", "")
    if not place.isdecimal() or int(place) >= len(rows):
        raise Http404
    row = rows[int(place)]
    indicator = Indicator.objects.filter(code=table.text(row, "indicator")).first()
    if indicator is None:
        raise Http404
    form = ItemForm(row | {"open": ["1"]}, place=int(place), indicator=indicator)
    form.is_valid()
    part = "item_words" if request.GET.get("part") == "words" else "item_settings"
    context = {"item": form, "words": item_words(form), "key": key, "number": number}
    return render_page(request, f"appraisal/schemes/{part}.html", context)


@require_POST
@login_required
def scheme_draft(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Begin the next version; where one is in preparation, go there."""
    user = person(request)
    version = version_or_404(user, key, number)
    if not permissions.can_draft_from(user, version):
        raise NotAllowed(_("The next version is drafted by HR or the department's supervisors."))
    draft = services.new_draft(version, by=user, at=timezone.now())
    messages.success(request, _("Version %(number)s was begun.") % {"number": draft.number})
    return go_to(request, address(draft, "scheme_edit"))


@require_POST
@login_required
def scheme_discard(request: HttpRequest, key: str, number: int) -> HttpResponse:
    user = person(request)
    version = _editable(user, key, number)
    lock = request.POST.get("lock", "")
    services.discard(version.pk, lock=int(lock) if lock.isdecimal() else -1, by=user)
    messages.success(request, _("The draft was discarded."))
    return go_to(request, "appraisal:schemes")


@require_safe
@login_required
def scheme_newest(request: HttpRequest, key: str) -> HttpResponse:
    """The address without a version leads to the newest that the reader may see."""
    found = (
        SchemeVersion.objects.visible_to(person(request))
        .filter(scheme__key=key)
        .select_related("scheme")
        .order_by("-number")
    )
    current = found.filter(state="active").first() or found.first()
    if current is None:
        raise Http404
    return go_to(request, address(current))
