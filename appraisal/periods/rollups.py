"""The published parts that a quarter or year is put together from.

Source: 3-scoring.md, "Quarter and year".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from appraisal.models import DepartmentCard, Period, Scheme, SchemeVersion, Scorecard
from appraisal.periods import calendar
from appraisal.periods.calendar import Code
from kpi_portal.core.errors import Conflict
from kpi_portal.people.queries import company

Rollup = SchemeVersion.Rollup
Subject = Scheme.Subject
MONTHS_OF_A_QUARTER = 3


class PartsMissing(Conflict):
    """A part of a quarter or year that its result builds on has not been published."""

    code = "parts_not_published"


@dataclass(frozen=True, slots=True)
class Parts:
    """Published parts by employee's (or department's) id: {"period", "revision", "final",
    "months"}, in order."""

    found: Mapping[int, list[dict[str, Any]]] = field(default_factory=dict)

    def rollup(self, version: SchemeVersion, whose: int) -> dict[str, Any]:
        """What the card stores; empty where the whole period's records alone count."""
        if version.rollup == Rollup.RECOMPUTE or version.scheme.cycle == "month":
            return {}
        return {
            "mode": str(version.rollup),
            "share": format(version.blend_share, ".2f"),
            "recomputed": None,
            "parts": self.found.get(whose, []),
        }


NO_PARTS = Parts()


def published_parts(period: Period, subject: str, *, strict: bool = True) -> Parts:
    """The newest published finals of the parts of `period`. Three queries.

    A year takes quarters where a scheme scores them, else months; somebody without a final in
    a quarter has those of its months. Not `strict` (a projection): those that are there.
    Raises PartsMissing.
    """
    name = calendar.parse_code(period.code)
    if strict:
        _refuse_missing(period, subject)
    finals = _finals(subject)
    rows = finals([str(each) for each in (*calendar.months_of(name), *calendar.quarters_of(name))])
    by_person: dict[int, dict[str, dict[str, Any]]] = {}
    for whose, part in rows:
        by_person.setdefault(whose, {})[part["period"]] = part
    return Parts({whose: _chosen(name, found) for whose, found in by_person.items()})


def missing_parts(period: Period, subject: str) -> list[str]:
    """Codes of the parts that a scheme scores and that are not published yet, in order."""
    parts = scored_parts(period, subject)
    published = set(
        Period.objects.filter(code__in=parts, published_at__isnull=False).values_list(
            "code", flat=True
        )
    )
    return [code for code in parts if code not in published]


def scored_parts(period: Period, subject: str) -> list[str]:
    """The parts of a quarter or year for which there are schemes, in order."""
    name = calendar.parse_code(period.code)
    if name.months == 1:
        return []
    if name.months == MONTHS_OF_A_QUARTER:
        return [str(month) for month in calendar.months_of(name) if _has_scheme(month, subject)]
    found = []
    for quarter in calendar.quarters_of(name):
        if _has_scheme(quarter, subject):
            found.append(str(quarter))
        else:
            months = calendar.months_of(quarter)
            found += [str(month) for month in months if _has_scheme(month, subject)]
    return found


def builds_on_parts(period: Period) -> bool:
    """Whether any scheme in force in the period puts its results together from parts."""
    versions = SchemeVersion.objects.in_force(period.start_on)
    rows = versions.filter(scheme__cycle=period.cycle).exclude(rollup=Rollup.RECOMPUTE)
    return bool(period.cycle != "month" and rows.exists())


def _refuse_missing(period: Period, subject: str) -> None:
    if not scored_parts(period, subject):
        raise PartsMissing(
            _(
                "The results of %(period)s are put together from those of its parts, but no "
                "scheme scores any of them."
            )
            % {"period": period.code}
        )
    missing = missing_parts(period, subject)
    if missing:
        raise PartsMissing(
            _(
                "The results of %(period)s are put together from those of its parts. Not "
                "published yet: %(parts)s."
            )
            % {"period": period.code, "parts": _(", ").join(missing)}
        )


def _has_scheme(code: Code, subject: str) -> bool:
    start, _end = calendar.dates(code, company().month_start_day)
    versions = SchemeVersion.objects.in_force(start)
    return bool(versions.filter(scheme__cycle=code.cycle, scheme__subject=subject).exists())


def _finals(subject: str) -> Any:
    """A reader of published finals of given periods: whose, and the part as it is stored."""

    def read(codes: list[str]) -> list[tuple[int, dict[str, Any]]]:
        model: Any = Scorecard if subject == Subject.AGENT else DepartmentCard
        whose = "employee_id" if subject == Subject.AGENT else "department_id"
        rows = model.objects.filter(
            period__code__in=codes, is_current=True, frozen_at__isnull=False, final__isnull=False
        ).values_list(whose, "period__code", "revision", "final", "rollup")
        return [
            (owner, _part(code, revision, final, rollup))
            for owner, code, revision, final, rollup in rows
        ]

    return read


def _part(code: str, revision: int, final: Any, rollup: dict[str, Any]) -> dict[str, Any]:
    months = sum(int(part["months"]) for part in rollup.get("parts", ()))
    return {
        "period": code,
        "revision": revision,
        "final": format(final, ".2f"),
        "months": months or (1 if "Q" not in code else 0),
    }


def _chosen(name: Code, found: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Quarters before their months; a quarter weighs as many months as were assessed in it."""
    if name.months == MONTHS_OF_A_QUARTER:
        return [found[str(m)] for m in calendar.months_of(name) if str(m) in found]
    chosen: list[dict[str, Any]] = []
    for quarter in calendar.quarters_of(name):
        months = [found[str(m)] for m in calendar.months_of(quarter) if str(m) in found]
        whole = found.get(str(quarter))
        if whole is None:
            chosen += months
        else:
            weight = whole["months"] or len(months) or MONTHS_OF_A_QUARTER
            chosen.append(whole | {"months": weight})
    return chosen
