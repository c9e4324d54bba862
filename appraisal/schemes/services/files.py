"""A scheme file becomes a draft: the way back from the export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.metrics.registry import METRICS
from appraisal.models import Indicator, Scheme, SchemeVersion
from appraisal.schemes.content import Whom
from appraisal.schemes.permissions import allowed_coverage, can_draft_from
from appraisal.schemes.services.drafts import create_scheme, new_draft, save_draft
from appraisal.schemes.services.library import add_indicators
from appraisal.schemes.services.templates import template_content
from appraisal.templates_catalogue import FileProblem, Template, TemplateError, library
from appraisal.templates_catalogue.loader import parse_file
from appraisal.templates_catalogue.reader import Document
from kpi_portal.core.errors import Conflict, NotAllowed
from kpi_portal.people.models import Department, Position, User
from kpi_portal.people.services.changes import Invalid


class NothingDecided(Conflict):
    """The scheme has no approved version that a next one could follow."""

    code = "scheme_in_preparation"


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file. `left_out`: departments that the importer does not decide for."""

    version: SchemeVersion
    is_new_scheme: bool
    indicators: tuple[str, ...]
    left_out: tuple[str, ...]


@transaction.atomic
def import_scheme(text: str, *, key: str = "", by: User | None, at: datetime) -> Imported:
    """The scheme of a file as a draft: of a new scheme, or the next version of the one that has
    the file's key. Indicators that the file brings and the library lacks are added.

    The caller has checked can_create. Raises TemplateError naming line and field, NotAllowed,
    NothingDecided, DraftExists.
    """
    found, document = parse_file(text)
    coverage = coverage_of(found, document)
    created = _indicators(found, document, by)
    allowed = coverage if by is None else allowed_coverage(by, coverage, ())
    content = template_content(found, found.cycle or "month", coverage=allowed)
    stored = Scheme.objects.filter(key=key or found.key).first()
    if stored is None:
        version = create_scheme(
            key=key or found.key,
            cycle=found.cycle or "month",
            names=found.names,
            content=content,
            by=by,
            at=at,
            subject=found.subject,
            template=found.template,
        )
    else:
        draft = _next_draft(stored, found, document, by=by, at=at)
        version = save_draft(draft.pk, content, lock=draft.lock, by=by, at=at)
    departments = {department for department, _position in set(coverage) - set(allowed)}
    left_out = Department.objects.filter(pk__in=departments).values_list("code", flat=True)
    return Imported(version, stored is None, created, tuple(sorted(left_out)))


def _next_draft(
    scheme: Scheme, found: Template, document: Document, *, by: User | None, at: datetime
) -> SchemeVersion:
    """The next version of a scheme that exists, to be filled with what the file says."""
    for field in ("cycle", "subject"):
        wanted = getattr(found, field)
        if wanted and wanted != getattr(scheme, field):
            text = _("The scheme “%(key)s” exists with “%(stored)s”. Choose another key.")
            words = {"key": scheme.key, "stored": getattr(scheme, f"get_{field}_display")()}
            document.refuse(field, text % words)
            raise TemplateError(document.problems)
    decided = scheme.versions.filter(state__in=["active", "retired"]).order_by("-number").first()
    if decided is None:
        text = _("The scheme “%(key)s” is still in preparation. Choose another key.")
        raise NothingDecided(text % {"key": scheme.key})
    if by is not None and not can_draft_from(by, decided):
        text = _("The scheme “%(key)s” is another department's. Choose another key.")
        raise NotAllowed(text % {"key": scheme.key})
    return new_draft(decided, by=by, at=at)


def coverage_of(found: Template, document: Document) -> tuple[Whom, ...]:
    """Ids for the codes; refuses those that are not there, in the file's line."""
    departments = dict(Department.objects.values_list("code", "pk"))
    positions = dict(Position.objects.values_list("code", "pk"))
    whom: list[Whom] = []
    for place, (department, position) in enumerate(found.coverage):
        if department not in departments:
            text = _("There is no department with the code “%(code)s”.")
            document.refuse(f"coverage[{place}].department", text % {"code": department})
        elif position is not None and position not in positions:
            text = _("There is no position with the code “%(code)s”.")
            document.refuse(f"coverage[{place}].position", text % {"code": position})
        else:
            whom.append((departments[department], positions[position] if position else None))
    if document.problems:
        raise TemplateError(document.problems)
    return tuple(whom)


def _indicators(found: Template, document: Document, by: User | None) -> tuple[str, ...]:
    """Add what the file or the portal brings and the items need; codes of those added."""
    known = set(Indicator.objects.values_list("code", flat=True))
    brought = {each.code: (place, each) for place, each in enumerate(found.indicators)}
    shipped = {each.code: each for each in library() if each.metric in METRICS}
    wanted = {}
    for place, item in enumerate(found.items):
        code = item.indicator
        if code in known or code in wanted:
            continue
        if code in brought:
            wanted[code] = brought[code][1]
        elif code in shipped:
            wanted[code] = shipped[code]
        else:
            text = _("There is no indicator “%(code)s” in the library.")
            document.refuse(f"items[{place}].indicator", text % {"code": code})
    if document.problems:
        raise TemplateError(document.problems)
    for code, spec in wanted.items():
        try:
            add_indicators([spec], by=by)
        except Invalid as error:
            where = f"indicators[{brought[code][0]}]" if code in brought else "indicators"
            line = document.line_of(where)
            raise TemplateError([FileProblem(where, str(error.message), line)]) from error
    return tuple(wanted)
