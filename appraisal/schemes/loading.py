"""What `load_template` does: a policy becomes schemes of cycles and departments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.models import Scheme, SchemeVersion
from appraisal.periods import calendar
from appraisal.schemes.content import Content, Whom, content_of, scaled
from appraisal.schemes.guard import NotReady, Obstacle
from appraisal.schemes.services.approval import activate_by_command
from appraisal.schemes.services.drafts import IN_PREPARATION, fresh, save_draft
from appraisal.schemes.services.templates import (
    create_from_template,
    find_template,
    scheme_key,
)
from kpi_portal.core.errors import Conflict, DomainError
from kpi_portal.people.models import Department
from kpi_portal.people.queries import company
from kpi_portal.people.services import ensure_department

State = SchemeVersion.State


class UnknownDepartment(DomainError):
    """There is no department of that code."""

    code = "department_unknown"


class StandsDifferently(Conflict):
    """The scheme exists and is not what is asked for; nothing is changed over it."""

    code = "scheme_stands_differently"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was asked for. `activate_from` is a month's code or None."""

    key: str
    cycles: tuple[str, ...]
    departments: tuple[str, ...] = ()
    scale: bool = False
    activate_from: str | None = None
    system_user: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One scheme as it stands afterwards. `done`: created, changed, activated, unchanged."""

    version: SchemeVersion
    done: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        version = self.version
        content = content_of(version)
        return {
            "scheme": version.scheme.key,
            "cycle": version.scheme.cycle,
            "version": version.number,
            "state": version.state,
            "effective_from": _iso(version.effective_from),
            "effective_to": _iso(version.effective_to),
            "weights_total": str(content.total),
            "items": [
                {"indicator": item.indicator, "weight": str(item.weight)} for item in content.items
            ],
            "departments": [each.department.code for each in version.coverage.all()],
            "done": list(self.done) or ["unchanged"],
        }

    def sentence(self) -> str:
        version = self.version
        return _(
            "%(scheme)s v%(number)s (%(cycle)s): %(state)s, weights %(total)s %%, "
            "in force from %(start)s; %(done)s"
        ) % {
            "scheme": version.scheme.key,
            "number": version.number,
            "cycle": version.scheme.get_cycle_display(),
            "state": version.get_state_display(),
            "total": content_of(version).total,
            "start": _iso(version.effective_from) or "—",
            "done": ", ".join(self.done) or _("as it already stood"),
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@transaction.atomic
def load(options: Options, *, at: datetime) -> list[Loaded]:
    """Make the template's schemes exist as asked for: all of them, or on an error none.

    Safe to run again: what already stands is left alone and said to stand. Raises
    UnknownTemplate, TemplateError, UnknownDepartment, BadPeriod, StandsDifferently, NotReady.
    """
    find_template(options.key)
    coverage = _coverage(options.departments)
    return [_load_cycle(options, cycle, coverage, at) for cycle in options.cycles]


def _load_cycle(options: Options, cycle: str, coverage: tuple[Whom, ...], at: datetime) -> Loaded:
    key = scheme_key(options.key, cycle)
    done: list[str] = []
    version = _standing(key)
    if version is None:
        version = create_from_template(
            options.key, cycle=cycle, coverage=coverage, by=None, at=at, scale=options.scale
        )
        done.append("created")
    elif version.is_editable:
        wanted = _wanted(version, options, coverage)
        if wanted != content_of(version):
            version = save_draft(version.pk, wanted, lock=version.lock, by=None, at=at)
            done.append("changed")
    if options.activate_from is not None:
        done += _activate(fresh(version.pk), options, coverage, at)
    return Loaded(fresh(version.pk), tuple(done))


def _standing(key: str) -> SchemeVersion | None:
    """The scheme's version that the command speaks about: in preparation, else the newest."""
    scheme = Scheme.objects.filter(key=key).first()
    if scheme is None:
        return None
    pending = scheme.versions.filter(state__in=IN_PREPARATION).first()
    newest = scheme.versions.order_by("-number").first()
    found = pending or newest
    return fresh(found.pk) if found else None


def _wanted(version: SchemeVersion, options: Options, coverage: tuple[Whom, ...]) -> Content:
    """The draft as asked for: its weights scaled where asked, its departments where named."""
    content = content_of(version)
    if options.scale:
        content = scaled(content)
    if options.departments or not content.coverage:
        ordered = {whom: None for whom in content.coverage if whom in coverage}
        content = replace(content, coverage=tuple(dict.fromkeys([*ordered, *coverage])))
    return content


def _activate(
    version: SchemeVersion, options: Options, coverage: tuple[Whom, ...], at: datetime
) -> list[str]:
    """Put the version into force unless it already is, as asked for."""
    start = _start(version.scheme.cycle, options.activate_from or "")
    if version.is_decided:
        _check_stands(version, start, coverage if options.departments else ())
        return []
    if version.state == State.SUBMITTED:
        raise StandsDifferently(
            _("%(scheme)s v%(number)s is waiting for the committee.")
            % {"scheme": version.scheme.key, "number": version.number}
        )
    try:
        activate_by_command(version.pk, start=start, system_user=options.system_user, at=at)
    except NotReady as error:
        raise NotReady(
            Obstacle(each.where, f"{version.scheme.key}: {each.sentence}")
            for each in error.obstacles
        ) from error
    return ["activated"]


def _check_stands(version: SchemeVersion, start: date, coverage: tuple[Whom, ...]) -> None:
    covered = {(each.department_id, each.position_id) for each in version.coverage.all()}
    if version.effective_from != start or not set(coverage) <= covered:
        raise StandsDifferently(
            _(
                "%(scheme)s v%(number)s is already in force from %(day)s for %(departments)s. "
                "A change of it is a new version."
            )
            % {
                "scheme": version.scheme.key,
                "number": version.number,
                "day": _iso(version.effective_from),
                "departments": ", ".join(e.department.code for e in version.coverage.all()),
            }
        )


def _start(cycle: str, month: str) -> date:
    """The first day of the period of `cycle` that holds that month. Raises BadPeriod."""
    first_day = company().month_start_day
    day, _end = calendar.dates(month, first_day)
    return calendar.dates(calendar.containing(day, cycle, first_day), first_day)[0]


def _coverage(codes: tuple[str, ...]) -> tuple[Whom, ...]:
    """The departments of these codes, or all of them, 未分配 included."""
    if not codes:
        ensure_department("", by=None)
        return tuple((pk, None) for pk in Department.objects.values_list("pk", flat=True))
    known = dict(Department.objects.filter(code__in=codes).values_list("code", "pk"))
    for code in codes:
        if code not in known:
            raise UnknownDepartment(
                _("There is no department with the code “%(code)s”.") % {"code": code}
            )
    return tuple((known[code], None) for code in dict.fromkeys(codes))
