"""A run: what it makes of the records, and that running it again changes nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from appraisal.models import Period, Scorecard, ScoreLine
from appraisal.periods import compute as runs
from appraisal.periods import inputs
from appraisal.periods.compute import OvertakenRun, compute
from appraisal.periods.inputs import NoScheme
from appraisal.periods.workflow import WrongState
from appraisal.scorecards import frozen
from appraisal.tests.factories import (
    AFTER,
    card_of,
    employee_of,
    in_review,
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_assignment, make_employee, make_leave

pytestmark = pytest.mark.django_db


def contents() -> list[dict[str, object]]:
    cards = Scorecard.objects.select_related("period").order_by("employee__number")
    return [frozen.content(card, card.lines.all()) for card in cards]


def test_a_run_scores_everybody_that_a_scheme_covers(agent: User, department: Department) -> None:
    make_active_version(department)
    make_work(agent, frt=80, score=4)
    period = make_period()

    result = run(period)

    card = card_of(agent)
    assert period.state == Period.State.CALCULATED
    assert (result.cards, result.differences) == (2, 2)
    assert [(line.value, line.points) for line in card.lines.all()] == [
        (Decimal("80.0000"), Decimal("75.00")),
        (Decimal("80.0000"), Decimal("88.89")),
    ]
    assert (card.subtotal, card.final, card.band) == (
        Decimal("80.56"), Decimal("80.56"), "meets"
    )  # fmt: skip


def test_running_again_changes_nothing(agent: User, department: Department) -> None:
    make_active_version(department)
    make_work(agent)
    period = make_period()
    run(period)
    before, ids = contents(), set(ScoreLine.objects.values_list("pk", flat=True))

    result = run(period)

    assert result.differences == 0
    assert contents() == before
    assert set(ScoreLine.objects.values_list("pk", flat=True)) == ids


def test_new_records_change_only_the_cards_that_they_concern(
    agent: User, outsider: User, department: Department, other_department: Department
) -> None:
    make_active_version(department, other_department)
    make_work(agent)
    make_work(outsider)
    period = make_period()
    run(period)

    make_work(agent, frt=240)
    result = run(period)

    assert result.differences == 1
    assert [row[0] for row in period.last_run["changed"]] == [agent.employee_id]


def test_the_second_of_two_runs_at_once_gives_up(
    agent: User, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_active_version(department)
    make_work(agent)
    period = make_period()

    def overtaken(asked: Period) -> inputs.Inputs:
        found = inputs.gather(asked)
        monkeypatch.setattr(runs, "gather", inputs.gather)
        compute(period.pk, at=AFTER)
        return found

    monkeypatch.setattr(runs, "gather", overtaken)

    with pytest.raises(OvertakenRun):
        compute(period.pk, at=AFTER)
    period.refresh_from_db()
    assert period.run_number == 1
    assert Scorecard.objects.count() == 2


def test_a_run_that_dies_half_way_leaves_the_earlier_results_whole(
    agent: User, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_active_version(department)
    make_work(agent)
    period = make_period()
    run(period)
    before = contents()
    make_work(agent, frt=240)

    def die(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(runs, "_note", die)
    with pytest.raises(RuntimeError):
        compute(period.pk, at=AFTER)

    assert contents() == before


@pytest.mark.parametrize("state", ["in_review", "published"])
def test_results_that_others_look_at_are_not_computed_again(
    agent: User, department: Department, state: str
) -> None:
    make_active_version(department)
    make_work(agent)
    period = make_period()
    run(period)
    (in_review if state == "in_review" else publish)(period)

    with pytest.raises(WrongState):
        run(period)


def test_a_running_period_gets_interim_results_and_stays_open(
    agent: User, department: Department
) -> None:
    make_active_version(department)
    make_work(agent)
    period = make_period()

    run(period, at=datetime(2026, 10, 20, tzinfo=UTC))

    assert period.state == Period.State.OPEN
    assert card_of(agent).final is not None


def test_a_period_that_has_not_begun_is_refused(agent: User, department: Department) -> None:
    make_active_version(department)

    with pytest.raises(WrongState):
        run(make_period("2026-12"))


def test_without_a_covering_scheme_nothing_is_made(agent: User) -> None:
    with pytest.raises(NoScheme):
        run(make_period())

    assert not Scorecard.objects.exists()


def test_people_without_a_scheme_are_named_and_bots_are_not_appraised(
    agent: User, outsider: User, department: Department
) -> None:
    make_active_version(department)
    bot = make_employee(department=department, is_shared=True)
    period = make_period()

    run(period)

    assert outsider.employee_id in period.last_run["without_scheme"]
    assert not Scorecard.objects.filter(employee__in=[bot, outsider.employee]).exists()


def test_too_few_working_days_are_not_assessed(department: Department, agent: User) -> None:
    make_active_version(department, min_days=10)
    newcomer = make_employee(department=department, hired_on=date(2026, 10, 26))
    make_work(newcomer)
    period = make_period()

    run(period)

    card = card_of(newcomer)
    assert (card.status, card.final, card.working_days) == ("not_assessed", None, 5)


def test_leave_days_do_not_count(department: Department, agent: User) -> None:
    make_active_version(department)
    period = make_period()
    run(period)
    before = card_of(agent).working_days
    make_leave(employee_of(agent), date(2026, 10, 12), date(2026, 10, 17))

    run(period)

    assert card_of(agent).working_days == before - 5


def test_the_last_department_in_the_period_counts(
    department: Department, other_department: Department
) -> None:
    version = make_active_version(other_department)
    employee = make_employee()
    make_assignment(employee, department, end_on=date(2026, 10, 15))
    make_assignment(employee, other_department, start_on=date(2026, 10, 15))
    period = make_period()

    run(period)

    card = card_of(employee)
    assert (card.department, card.version) == (other_department, version)


@pytest.mark.parametrize(("code", "cycle"), [("2026-Q4", "quarter"), ("2026", "year")])
def test_a_quarter_and_a_year_are_scored_by_the_scheme_of_their_cycle(
    agent: User, department: Department, code: str, cycle: str
) -> None:
    make_active_version(department)
    longer = make_active_version(department, cycle=cycle)
    make_work(agent)
    period = make_period(code)

    run(period, at=datetime(2027, 1, 10, tzinfo=UTC))

    assert card_of(agent).version == longer


def test_a_change_is_measured_against_the_records_of_the_period_before(
    agent: User, department: Department
) -> None:
    change = {
        "metric": "frt_mean",
        "rule": "change",
        "rule_params": {"direction": "down", "target": "10"},
        "weight": "100",
    }
    make_active_version(department, items=[change])
    make_work(agent, frt=100, day=date(2026, 9, 14))
    make_work(agent, frt=95)
    period = make_period()

    run(period)

    line = card_of(agent).lines.get()
    assert (line.context["baseline"], line.context["previous"]) == (None, "100.0000")
    assert line.points == Decimal("80.00")


def test_a_baseline_is_the_mean_of_everybodys_records(
    agent: User, outsider: User, department: Department, other_department: Department
) -> None:
    tolerance = {
        "metric": "frt_mean",
        "rule": "tolerance",
        "rule_params": {"direction": "down", "baseline": "company_mean", "tolerance": "20"},
        "weight": "100",
    }
    make_active_version(department, items=[tolerance])
    make_work(agent, frt=100)
    make_work(outsider, frt=50)
    period = make_period()

    run(period)

    line = card_of(agent).lines.get()
    assert line.context["baseline"] == "75.0000"
    assert line.points == Decimal("83.33")
