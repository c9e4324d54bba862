"""Windows and due dates in Chinese working days, and the daily job."""

from datetime import date, datetime, timedelta

import pytest

from appeals import deadlines
from appeals.errors import AlreadySaid, AppealIncomplete, WindowClosed
from appeals.jobs import check_deadlines
from appeals.models import Appeal, Extension, State
from appeals.queries import holds_open
from appeals.services import clock, filing, review
from appeals.tests import factories as make
from appeals.tests.factories import at, make_case, make_world
from appraisal.models import Acknowledgement
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import Notice, WorkCalendarDay
from kpi_portal.people.tests.factories import make_company, make_leave

pytestmark = pytest.mark.django_db

NATIONAL_DAY = [(date(2026, 10, day), False) for day in range(1, 9)]
MAKE_UP = [(date(2026, 9, 27), True), (date(2026, 10, 10), True)]  # a Sunday, a Saturday


@pytest.fixture
def golden_week(db: None) -> None:
    """1 to 8 October off, two weekend days worked instead."""
    WorkCalendarDay.objects.filter(day__range=("2026-09-01", "2026-12-31")).delete()
    WorkCalendarDay.objects.bulk_create(
        WorkCalendarDay(day=day, is_workday=works) for day, works in NATIONAL_DAY + MAKE_UP
    )


@pytest.mark.parametrize(
    ("entered", "state", "due"),
    [
        # Friday 25 September: Sunday 27 is worked, then Monday and Tuesday
        (at(2026, 9, 25), State.SUBMITTED, date(2026, 9, 29)),
        # Wednesday 30 September: the week is off; Friday 9, Saturday 10 (worked), Monday 12
        (at(2026, 9, 30), State.SUBMITTED, date(2026, 10, 12)),
        (at(2026, 9, 30), State.MEETING, date(2026, 10, 14)),
        (at(2026, 9, 30), State.ARBITRATION, date(2026, 10, 21)),
        # late in the evening of company time is still that day
        (at(2026, 11, 5, 23), State.SUBMITTED, date(2026, 11, 10)),
        # one hour later it is the next day
        (at(2026, 11, 5, 23) + timedelta(hours=1), State.SUBMITTED, date(2026, 11, 11)),
        # on a Sunday
        (at(2026, 11, 8), State.DATA_RECHECK, date(2026, 11, 13)),
    ],
)
@pytest.mark.usefixtures("golden_week")
def test_a_step_is_due_in_working_days(entered: datetime, state: State, due: date) -> None:
    assert deadlines.step_due(state, entered) == due


@pytest.mark.usefixtures("golden_week")
def test_the_days_that_do_not_count_are_named() -> None:
    found = deadlines.with_skipped(date(2026, 9, 30), date(2026, 10, 12))

    assert found.skipped == (*(day for day, _off in NATIONAL_DAY), date(2026, 10, 11))


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 10, 12), 0),
        (date(2026, 10, 10), 1),
        (date(2026, 10, 9), 2),
        (date(2026, 9, 30), 3),
        (date(2026, 10, 13), -1),
        (date(2026, 10, 17), -4),
    ],
)
@pytest.mark.usefixtures("golden_week")
def test_working_days_left_are_counted(today: date, left: int) -> None:
    assert deadlines.days_left(date(2026, 10, 12), today) == left


@pytest.mark.usefixtures("golden_week")
def test_company_holidays_count() -> None:
    WorkCalendarDay.objects.create(day=date(2026, 11, 6), is_workday=False, name="司庆")

    assert deadlines.step_due(State.SUBMITTED, at(2026, 11, 5)) == date(2026, 11, 11)


# --- The window


def window_of(delivered: datetime, **company: int) -> date | None:
    case = make_world()
    if company:
        make_company(**company)
    Acknowledgement.objects.update(delivered_at=delivered)
    card = case.appeal.scorecard
    card.refresh_from_db()
    return deadlines.window_end(card)


def test_the_window_is_five_working_days_from_the_first_one_after_delivery() -> None:
    assert window_of(at(2026, 11, 5)) == date(2026, 11, 12)


def test_the_window_is_a_setting() -> None:
    assert window_of(at(2026, 11, 5), appeal_window_days=3) == date(2026, 11, 10)


@pytest.mark.usefixtures("golden_week")
def test_the_window_leaves_out_the_national_day() -> None:
    assert window_of(at(2026, 9, 30)) == date(2026, 10, 14)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # away on delivery: the first day back, Monday 16, is day one
        (date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 20)),
        # away from the third day on for two days
        (date(2026, 11, 10), date(2026, 11, 12), date(2026, 11, 16)),
        # back before it began, or gone after it ended
        (date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 12)),
        (date(2026, 11, 13), date(2026, 11, 30), date(2026, 11, 12)),
    ],
)
def test_days_of_leave_do_not_count(start: date, end: date, expected: date) -> None:
    case = make_world()
    employee = case.agent.employee
    assert employee is not None
    make_leave(employee, start, end)

    assert deadlines.window_end(case.appeal.scorecard) == expected


def test_filing_is_possible_to_the_last_second_of_the_window() -> None:
    case = make_world()
    make.fill(case)

    filed = filing.file(case.appeal, by=case.agent, at=at(2026, 11, 12, 23))

    assert filed.state == State.SUBMITTED


def test_filing_after_the_window_names_the_date_on_which_it_closed() -> None:
    case = make_world()
    make.fill(case)

    with pytest.raises(WindowClosed, match=r"2026.*11.*12"):
        filing.file(case.appeal, by=case.agent, at=at(2026, 11, 13, 0))
    with pytest.raises(WindowClosed):
        make_late_start(case)


def make_late_start(case: make.Case) -> None:
    filing.delete_draft(case.appeal, by=case.agent)
    filing.start(case.appeal.scorecard, by=case.agent, at=at(2026, 11, 13, 0))


def test_hr_admits_a_late_appeal_with_a_reason() -> None:
    case = make_world()
    with pytest.raises(AppealIncomplete):
        filing.admit_late(case.appeal.scorecard, reason=" ", by=case.lead, at=make.LATE)

    filing.admit_late(case.appeal.scorecard, reason="住院", by=case.lead, at=make.LATE)

    make.fill(case)
    filing.file(case.appeal, by=case.agent, at=make.LATE)
    assert case.reload().state == State.SUBMITTED


def test_only_hr_without_a_stake_admits_a_late_appeal() -> None:
    case = make_world()

    for user in (case.agent, case.supervisor, case.chair, case.evaluator):
        with pytest.raises(NotAllowed):
            filing.admit_late(case.appeal.scorecard, reason="x", by=user, at=make.LATE)


def test_a_period_stays_open_while_somebody_may_still_appeal() -> None:
    case = make_world()
    filing.delete_draft(case.appeal, by=case.agent)
    employee, period = case.agent.employee, case.appeal.period
    assert employee is not None
    assert holds_open(period, at(2026, 11, 12))
    assert not holds_open(period, at(2026, 11, 13))

    make_leave(employee, date(2026, 11, 2), date(2026, 11, 16))

    assert holds_open(period, at(2026, 11, 20))
    assert not holds_open(period, at(2026, 11, 21))


def test_an_open_appeal_holds_its_period_open() -> None:
    case = make_case("submitted")

    assert holds_open(case.appeal.period, at(2027, 3, 1))


# --- The daily job


def notices(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=f"appeals.{kind}").values_list("user_id", flat=True))


def test_a_reminder_comes_one_working_day_before() -> None:
    case = make_case("submitted")  # filed on Friday 6, due on Wednesday 11
    clock.run(at(2026, 11, 9))
    assert notices("due_soon") == set()

    clock.run(at(2026, 11, 10))

    assert notices("due_soon") == {case.reviewer.pk}


def test_a_reminder_comes_before_the_weekend() -> None:
    case = make_case("submitted")
    Appeal.objects.update(due_on=date(2026, 11, 16))

    clock.run(at(2026, 11, 13))

    assert notices("due_soon") == {case.reviewer.pk}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("submitted", {"lead", "reviewer"}),
        ("data_recheck", {"lead", "reviewer"}),
        ("re_evaluation", {"lead", "evaluator"}),
    ],
)
def test_overdue_steps_go_to_the_next_level(state: str, told: set[str]) -> None:
    case = make_case(state)

    counts = clock.run(at(2026, 12, 1))

    assert counts["overdue"] == 1
    assert notices("overdue") == {getattr(case, name).pk for name in told}
    assert case.reload().state == state


def test_an_overdue_arbitration_goes_to_the_chair() -> None:
    case = make_case("arbitration")

    clock.run(at(2026, 12, 1))

    assert notices("overdue") == {case.chair.pk, *(user.pk for user in case.panel[:3])}


def test_a_meeting_that_lapsed_is_no_agreement() -> None:
    case = make_case("meeting")
    make.propose(case)
    make.answer(case, case.agent)

    counts = clock.run(at(2026, 12, 1))

    appeal = case.reload()
    assert (counts["lapsed"], appeal.state) == (1, State.ARBITRATION)
    assert appeal.steps.get(act="lapse").by is None


def test_the_job_may_run_twice() -> None:
    make_case("meeting")
    clock.run(at(2026, 12, 1))
    before = (Notice.objects.count(), Event.objects.count())

    counts = clock.run(at(2026, 12, 1))

    assert counts["lapsed"] == 0
    assert (Notice.objects.count(), Event.objects.count()) == before


def test_one_appeal_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    make_case("submitted")

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(clock, "tell", broken)

    assert clock.run(at(2026, 12, 1))["failed"] == 1


def test_the_job_is_listed_with_its_handler() -> None:
    from kpi_portal.job_handlers import HANDLERS

    path = f"{check_deadlines.__module__}.{check_deadlines.__name__}"
    assert HANDLERS["appeals.deadlines"] == path


# --- Extensions


def test_the_next_level_extends_a_step_once() -> None:
    case = make_case("submitted")  # due on Wednesday 11

    clock.extend(case.appeal, days=3, reason="资料不全", by=case.lead, at=make.NOW)

    assert case.reload().due_on == date(2026, 11, 16)
    with pytest.raises(AlreadySaid):
        clock.extend(case.appeal, days=1, reason="x", by=case.lead, at=make.NOW)
    assert Extension.objects.count() == 1


def test_an_overdue_step_is_extended_from_today() -> None:
    case = make_case("submitted")

    clock.extend(case.appeal, days=2, reason="x", by=case.lead, at=at(2026, 11, 19))

    assert case.reload().due_on == date(2026, 11, 23)


def test_who_acts_does_not_extend_the_own_step() -> None:
    case = make_case("submitted")
    review.assign_reviewer(case.appeal, case.lead, by=case.lead, at=make.NOW)

    with pytest.raises(NotAllowed):
        clock.extend(case.reload(), days=2, reason="x", by=case.lead, at=make.NOW)


@pytest.mark.parametrize("days", [0, 21])
def test_an_extension_has_bounds(days: int) -> None:
    case = make_case("submitted")

    with pytest.raises(AppealIncomplete):
        clock.extend(case.appeal, days=days, reason="x", by=case.lead, at=make.NOW)


def test_others_do_not_extend() -> None:
    case = make_case("arbitration")

    for user in (case.agent, case.supervisor, case.reviewer, case.lead, case.panel[0]):
        with pytest.raises(NotAllowed):
            clock.extend(case.appeal, days=2, reason="x", by=user, at=make.NOW)
