"""The run: scores everybody outside of any transaction, then switches the results in one.

Running it twice gives the same cards; of two at once the second to finish gives up; a worker
that dies half way leaves the previous results whole. In a reopened period it makes candidates
for exactly those whose numbers change, and leaves what is published as it is.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from appraisal.models import Period, PeriodRun, Scorecard
from appraisal.periods.inputs import Inputs, gather
from appraisal.periods.staging import Staged, replace_cards, replace_departments, stage
from appraisal.periods.workflow import State, WrongState, move, refusal
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict
from kpi_portal.core.time import midnight
from kpi_portal.people.models import User
from kpi_portal.people.queries import zone

LISTED = 500
"""How many changed cards a run's ledger names; their number is always true."""

RUNNABLE = (State.OPEN, State.COLLECTING, State.CALCULATED)


class OvertakenRun(Conflict):
    """Another run of the period, or a change of its state, finished while this one computed."""

    code = "run_overtaken"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did. `differences`: cards that are new, gone or other than before."""

    period: str
    cards: int
    differences: int
    without_scheme: int
    statuses: dict[str, int]
    department_cards: int = 0

    def as_json(self) -> dict[str, Any]:
        """For job results and commands: counts only, no score of anybody."""
        return {
            "period": self.period,
            "cards": self.cards,
            "differences": self.differences,
            "without_scheme": self.without_scheme,
            "department_cards": self.department_cards,
            **self.statuses,
        }


Progress = Callable[[int, int], None]


def compute(
    period_id: int,
    *,
    at: datetime,
    by: User | None = None,
    reason: str = "",
    progress: Progress = lambda done, total: None,
) -> RunResult:
    """Score everybody in the period and replace its unpublished cards as a whole.

    Safe to run again: without changes in the data nothing is written but the ledger of the run.
    Before the end of the period the results are interim and it stays open. `progress` gets
    (done, total) people; an exception from it stops the run and leaves everything as it was.
    Raises WrongState, NoScheme, PartsMissing, OvertakenRun.
    """
    period = Period.objects.get(pk=period_id)
    _refuse(period, at)
    inputs = gather(period)
    means = inputs.means(at)
    staged: list[Staged] = []
    total = len(inputs.covered)
    progress(0, total)
    for each in inputs.covered:
        staged.append(stage(inputs.card(each, at, means), inputs.bases))
        if len(staged) % 50 == 0 or len(staged) == total:
            progress(len(staged), total)
    return _switch(period, inputs, staged, at, by, reason)


def is_over(period: Period, at: datetime) -> bool:
    """Whether the period has ended, in company time."""
    return at >= midnight(period.end_on, zone())


def _refuse(period: Period, at: datetime) -> None:
    if at < midnight(period.start_on, zone()):
        raise WrongState(
            _("Period %(period)s begins on %(day)s. It can be computed from then on.")
            % {"period": period.code, "day": period.start_on}
        )
    if period.state not in RUNNABLE:
        raise WrongState(refusal(period))


@transaction.atomic
def _switch(
    period: Period,
    inputs: Inputs,
    staged: Sequence[Staged],
    at: datetime,
    by: User | None,
    reason: str,
) -> RunResult:
    """Replace the cards in one go, if nobody was faster: compare-and-set on the run number."""
    claimed = Period.objects.filter(
        pk=period.pk, run_number=period.run_number, state__in=RUNNABLE
    ).update(run_number=F("run_number") + 1)
    if not claimed:
        raise OvertakenRun(
            _(
                "Another run of %(period)s finished first, or the period moved on. Its results "
                "stand; compute again if you need to."
            )
            % {"period": period.code}
        )
    changed = _changed(_before(period, inputs), staged)
    if changed:
        replace_cards(period, staged)
    moved = replace_departments(period, inputs.departments, inputs.bases, at)
    result = RunResult(
        period=period.code,
        cards=len(staged),
        differences=len(changed),
        without_scheme=len(inputs.without_scheme),
        statuses=dict(Counter(str(each.status) for each in staged)),
        department_cards=len(inputs.departments),
    )
    _note(period, inputs, result, changed, at, moved)
    _store_run(period, result, changed, staged, at=at, by=by, reason=reason)
    record("period.computed", period, actor=by, after=result.as_json(), reason=reason)
    return result


Before = dict[int, tuple[str, Decimal | None]]
Change = tuple[int, str | None, str | None]


def _before(period: Period, inputs: Inputs) -> Before:
    """Hash and final of each card as it stood: what is not frozen, else (hash "") published."""
    found: Before = {whose: ("", base.final) for whose, base in inputs.bases.people.items()}
    rows = Scorecard.objects.filter(period=period, frozen_at__isnull=True).order_by("pk")
    for employee_id, digest, final in rows.values_list("employee_id", "inputs_hash", "final"):
        found[employee_id] = (digest, final)
    return found


def _changed(before: Before, staged: Sequence[Staged]) -> list[Change]:
    """Employee id, final before and after, of every card that is new, gone or other.

    A published card that nobody's run makes anew stays and is no change.
    """
    left = dict(before)
    changes: list[Change] = []
    for each in staged:
        digest, final = left.pop(each.employee_id, (None, None))
        if digest != (each.digest if each.is_new else ""):
            changes.append((each.employee_id, _text(final), _text(each.final)))
    return changes + [(pk, _text(final), None) for pk, (digest, final) in left.items() if digest]


def _text(final: Decimal | None) -> str | None:
    return None if final is None else format(final, ".2f")


def _note(
    period: Period,
    inputs: Inputs,
    result: RunResult,
    changed: list[Change],
    at: datetime,
    departments_changed: int,
) -> None:
    period.refresh_from_db()
    ledger = {
        "cards": result.cards,
        "differences": result.differences,
        "changed": changed[:LISTED],
        "without_scheme": inputs.without_scheme[:LISTED],
        "department_cards": result.department_cards,
        "departments_changed": departments_changed,
    }
    if is_over(period, at) and period.state == State.OPEN:
        move(period, "collect")
    if is_over(period, at):
        move(period, "calculate", calculated_at=at, last_run=ledger)
    else:
        Period.objects.filter(pk=period.pk).update(calculated_at=at, last_run=ledger)
        period.refresh_from_db()


def _store_run(
    period: Period,
    result: RunResult,
    changed: list[Change],
    staged: Sequence[Staged],
    *,
    at: datetime,
    by: User | None,
    reason: str,
) -> None:
    """Every run stays, so that any two can be compared."""
    PeriodRun.objects.create(
        period=period,
        number=period.run_number,
        at=at,
        by=by,
        reason=reason,
        cards=result.cards,
        differences=result.differences,
        changed=changed[:LISTED],
        finals={str(each.employee_id): _text(each.final) for each in staged},
        statuses={str(each.employee_id): str(each.status) for each in staged},
    )
