"""Departments' quarter and year cards follow months that were published again."""

from collections.abc import Collection
from datetime import datetime

from appraisal.models import DepartmentCard, DepartmentLine, Period, Scheme
from appraisal.periods.rollups import published_parts
from appraisal.scorecards import build, frozen
from appraisal.scorecards.freezing import freeze_department_cards, tell_heads
from appraisal.scorecards.revising import containing_codes, fields_of
from kpi_portal.audit.services import record
from kpi_portal.people.models import User


def follow_departments(
    period: Period, department_ids: Collection[int], *, by: User | None, reason: str, at: datetime
) -> int:
    """Give published cards that are put together from their parts a revision with the parts as
    they are now; how many got one. In the caller's transaction.

    Source: 3-scoring.md, "Quarter and year".
    """
    count = 0
    for code in containing_codes(period):
        cards = DepartmentCard.objects.current().filter(
            period__code=code, department__in=department_ids, frozen_at__isnull=False
        )
        related = cards.exclude(rollup={}).select_related("period", "version", "department")
        for card in related.prefetch_related("lines"):
            count += _roll_again(card, period.code, by, reason, at)
    return count


def _roll_again(
    card: DepartmentCard, part: str, by: User | None, reason: str, at: datetime
) -> bool:
    """Whether the parts say something else now, and a revision was made of them."""
    parts = published_parts(card.period, Scheme.Subject.DEPARTMENT, strict=False)
    revision = DepartmentCard(**fields_of(card))
    revision.period, revision.version, revision.department = (
        card.period, card.version, card.department,
    )  # fmt: skip
    revision.rollup = card.rollup | {"parts": parts.found.get(card.department_id, [])}
    lines = [DepartmentLine(**fields_of(line)) for line in card.lines.all()]
    build.score(revision, lines)
    if frozen.figures(revision, lines) == frozen.figures(card, card.lines.all()):
        return False
    if not DepartmentCard.objects.filter(pk=card.pk, is_current=True).update(is_current=False):
        return False
    revision.revision, revision.is_current = card.revision + 1, True
    revision.inputs_hash, revision.frozen_at = "", None
    revision.reason, revision.origin = reason, f"part:{part}"
    revision.save(force_insert=True)
    for line in lines:
        line.card = revision
    DepartmentLine.objects.bulk_create(lines)
    freeze_department_cards([revision], at)
    tell_heads([revision], at)
    record(
        "departmentcard.revised",
        revision,
        actor=by,
        before={"revision": card.revision, "final": card.final, "band": card.band},
        after={"revision": revision.revision, "final": revision.final, "band": revision.band},
        reason=reason,
    )
    return True
