"""The run: scores everybody outside of any transaction, then switches the results in one.

Running it twice gives the same cards; of two at once the second to finish gives up; a worker
that dies half way leaves the previous results whole.
"""

import pickle
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from appraisal.models import Period, Scorecard, ScoreLine
from appraisal.periods.inputs import Inputs, gather
from appraisal.periods.workflow import State, WrongState, move, refusal
from appraisal.scorecards import frozen
from appraisal.scorecards.build import BuiltCard
from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict
from kpi_portal.core.time import midnight
from kpi_portal.people.models import User
from kpi_portal.people.queries import zone

CHUNK = 200
LISTED = 500
"""How many changed cards a run's ledger names; their number is always true."""

RUNNABLE = (State.OPEN, State.COLLECTING, State.CALCULATED)


class OvertakenRun(Conflict):
    """Another run of the period, or a change of its state, finished while this one computed."""

    code = "run_overtaken"


@dataclass(frozen=True, slots=True)
class Staged:
    """A scored card waiting for the switch, packed: 20,000 of them fit into a worker."""

    employee_id: int
    digest: str
    status: str
    final: Decimal | None
    packed: bytes


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did. `differences`: cards that are new, gone or other than before."""

    period: str
    cards: int
    differences: int
    without_scheme: int
    statuses: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """For job results and commands: counts only, no score of anybody."""
        return {
            "period": self.period,
            "cards": self.cards,
            "differences": self.differences,
            "without_scheme": self.without_scheme,
            **self.statuses,
        }


Progress = Callable[[int, int], None]


def compute(
    period_id: int,
    *,
    at: datetime,
    by: User | None = None,
    progress: Progress = lambda done, total: None,
) -> RunResult:
    """Score everybody in the period and replace its unpublished cards as a whole.

    Safe to run again: without changes in the data nothing is written but the time of the run.
    Before the end of the period the results are interim and it stays open. `progress` gets
    (done, total) people; an exception from it stops the run and leaves everything as it was.
    Raises WrongState, NoScheme, OvertakenRun.
    """
    period = Period.objects.get(pk=period_id)
    _refuse(period, at)
    inputs = gather(period)
    staged: list[Staged] = []
    total = len(inputs.covered)
    progress(0, total)
    for seat, version in inputs.covered:
        staged.append(_stage(inputs.card(seat, version, at)))
        if len(staged) % 50 == 0 or len(staged) == total:
            progress(len(staged), total)
    return _switch(period, inputs, staged, at, by)


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


def _stage(built: BuiltCard) -> Staged:
    card = built.card
    card.inputs_hash = frozen.digest(card, built.lines)
    rows = (_row(card), [_row(line) for line in built.lines])
    packed = zlib.compress(pickle.dumps(rows), level=1)
    return Staged(card.employee_id, card.inputs_hash, card.status, card.final, packed)


def _row(obj: Model) -> dict[str, Any]:
    fields = obj._meta.concrete_fields
    return {field.attname: getattr(obj, field.attname) for field in fields if field.name != "id"}


@transaction.atomic
def _switch(
    period: Period, inputs: Inputs, staged: Sequence[Staged], at: datetime, by: User | None
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
    before = _before(period)
    changed = _changed(before, staged)
    if changed:
        _replace(period, staged)
    result = RunResult(
        period=period.code,
        cards=len(staged),
        differences=len(changed),
        without_scheme=len(inputs.without_scheme),
        statuses=dict(Counter(str(each.status) for each in staged)),
    )
    _note(period, inputs, result, changed[:LISTED], at)
    record("period.computed", period, actor=by, after=result.as_json())
    return result


Before = dict[int, tuple[str, Decimal | None]]
Change = tuple[int, str | None, str | None]


def _before(period: Period) -> Before:
    rows = Scorecard.objects.filter(period=period).order_by("pk")
    return {
        employee_id: (digest, final)
        for employee_id, digest, final in rows.values_list("employee_id", "inputs_hash", "final")
    }


def _changed(before: Before, staged: Sequence[Staged]) -> list[Change]:
    """Employee id, final before and after, of every card that is new, gone or other."""
    left = dict(before)
    changes: list[Change] = []
    for each in staged:
        digest, final = left.pop(each.employee_id, ("", None))
        if digest != each.digest:
            changes.append((each.employee_id, _text(final), _text(each.final)))
    return changes + [(pk, _text(final), None) for pk, (_digest, final) in left.items()]


def _text(final: Decimal | None) -> str | None:
    return None if final is None else format(final, ".2f")


def _replace(period: Period, staged: Sequence[Staged]) -> None:
    cards = Scorecard.objects.filter(period=period)
    lines = ScoreLine.objects.filter(scorecard__in=cards)
    # Raw: nothing hangs on a line of an unpublished card, and collecting would load them all.
    lines._raw_delete(lines.db)
    cards.delete()
    for start in range(0, len(staged), CHUNK):
        rows = [pickle.loads(zlib.decompress(s.packed)) for s in staged[start : start + CHUNK]]
        made = Scorecard.objects.bulk_create([Scorecard(**row) for row, _lines in rows])
        ScoreLine.objects.bulk_create(
            [
                ScoreLine(**line | {"scorecard_id": card.pk})
                for card, (_row, lines) in zip(made, rows, strict=True)
                for line in lines
            ]
        )


def _note(
    period: Period, inputs: Inputs, result: RunResult, changed: list[Change], at: datetime
) -> None:
    period.refresh_from_db()
    ledger = {
        "cards": result.cards,
        "differences": result.differences,
        "changed": changed,
        "without_scheme": inputs.without_scheme[:LISTED],
    }
    if is_over(period, at) and period.state == State.OPEN:
        move(period, "collect")
    if is_over(period, at):
        move(period, "calculate", calculated_at=at, last_run=ledger)
    else:
        Period.objects.filter(pk=period.pk).update(calculated_at=at, last_run=ledger)
        period.refresh_from_db()
