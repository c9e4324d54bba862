"""Everything a run needs, read once for everybody: who stands where, versions, values, decisions.

The departments' own cards are computed here, before anybody's, as their finals may set the
coefficient.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from appraisal.models import DepartmentCoefficient, Period, Scheme, SchemeItem, SchemeVersion
from appraisal.periods import peers
from appraisal.periods.bases import NO_BASES, Bases, Decisions, bases_of, decisions
from appraisal.periods.parts import is_split, parts_of
from appraisal.periods.rollups import NO_PARTS, Parts, Rollup, published_parts
from appraisal.periods.seats import seats
from appraisal.periods.values import NOW, Owner, Values, Wanted, measure, when_of
from appraisal.schemes.covering import covering, versions_between
from appraisal.scorecards.build import BuiltCard, BuiltDepartment, build, build_department
from appraisal.scorecards.inputs import ONE, ZERO, Part, PartInputs, Seat, Source
from appraisal.scoring import DEFAULT_COEFFICIENTS, Status, lookup_coefficient
from kpi_portal.core.errors import DomainError
from kpi_portal.core.time import midnight
from kpi_portal.people.queries import zone

Mode = SchemeVersion.CoefficientMode
Subject = Scheme.Subject


class NoScheme(DomainError):
    """No active scheme covers anybody in the period."""

    code = "no_covering_scheme"
    status = 409


@dataclass(frozen=True, slots=True)
class Covered:
    """Somebody whom a scheme covers: the parts of their period, in order."""

    seat: Seat
    parts: tuple[Part, ...]
    is_split: bool

    @property
    def version(self) -> SchemeVersion:
        """The version of the last part, whose band table and roll-up count."""
        return self.parts[-1].version


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run scores. `without_scheme` are employee ids that no version covers."""

    period: Period
    cutoff: datetime
    covered: list[Covered]
    everybody: Sequence[Covered]
    without_scheme: list[int]
    departments: list[BuiltDepartment]
    coefficients: Mapping[int, Decimal]
    values: Values = field(repr=False)
    ranks: peers.Ranks = field(repr=False)
    decisions: Decisions = field(repr=False)
    bases: Bases = field(repr=False)
    parts: Parts = field(repr=False)

    def card(
        self, covered: Covered, at: datetime, means: peers.Means = peers.NO_MEANS
    ) -> BuiltCard:
        """The unsaved card of one employee."""
        whose = covered.seat.employee_id
        extras = self.bases.extras(
            self.bases.people.get(whose),
            self.decisions.totals.get(whose, ZERO),
            self.parts.rollup(covered.version, whose),
        )
        return build(
            self.period,
            covered.seat,
            [self._part(covered.seat, part, means) for part in covered.parts],
            is_split=covered.is_split,
            cutoff=self.cutoff,
            at=at,
            extras=extras,
        )

    def means(self, at: datetime) -> peers.Means:
        """The departments' mean points of items that take them where data are missing: a first
        pass over the cards concerned; none where no scheme asks for them."""
        return peers.mean_points(
            (each.parts, partial(self.card, each, at)) for each in self.everybody
        )

    def _part(self, seat: Seat, part: Part, means: peers.Means) -> PartInputs:
        decided = dict(self.decisions.lines.get(seat.employee_id, {}))
        sources = []
        for item in part.version.items.all():
            points = decided.pop((part.number, item.indicator_id), None)
            sources.append(self._source(seat, part, item, means, points))
        return PartInputs(part, self._coefficient(part), sources)

    def _source(
        self,
        seat: Seat,
        part: Part,
        item: SchemeItem,
        means: peers.Means,
        decided: Decimal | None,
    ) -> Source:
        owner = Owner(seat.employee_id, part.department_id)
        source = self.values.source(item, owner, when_of(part, self.period))
        rank, size = self.ranks.of(seat.employee_id, part, item)
        mean = None
        if item.missing_policy == SchemeItem.Missing.DEPARTMENT_MEAN:
            mean = means.of(part, item)
        outside = replace(source.outside, rank=rank, size=size, department_mean=mean)
        return replace(source, outside=outside, decided=decided)

    def _coefficient(self, part: Part) -> Decimal:
        version = part.version
        if version.coefficient_mode == Mode.MANUAL:
            return self.coefficients.get(part.department_id, ONE)
        if version.coefficient_mode == Mode.TABLE:
            return lookup_coefficient(
                version.coefficient_table or DEFAULT_COEFFICIENTS,
                self._department_final(part.department_id),
            )
        return ONE

    def _department_final(self, department_id: int) -> Decimal | None:
        """The final of the department's own card; None without enough data for a score."""
        for built in self.departments:
            if built.card.department_id == department_id:
                is_scored = built.card.status == Status.SCORED.value
                return built.card.final if is_scored else None
        return None


def gather(
    period: Period, *, employee_id: int | None = None, cutoff: datetime | None = None
) -> Inputs:
    """Read everything that a run of `period` scores, in a number of statements that depends on
    the metrics used and on the days of transfers, not on how many people there are.

    `employee_id` narrows to one person, `cutoff` replaces the period's: a projection, which
    takes what is published of a quarter's months so far.
    Raises NoScheme if nobody is covered, PartsMissing where published parts are waited for.
    """
    covered, without = covered_people(period, employee_id)
    if not covered:
        raise NoScheme(
            _(
                "No active scheme for the cycle “%(cycle)s” covers anybody on %(day)s. Activate a "
                "scheme that is in force from then on."
            )
            % {"cycle": period.get_cycle_display(), "day": period.start_on}
        )
    everybody = covered
    if employee_id is not None and _need_peers(covered):
        everybody, _others = covered_people(period)
    until = cutoff or midnight(period.cutoff_on, zone())
    teams = covering(period.cycle, period.start_on, subject=Subject.DEPARTMENT)
    schemes = {department: version for (department, _p), version in teams.versions.items()}
    wanted = Wanted()
    for each in everybody:
        for part in each.parts:
            wanted.add(part.version.items.all(), when_of(part, period))
    for version in schemes.values():
        wanted.add(version.items.all(), NOW, department=True)
    values = measure(period, until, wanted)
    bases = NO_BASES if employee_id is not None else bases_of(period)
    strict = employee_id is None
    return Inputs(
        period=period,
        cutoff=until,
        covered=covered,
        everybody=everybody,
        without_scheme=without,
        departments=_departments(period, schemes, values, bases, until, strict=strict),
        coefficients=_coefficients(period),
        values=values,
        ranks=peers.rank_everybody(
            period, [(each.seat.employee_id, each.parts) for each in everybody], values
        ),
        decisions=decisions(period, bases),
        bases=bases,
        parts=_parts(period, [each.version for each in covered], Subject.AGENT, strict=strict),
    )


def covered_people(
    period: Period, employee_id: int | None = None
) -> tuple[list[Covered], list[int]]:
    """Those whom a scheme covers, by employee no., and the ids of those whom none does."""
    timeline = versions_between(period.cycle, period.start_on, period.end_on)
    cuts = [part.day for part in timeline.parts[1:]]
    covered: list[Covered] = []
    without: list[int] = []
    for seat in seats(period, employee_id, cuts=cuts):
        parts = parts_of(seat, timeline)
        if parts:
            covered.append(Covered(seat, tuple(parts), is_split(parts, timeline)))
        else:
            without.append(seat.employee_id)
    return covered, without


def _need_peers(covered: Sequence[Covered]) -> bool:
    return any(peers.needs_peers(part.version) for each in covered for part in each.parts)


def _departments(
    period: Period,
    schemes: Mapping[int, SchemeVersion],
    values: Values,
    bases: Bases,
    cutoff: datetime,
    *,
    strict: bool,
) -> list[BuiltDepartment]:
    """The unsaved cards of the departments that have a scheme of their own, by id."""
    parts = _parts(period, list(schemes.values()), Subject.DEPARTMENT, strict=strict)
    return [
        build_department(
            period,
            department_id,
            version,
            [values.source(item, Owner(None, department_id)) for item in version.items.all()],
            cutoff=cutoff,
            at=cutoff,
            extras=bases.extras(
                bases.departments.get(department_id), ZERO, parts.rollup(version, department_id)
            ),
        )
        for department_id, version in sorted(schemes.items())
    ]


def _parts(
    period: Period, versions: Sequence[SchemeVersion], subject: str, *, strict: bool
) -> Parts:
    if all(version.rollup == Rollup.RECOMPUTE for version in versions) or period.cycle == "month":
        return NO_PARTS
    return published_parts(period, subject, strict=strict)


def _coefficients(period: Period) -> dict[int, Decimal]:
    rows = DepartmentCoefficient.objects.filter(period=period, approved_at__isnull=False)
    return dict(rows.values_list("department_id", "value"))
