"""Which scheme counts for whom and when, and what the pages list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, Sum
from django.utils.translation import gettext as _

from appraisal.models import Coverage, Period, Scheme, SchemeItem, SchemeNotice, SchemeVersion
from appraisal.models.visibility import DECIDED, VersionQuerySet
from appraisal.periods import calendar
from appraisal.schemes.addresses import address
from appraisal.schemes.content import content_of
from appraisal.schemes.covering import (
    Covering,
    Stretch,
    Timeline,
    changes,
    covering,
    version_for,
    versions_between,
)
from appraisal.schemes.export import version_yaml
from appraisal.schemes.permissions import has_a_hand_in
from kpi_portal.core.search import SearchHit
from kpi_portal.people.models import Role, User
from kpi_portal.people.queries import company, local_date
from kpi_portal.people.todo import Todo

State = SchemeVersion.State
IN_PREPARATION = (State.DRAFT, State.SUBMITTED, State.REJECTED)

__all__ = [
    "Covering",
    "StartChoice",
    "Stretch",
    "Timeline",
    "changes",
    "covering",
    "decided_before",
    "decided_once_begun",
    "find_version",
    "schemes_for",
    "search",
    "start_choices",
    "version_for",
    "version_yaml",
    "versions_between",
    "waiting_for",
]


def decided_once_begun(version: SchemeVersion, period: Period) -> bool:
    """Whether the version was approved after the period had begun: marked on its cards."""
    return version.decided_at is not None and local_date(version.decided_at) > period.start_on


def decided_before(version: SchemeVersion) -> SchemeVersion | None:
    """The scheme's version approved last before this one; what a draft is compared with."""
    return (
        version.scheme.versions.filter(state__in=DECIDED, number__lt=version.number)
        .order_by("-number")
        .first()
    )


def find_version(user: User, key: str, number: int) -> SchemeVersion | None:
    """The version of that address if `user` may see it, with all that its page shows."""
    return (
        SchemeVersion.objects.visible_to(user)
        .filter(scheme__key=key, number=number)
        .select_related("scheme", "author", "submitted_by", "decided_by")
        .prefetch_related(
            Prefetch("items", SchemeItem.objects.select_related("indicator")),
            Prefetch("coverage", Coverage.objects.select_related("department", "position")),
            "editors",
        )
        .first()
    )


def history(user: User, scheme: Scheme) -> VersionQuerySet:
    """The versions of a scheme that `user` may see, newest first."""
    return (
        SchemeVersion.objects.visible_to(user)
        .filter(scheme=scheme)
        .select_related("scheme", "author", "submitted_by", "decided_by")
        .order_by("-number")
    )


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme in the list: what is in force or coming, and what is in preparation."""

    scheme: Scheme
    current: SchemeVersion | None
    coming: tuple[SchemeVersion, ...]
    pending: SchemeVersion | None
    total: Decimal
    count: int
    coverage: tuple[str, ...]

    @property
    def shown(self) -> SchemeVersion | None:
        """The version whose numbers stand in the row."""
        return self.current or (self.coming[0] if self.coming else self.pending)


def schemes_for(
    user: User, today: date, *, cycle: str = "", department_id: int | None = None
) -> list[SchemeRow]:
    """The schemes that `user` may see, by cycle and key. Three queries however many.

    Versions in the past only are left out unless nothing else is left of the scheme.
    """
    versions = (
        SchemeVersion.objects.visible_to(user)
        .select_related("scheme")
        .prefetch_related(
            Prefetch("coverage", Coverage.objects.select_related("department", "position"))
        )
        .order_by("scheme__key", "-number")
    )
    if cycle:
        versions = versions.filter(scheme__cycle=cycle)
    if department_id is not None:
        rows = Coverage.objects.filter(department=department_id)
        versions = versions.filter(pk__in=rows.values("version"))
    numbers = _numbers()
    by_scheme: dict[int, list[SchemeVersion]] = {}
    for version in versions:
        by_scheme.setdefault(version.scheme_id, []).append(version)
    found = [_row(each, today, numbers) for each in by_scheme.values()]
    order = {"month": 0, "quarter": 1, "year": 2}
    return sorted(found, key=lambda row: (order[row.scheme.cycle], row.scheme.key))


def _numbers() -> dict[int, tuple[Decimal, int]]:
    """Weights total and number of items of each version."""
    rows = SchemeItem.objects.order_by().values_list("version")
    return {
        version: (total, count)
        for version, total, count in rows.annotate(total=Sum("weight"), items=Count("pk"))
    }


def _row(
    versions: Sequence[SchemeVersion], today: date, numbers: Mapping[int, tuple[Decimal, int]]
) -> SchemeRow:
    current = next((each for each in versions if each.is_in_force(today)), None)
    coming = tuple(
        each
        for each in reversed(versions)
        if each.state == State.ACTIVE and each.effective_from and each.effective_from > today
    )
    pending = next((each for each in versions if each.state in IN_PREPARATION), None)
    shown = current or (coming[0] if coming else pending) or versions[0]
    total, count = numbers.get(shown.pk, (Decimal("0.00"), 0))
    coverage = tuple(
        f"{each.department.label} · {each.position.label}"
        if each.position
        else each.department.label
        for each in shown.coverage.all()
    )
    return SchemeRow(shown.scheme, current, coming, pending, total, count, coverage)


@dataclass(frozen=True, slots=True)
class StartChoice:
    """A day from which a version may apply: the first of the period `code`.

    `has_begun` needs a word of warning. `splits` is the quarter or year that it would split,
    "" for none.
    """

    code: str
    start: date
    has_begun: bool
    splits: str = ""


SHOWN = {"month": 12, "quarter": 4, "year": 2}
"""How many periods before and after today a version may begin with on the page."""


def start_choices(cycle: str, today: date) -> list[StartChoice]:
    """Days around today that a version of `cycle` may begin with, oldest first.

    The first days of its periods and, for a quarter or a year, of the months inside them. None
    in a published period or before one.
    """
    first_day = company().month_start_day
    published = (
        Period.objects.filter(cycle=cycle, published_at__isnull=False)
        .order_by("-end_on")
        .values_list("end_on", flat=True)
        .first()
    )
    code = calendar.containing(today, cycle, first_day)
    for _step in range(SHOWN[cycle]):
        code = calendar.previous(code)
    found = []
    for _step in range(2 * SHOWN[cycle] + 1):
        found += _starts_in(code, today, first_day)
        code = calendar.following(code)
    return [each for each in found if published is None or each.start >= published]


def _starts_in(code: calendar.Code, today: date, first_day: int) -> list[StartChoice]:
    """The period's own first day, then those of its later months."""
    months = calendar.months_of(code)[1:]
    inside = [(str(month), calendar.dates(month, first_day)[0], str(code)) for month in months]
    days = [(str(code), calendar.dates(code, first_day)[0], ""), *inside]
    return [StartChoice(name, start, start <= today, splits) for name, start, splits in days]


def search(user: User, text: str, limit: int = 5) -> list[SearchHit]:
    """The newest visible version of each scheme whose key or name holds `text`."""
    words = Q(scheme__key__icontains=text)
    for field in ("name", "name_zh_hant", "name_en"):
        words |= Q(**{f"scheme__{field}__icontains": text})
    found: dict[int, SchemeVersion] = {}
    rows = SchemeVersion.objects.visible_to(user).filter(words).select_related("scheme")
    for version in rows.order_by("scheme__key", "-number"):
        found.setdefault(version.scheme_id, version)
    return [
        SearchHit(_("scheme"), str(version), address(version), version.get_state_display())
        for version in list(found.values())[:limit]
    ]


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """Versions to decide on, rejected drafts to mend, versions to confirm having read."""
    return [*_to_decide(user), *_to_mend(user), *_to_confirm(user, now)]


def _to_decide(user: User) -> list[Todo]:
    if not user.has_role(Role.COMMITTEE):
        return []
    rows = SchemeVersion.objects.filter(state=State.SUBMITTED).select_related("scheme")
    return [
        _todo(version, _("Decide on the scheme “%(scheme)s” v%(number)s"), "scheme_decide")
        for version in rows.prefetch_related("editors")
        if not has_a_hand_in(user, version)
    ]


def _to_mend(user: User) -> list[Todo]:
    rows = SchemeVersion.objects.filter(state=State.REJECTED).select_related("scheme")
    return [
        _todo(
            version, _("The scheme “%(scheme)s” v%(number)s was rejected: mend it"), "scheme_mend"
        )
        for version in rows.filter(Q(submitted_by=user) | Q(author=user))
    ]


def _to_confirm(user: User, now: datetime) -> list[Todo]:
    if user.employee_id is None:
        return []
    today = local_date(now)
    rows = SchemeNotice.objects.filter(
        employee=user.employee_id, confirmed_at=None, version__state=State.ACTIVE
    ).filter(Q(version__effective_to__isnull=True) | Q(version__effective_to__gt=today))
    return [
        _todo(
            notice.version,
            _("Read and confirm the scheme “%(scheme)s” v%(number)s"),
            "scheme_confirm",
        )
        for notice in rows.select_related("version__scheme")
    ]


def _todo(version: SchemeVersion, title: str, kind: str) -> Todo:
    words = {"scheme": version.scheme.label, "number": version.number}
    return Todo(title % words, address(version), None, f"appraisal.{kind}")


def notice_of(version: SchemeVersion, user: User) -> SchemeNotice | None:
    """The reader's own entry in the ledger of the version."""
    if user.employee_id is None:
        return None
    return version.notices.filter(employee=user.employee_id).first()


def confirmations(version: SchemeVersion, employee_ids: set[int] | None) -> list[SchemeNotice]:
    """Who was told and who confirmed, by employee no.; None is everybody."""
    rows = version.notices.select_related("employee").order_by("employee__number")
    if employee_ids is not None:
        rows = rows.filter(employee__in=employee_ids)
    return list(rows)


def total_of(version: SchemeVersion) -> Decimal:
    """The weights of a loaded version together."""
    return content_of(version).total
