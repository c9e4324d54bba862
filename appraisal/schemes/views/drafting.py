"""Pages that write drafts: the editor, the next version, throwing one away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appraisal.models import Indicator, Scheme, SchemeVersion
from appraisal.schemes import permissions, services
from appraisal.schemes.addresses import address
from appraisal.schemes.compare import compare
from appraisal.schemes.content import content_of
from appraisal.schemes.curve import curve
from appraisal.schemes.describe import describe, rule_of
from appraisal.schemes.forms import Editor, ItemForm
from appraisal.schemes.forms import rows as table
from appraisal.schemes.forms.editor import around_of
from appraisal.schemes.forms.settings import BandForm
from appraisal.schemes.forms.tables import PartForm
from appraisal.schemes.formulas import unit_of
from appraisal.schemes.guard import content_obstacles, content_warnings, total_words
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.views.reading import version_or_404
from appraisal.schemes.words import CATEGORIES
from kpi_portal.core.errors import NotAllowed
from kpi_portal.core.http import go_to, person, render_page
from kpi_portal.people.models import User


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
    obstacles = content_obstacles(content, editor.version.scheme)
    context = {
        "editor": editor,
        "version": editor.version,
        "scheme": editor.version.scheme,
        "total_words": total_words(editor.total),
        "is_complete": editor.total == 100,
        "obstacles": [each for each in obstacles if each.where != "weights"],
        "warnings": content_warnings(content),
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
    unit = unit_of(form.indicator.metric, content.params)
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
    version = _editable(user, key, number)
    rows = table.read_rows(request.POST, "items")
    place = request.GET.get("row", "")
    if not place.isdecimal() or int(place) >= len(rows):
        raise Http404
    row = rows[int(place)]
    indicator = Indicator.objects.filter(code=table.text(row, "indicator")).first()
    if indicator is None:
        raise Http404
    around = around_of(
        rows,
        [BandForm(each, place=n) for n, each in enumerate(table.read_rows(request.POST, "bands"))],
        [PartForm(each, place=n) for n, each in enumerate(table.read_rows(request.POST, "parts"))],
        {each.code: each for each in Indicator.objects.all()},
        is_of_agents=version.scheme.subject == Scheme.Subject.AGENT,
    )
    form = ItemForm(row | {"open": ["1"]}, place=int(place), indicator=indicator, around=around)
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
