"""Which version counts for whom on which day: newcomers before everybody, positions before all."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, Q

from appraisal.models import Scheme, SchemeItem, SchemeVersion
from appraisal.models.visibility import DECIDED, VersionQuerySet

AGENT = Scheme.Subject.AGENT.value

Place = tuple[int, int | None]
"""A department's id and a position's; None is the whole department."""


@dataclass(frozen=True, slots=True)
class Covering:
    """Who is covered by which version on `day`; asks the database no more.

    `versions` are for everybody, `newcomers` only for those hired less than their
    `newcomer_months` before `since`, the first day of the period (not of a part of it).
    """

    day: date
    since: date
    versions: Mapping[Place, SchemeVersion]
    newcomers: Mapping[Place, SchemeVersion] = field(default_factory=dict)

    def version_for(
        self, department_id: int, position_id: int | None, hired_on: date | None = None
    ) -> SchemeVersion | None:
        """The version for a position in a department; None if none covers it.

        Without `hired_on` (unknown) nobody is a newcomer. A newcomer version of the whole
        department goes before a general one of the position. Source:
        4-schemes-periods-results.md, new-joiner protection.
        """
        places = ((department_id, position_id), (department_id, None))
        for place in places:
            found = self.newcomers.get(place)
            if found is not None and is_newcomer(found, hired_on, self.since):
                return found
        return next((self.versions[place] for place in places if place in self.versions), None)

    @property
    def all(self) -> list[SchemeVersion]:
        """Each version once, by scheme key."""
        found = (*self.versions.values(), *self.newcomers.values())
        distinct = {version.pk: version for version in found}
        return sorted(distinct.values(), key=lambda version: version.scheme.key)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days `[start, end)` of one person or department under one version; None: under none."""

    start: date
    end: date
    version: SchemeVersion | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Who is covered by which version on each day of `[start, end)`; asks the database no more.

    `parts` hold from their day until the next one's; no version begins or ends in between.
    """

    start: date
    end: date
    parts: tuple[Covering, ...]

    def on(self, day: date) -> Covering:
        """The coverage on a day of the span; before it that of its first day."""
        return next((part for part in reversed(self.parts) if part.day <= day), self.parts[0])

    def stretches(
        self, department_id: int, position_id: int | None, hired_on: date | None = None
    ) -> list[Stretch]:
        """The whole span in order without gaps; neighbours under one version are one."""
        found: list[Stretch] = []
        ends = [*(part.day for part in self.parts[1:]), self.end]
        for part, end in zip(self.parts, ends, strict=True):
            version = part.version_for(department_id, position_id, hired_on)
            if found and found[-1].version == version:
                found[-1] = Stretch(found[-1].start, end, version)
            else:
                found.append(Stretch(part.day, end, version))
        return found

    @property
    def all(self) -> list[SchemeVersion]:
        """Each version once, by scheme key and number."""
        distinct = {version.pk: version for part in self.parts for version in part.all}
        return sorted(distinct.values(), key=lambda each: (each.scheme.key, each.number))


def is_newcomer(version: SchemeVersion, hired_on: date | None, since: date) -> bool:
    """Whether somebody hired on that day is new enough for the version on `since`."""
    if version.newcomer_months is None or hired_on is None:
        return False
    return since < _months_later(hired_on, version.newcomer_months)


def _months_later(day: date, months: int) -> date:
    """The same day so many months on, or that month's last."""
    years, index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def covering(
    cycle: str, day: date, *, subject: str = AGENT, since: date | None = None
) -> Covering:
    """Everybody's version of `cycle` in force on `day`, in three queries however many people.

    `subject` agent or department. `since` is the first day of the period, `day` by default. The
    versions come with scheme, items (in order) and their indicators.
    """
    versions = _loaded(SchemeVersion.objects.in_force(day).filter(_of(cycle, subject)))
    return _on(day, since or day, versions)


def versions_between(cycle: str, start: date, end: date, *, subject: str = AGENT) -> Timeline:
    """Everybody's versions of `cycle` on each day of `[start, end)`, in three queries."""
    rows = SchemeVersion.objects.filter(
        _of(cycle, subject), state__in=DECIDED, effective_from__lt=end
    ).filter(Q(effective_to__isnull=True) | Q(effective_to__gt=start))
    versions = _loaded(rows)
    days = [start, *_bounds(versions, start, end)]
    return Timeline(
        start,
        end,
        tuple(
            _on(day, start, [each for each in versions if each.is_in_force(day)]) for day in days
        ),
    )


def changes(cycle: str, start: date, end: date, *, subject: str = AGENT) -> list[date]:
    """The days inside `(start, end)` on which a version of `cycle` begins or ends, in order."""
    rows = SchemeVersion.objects.filter(_of(cycle, subject), state__in=DECIDED)
    return _bounds(rows.only("state", "effective_from", "effective_to"), start, end)


def version_for(
    department_id: int,
    position_id: int | None,
    cycle: str,
    day: date,
    *,
    subject: str = AGENT,
    hired_on: date | None = None,
) -> SchemeVersion | None:
    """The version in force for a position in a department on `day`; None if there is none."""
    rows = SchemeVersion.objects.in_force(day).filter(
        _of(cycle, subject), coverage__department=department_id
    )
    return _on(day, day, _loaded(rows.distinct())).version_for(
        department_id, position_id, hired_on
    )


def _of(cycle: str, subject: str) -> Q:
    return Q(scheme__cycle=cycle, scheme__subject=subject)


def _loaded(rows: VersionQuerySet) -> list[SchemeVersion]:
    return list(
        rows.select_related("scheme").prefetch_related(
            Prefetch("items", SchemeItem.objects.select_related("indicator")), "coverage"
        )
    )


def _on(day: date, since: date, versions: Sequence[SchemeVersion]) -> Covering:
    general: dict[Place, SchemeVersion] = {}
    newcomers: dict[Place, SchemeVersion] = {}
    for version in versions:
        places = general if version.newcomer_months is None else newcomers
        for each in version.coverage.all():
            places[(each.department_id, each.position_id)] = version
    return Covering(day, since, general, newcomers)


def _bounds(versions: Iterable[SchemeVersion], start: date, end: date) -> list[date]:
    days = {
        day
        for version in versions
        if version.effective_from != version.effective_to
        for day in (version.effective_from, version.effective_to)
        if day is not None and start < day < end
    }
    return sorted(days)
