"""Pages that read: the list, one version, two compared, the version as a file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appraisal.models import Cycle, Scheme, SchemeVersion
from appraisal.models.visibility import proposed_department_ids
from appraisal.schemes import permissions, queries
from appraisal.schemes.compare import NONE, Comparison, compare, settings_words
from appraisal.schemes.content import Content, content_of
from appraisal.schemes.describe import groups, parts_of
from appraisal.schemes.export import version_yaml
from appraisal.schemes.guard import content_obstacles, content_warnings, total_words
from appraisal.schemes.words import CONSEQUENCES, SETTINGS, named
from kpi_portal.core.http import person, render_page
from kpi_portal.people.models import Assignment, Department, Role, User
from kpi_portal.people.queries import local_date


def version_or_404(user: User, key: str, number: int) -> SchemeVersion:
    """The version of that address if the reader may see it. Raises Http404."""
    version = queries.find_version(user, key, number)
    if version is None:
        raise Http404
    return version


@require_safe
@login_required
def scheme_list(request: HttpRequest) -> HttpResponse:
    user, today = person(request), local_date(timezone.now())
    cycle = request.GET.get("cycle", "")
    department = request.GET.get("department", "")
    rows = queries.schemes_for(
        user,
        today,
        cycle=cycle if cycle in Cycle.values else "",
        department_id=int(department) if department.isdecimal() else None,
    )
    context = {
        "rows": rows,
        "today": today,
        "can_create": permissions.can_create(user),
        "cycles": Cycle.choices,
        "departments": Department.objects.all(),
        "cycle": cycle,
        "department": department,
        "is_filtered": bool(cycle or department),
    }
    return render_page(request, "appraisal/schemes/scheme_list.html", context, fragment="table")


@require_safe
@login_required
def scheme_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    user, now = person(request), timezone.now()
    version = version_or_404(user, key, number)
    content = content_of(version)
    indicators = {item.indicator.code: item.indicator for item in version.items.all()}
    found = groups(content.items, indicators)
    context = {
        "version": version,
        "scheme": version.scheme,
        "today": local_date(now),
        "settings": setting_rows(content, version.scheme),
        "groups": found,
        "total": content.total,
        "total_words": total_words(content.total),
        "bands": band_rows(version),
        "versions": queries.history(user, version.scheme),
        "former": _visible_former(user, version),
        "changes": changes_of(user, version),
        "notice": queries.notice_of(version, user),
        "confirmations": _confirmations(user, version),
        "obstacles": content_obstacles(content, version.scheme) if version.is_editable else [],
        "warnings": content_warnings(content) if version.is_editable else [],
        "parts": parts_of(content, found),
        **abilities(user, version),
    }
    return render_page(request, "appraisal/schemes/scheme_version.html", context)


@require_safe
@login_required
def scheme_compare(request: HttpRequest, key: str, number: int, other: int) -> HttpResponse:
    user = person(request)
    version = version_or_404(user, key, number)
    former = version_or_404(user, key, other)
    context = {
        "version": version,
        "former": former,
        "scheme": version.scheme,
        "comparison": compare(content_of(former), content_of(version)),
    }
    return render_page(request, "appraisal/schemes/scheme_compare.html", context)


@require_safe
@login_required
def scheme_file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    user = person(request)
    version = version_or_404(user, key, number)
    response = HttpResponse(version_yaml(version), content_type="application/yaml; charset=utf-8")
    name = f"{version.scheme.key}-v{version.number}.yaml"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def abilities(user: User, version: SchemeVersion) -> dict[str, bool]:
    """What the reader may do with the version, for the buttons."""
    return {
        "can_edit": permissions.can_edit(user, version),
        "can_submit": permissions.can_submit(user, version),
        "can_withdraw": permissions.can_withdraw(user, version),
        "can_decide": permissions.can_decide(user, version),
        "can_draft_from": permissions.can_draft_from(user, version),
        "can_create": permissions.can_create(user),
        "can_see_confirmations": permissions.can_see_confirmations(user, version),
        "is_own": version.state == SchemeVersion.State.SUBMITTED
        and user.has_role(Role.COMMITTEE)
        and permissions.has_a_hand_in(user, version),
    }


def band_rows(version: SchemeVersion) -> list[dict[str, object]]:
    """The bands with their spans written out, best first."""
    rows: list[dict[str, object]] = []
    upper = ""
    for band in version.bands:
        lower = band.get("lower") or ""
        rows.append(
            {
                "key": band["key"],
                "name": named(band.get("name") or {}, band["key"]),
                "lower": lower,
                "upper": upper,
                "bonus_factor": band.get("bonus_factor") or "",
                "consequence": CONSEQUENCES.get(
                    band.get("consequence") or "", band.get("consequence")
                ),
            }
        )
        upper = lower
    return rows


def setting_rows(content: Content, scheme: Scheme) -> list[tuple[str, str]]:
    """(label, words) of the settings that say something for this scheme; the note apart."""
    idle = {"parts", "note"}
    if scheme.cycle == Cycle.MONTH:
        idle.add("rollup")
    if scheme.subject == Scheme.Subject.DEPARTMENT:
        idle.add("coefficient_mode")
    return [
        (str(SETTINGS[key]), text)
        for key, text in settings_words(content).items()
        if key not in idle and text != NONE
    ]


def changes_of(user: User, version: SchemeVersion) -> Comparison | None:
    """What the version changes on the one approved before it; None if there is none to see."""
    former = _visible_former(user, version)
    return compare(content_of(former), content_of(version)) if former else None


def _visible_former(user: User, version: SchemeVersion) -> SchemeVersion | None:
    former = queries.decided_before(version)
    return queries.find_version(user, version.scheme.key, former.number) if former else None


def _confirmations(user: User, version: SchemeVersion) -> dict[str, object] | None:
    """The ledger as far as the reader may see it: all, or the people of own departments."""
    if not version.is_decided or not permissions.can_see_confirmations(user, version):
        return None
    ids = None
    if not user.has_role(Role.HR, Role.AUDITOR):
        departments = proposed_department_ids(user)
        ids = set(
            Assignment.objects.filter(department__in=departments).values_list(
                "employee_id", flat=True
            )
        )
    rows = queries.confirmations(version, ids)
    return {"rows": rows, "done": sum(1 for row in rows if row.confirmed_at), "all": len(rows)}
