"""Drafts: created, saved against a lock so that nobody overwrites unseen, discarded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from appraisal.models import Coverage, Indicator, Scheme, SchemeItem, SchemeVersion
from appraisal.schemes.compare import audit_form
from appraisal.schemes.content import Content, ItemContent, content_of, without_doubles
from kpi_portal.audit.services import difference, record
from kpi_portal.core.errors import Conflict, DomainError
from kpi_portal.people.models import User
from kpi_portal.people.services.changes import checked

State = SchemeVersion.State
IN_PREPARATION = (State.DRAFT, State.SUBMITTED, State.REJECTED)
EDITABLE = (State.DRAFT, State.REJECTED)


class DraftChanged(Conflict):
    """Somebody saved this draft since it was opened; nothing of the second save is kept."""

    code = "scheme_draft_changed"


class NotADraft(Conflict):
    """The version is no draft (any more)."""

    code = "scheme_not_a_draft"


class DraftExists(Conflict):
    """The scheme has a version in preparation already."""

    code = "scheme_draft_exists"


class UnknownIndicator(DomainError):
    """An item names an indicator that the library does not have."""

    code = "scheme_unknown_indicator"
    status = 422


@transaction.atomic
def create_scheme(
    *,
    key: str,
    cycle: str,
    names: Mapping[str, str],
    content: Content,
    by: User | None,
    at: datetime,
    subject: str = Scheme.Subject.AGENT.value,
    template: str = "",
) -> SchemeVersion:
    """A new scheme with its first draft. `names` by language, zh-hans needed.

    The caller has checked can_create. Raises Invalid (a key that exists, a missing name) and
    UnknownIndicator.
    """
    scheme = Scheme(
        key=key,
        cycle=cycle,
        subject=subject,
        template=template,
        name=names.get("zh-hans", ""),
        name_zh_hant=names.get("zh-hant", ""),
        name_en=names.get("en", ""),
    )
    checked(scheme)
    scheme.save()
    record(
        "scheme.created",
        scheme,
        actor=by,
        after={
            "key": key,
            "cycle": cycle,
            "subject": subject,
            "name": scheme.name,
            "template": template,
        },
    )
    return _add_draft(scheme, 1, content, by=by, at=at)


@transaction.atomic
def clone_scheme(
    source: SchemeVersion, *, key: str, names: Mapping[str, str], by: User | None, at: datetime
) -> SchemeVersion:
    """A new scheme of the same cycle that begins with what `source` says, covering nobody yet."""
    return create_scheme(
        key=key,
        cycle=source.scheme.cycle,
        names=names,
        content=replace(content_of(source), coverage=()),
        by=by,
        at=at,
        subject=source.scheme.subject,
        template=source.scheme.template,
    )


@transaction.atomic
def new_draft(version: SchemeVersion, *, by: User | None, at: datetime) -> SchemeVersion:
    """The next version of the scheme as a draft with the content of `version`.

    The caller has checked can_draft_from. Raises DraftExists if one is in preparation.
    """
    scheme = Scheme.objects.select_for_update().get(pk=version.scheme_id)
    pending = scheme.versions.filter(state__in=IN_PREPARATION).first()
    if pending is not None:
        raise DraftExists(
            _("Version %(number)s of this scheme is already in preparation. Go on with that one.")
            % {"number": pending.number}
        )
    last = scheme.versions.order_by("-number").values_list("number", flat=True)[0]
    return _add_draft(scheme, last + 1, content_of(version), by=by, at=at)


@transaction.atomic
def save_draft(
    version_id: int, content: Content, *, lock: int, by: User | None, at: datetime
) -> SchemeVersion:
    """Replace what a draft says, if nobody has since it was opened with this `lock`.

    The conditional update lets exactly one of two simultaneous saves through; a rejected
    version becomes a draft again. The caller has checked can_edit and the coverage.
    Raises DraftChanged, NotADraft, UnknownIndicator, Invalid.
    """
    claimed = SchemeVersion.objects.filter(pk=version_id, lock=lock, state__in=EDITABLE).update(
        lock=F("lock") + 1
    )
    version = SchemeVersion.objects.select_related("scheme").get(pk=version_id)
    if not claimed:
        raise refusal(version)
    before = audit_form(content_of(version))
    _write(version, content)
    version.state = State.DRAFT
    checked(version)
    version.save()
    _remember_editor(version, by)
    old, new = difference(before, audit_form(content_of(fresh(version.pk))))
    record("scheme.draft_saved", version, actor=by, before=old, after=new)
    return version


@transaction.atomic
def discard(version_id: int, *, lock: int, by: User | None) -> None:
    """Delete a draft that nobody has changed since. A scheme without any version goes, too.

    The caller has checked can_discard. Raises DraftChanged, NotADraft.
    """
    claimed = SchemeVersion.objects.filter(pk=version_id, lock=lock, state__in=EDITABLE).update(
        lock=F("lock") + 1
    )
    version = SchemeVersion.objects.select_related("scheme").get(pk=version_id)
    if not claimed:
        raise refusal(version)
    record("scheme.draft_discarded", version, actor=by, before=audit_form(content_of(version)))
    scheme = version.scheme
    version.delete()
    if not scheme.versions.exists():
        record("scheme.deleted", scheme, actor=by, before={"key": scheme.key})
        scheme.delete()


def fresh(version_id: int) -> SchemeVersion:
    """The version as it now stands, with scheme, items, indicators and coverage."""
    return (
        SchemeVersion.objects.select_related("scheme")
        .prefetch_related("items__indicator", "coverage__department", "coverage__position")
        .get(pk=version_id)
    )


def refusal(version: SchemeVersion) -> Conflict:
    if not version.is_editable:
        return NotADraft(
            _("This version is %(state)s and can no longer be edited.")
            % {"state": version.get_state_display()}
        )
    return DraftChanged(
        _("Somebody else has saved this draft in the meantime. Nothing of yours was stored.")
    )


def _add_draft(
    scheme: Scheme, number: int, content: Content, *, by: User | None, at: datetime
) -> SchemeVersion:
    version = SchemeVersion(scheme=scheme, number=number, author=by, created_at=at)
    _set_fields(version, content)
    checked(version)
    version.save()
    _write_rows(version, content)
    _remember_editor(version, by)
    record("scheme.draft_created", version, actor=by, after=audit_form(content))
    return version


def _write(version: SchemeVersion, content: Content) -> None:
    version.items.all().delete()
    version.coverage.all().delete()
    _set_fields(version, content)
    _write_rows(version, content)


def _set_fields(version: SchemeVersion, content: Content) -> None:
    version.bands = [dict(band) for band in content.bands]
    version.maximum = content.maximum
    version.coefficient_mode = content.coefficient_mode
    version.coefficient_table = [dict(row) for row in content.coefficient_table]
    version.rollup = content.rollup
    version.blend_share = content.blend_share
    version.parts = [dict(part) for part in content.parts]
    version.newcomer_months = content.newcomer_months
    version.missing_limit = content.missing_limit
    version.min_days = content.min_days
    version.note = content.note


def _write_rows(version: SchemeVersion, content: Content) -> None:
    ids = dict(Indicator.objects.values_list("code", "pk"))
    SchemeItem.objects.bulk_create(
        _item(version, place, item, ids) for place, item in enumerate(content.items, start=1)
    )
    Coverage.objects.bulk_create(
        Coverage(version=version, department_id=department, position_id=position)
        for department, position in without_doubles(content.coverage)
    )


def _item(
    version: SchemeVersion, place: int, item: ItemContent, ids: Mapping[str, int]
) -> SchemeItem:
    if item.indicator not in ids:
        raise UnknownIndicator(
            _("There is no indicator “%(code)s” in the library.") % {"code": item.indicator}
        )
    return SchemeItem(
        version=version,
        position=place,
        category=item.category,
        indicator_id=ids[item.indicator],
        params=dict(item.params),
        rule=item.rule,
        rule_params=dict(item.rule_params),
        weight=item.weight,
        missing_policy=item.missing_policy,
        min_sample=item.min_sample,
        part=item.part,
    )


def _remember_editor(version: SchemeVersion, by: User | None) -> None:
    if by is not None:
        version.editors.add(by)
