"""The runs of a period, and what two of them disagree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from appraisal.models import Card, Period, PeriodRun
from kpi_portal.people.models import Employee, User

STATUSES = dict(Card.Status.choices)


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Somebody whose result two runs disagree on; statuses as people read them, "" without a
    card in that run."""

    employee: Employee
    before: Decimal | None
    after: Decimal | None
    status_before: str
    status_after: str

    @property
    def delta(self) -> Decimal | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def runs_of(period: Period) -> list[PeriodRun]:
    """Every run, newest first, without the results of each."""
    rows = PeriodRun.objects.filter(period=period).select_related("by__employee")
    return list(rows.defer("finals", "statuses", "changed").order_by("-number"))


def run_numbered(period: Period, number: str) -> PeriodRun | None:
    """The run of that number; None if there is none."""
    if not number.isdecimal():
        return None
    return PeriodRun.objects.filter(period=period, number=int(number)).first()


def differences(before: PeriodRun, after: PeriodRun, user: User) -> list[RunDifference]:
    """Whose final or status differs, by employee no.; never the reader's own.

    The caller has checked can_compare_runs. Two queries.
    """
    ids = {
        int(key)
        for key in {**before.finals, **after.finals}
        if _result(before, key) != _result(after, key)
    }
    ids.discard(user.employee_id or 0)
    people = Employee.objects.filter(pk__in=ids).order_by("number")
    return [_difference(before, after, employee) for employee in people]


def _difference(before: PeriodRun, after: PeriodRun, employee: Employee) -> RunDifference:
    key = str(employee.pk)
    return RunDifference(
        employee,
        _number(before.finals, key),
        _number(after.finals, key),
        str(STATUSES.get(before.statuses.get(key, ""), "")),
        str(STATUSES.get(after.statuses.get(key, ""), "")),
    )


def _result(run: PeriodRun, key: str) -> tuple[str | None, str | None]:
    return run.finals.get(key), run.statuses.get(key)


def _number(finals: Mapping[str, str | None], key: str) -> Decimal | None:
    text = finals.get(key)
    return None if text is None else Decimal(text)
