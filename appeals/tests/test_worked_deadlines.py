"""Due dates worked out by hand over the holidays of 2026, with make-up Saturdays and year end.

Days off and make-up days as the State Council's notice for 2026 names them.
"""

from datetime import date, datetime, timedelta

import pytest

from appeals import deadlines
from appeals.models import State
from appeals.tests.factories import at, make_case
from kpi_portal.people.models import WorkCalendarDay

pytestmark = pytest.mark.django_db


def span(month: int, first: int, last: int) -> list[date]:
    return [date(2026, month, day) for day in range(first, last + 1)]


OFF = [
    *span(1, 1, 3), *span(2, 15, 23), *span(4, 4, 6), *span(5, 1, 5), *span(6, 19, 21),
    *span(9, 25, 27), *span(10, 1, 7),
]  # fmt: skip
WORKED = [
    date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9),
    date(2026, 9, 20), date(2026, 10, 10),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _calendar(db: None) -> None:
    WorkCalendarDay.objects.filter(day__range=("2025-12-01", "2027-01-31")).delete()
    WorkCalendarDay.objects.bulk_create(
        [
            *(WorkCalendarDay(day=day, is_workday=False) for day in OFF),
            *(WorkCalendarDay(day=day, is_workday=True) for day in WORKED),
        ]
    )


S, D, R, M, A = (
    State.SUBMITTED,
    State.DATA_RECHECK,
    State.RE_EVALUATION,
    State.MEETING,
    State.ARBITRATION,
)
CASES = [
    # Year end: Wed 31 Dec, (1–3 Jan off), Sun 4 worked, Mon 5
    ("year end", at(2025, 12, 30), S, date(2026, 1, 5)),
    ("last day of the year", at(2025, 12, 31), S, date(2026, 1, 6)),
    ("last hour of the year", at(2025, 12, 31, 23), S, date(2026, 1, 6)),
    ("first hour of the year", at(2026, 1, 1, 0), S, date(2026, 1, 6)),
    ("end of 2026, nothing seeded yet", at(2026, 12, 30), S, date(2027, 1, 4)),
    # Spring Festival: Fri 13, Sat 14 worked, 15–23 off, Tue 24
    ("before Spring Festival", at(2026, 2, 12), S, date(2026, 2, 24)),
    ("five days over Spring Festival", at(2026, 2, 13), M, date(2026, 2, 27)),
    ("ten days from a make-up Saturday", at(2026, 2, 14), A, date(2026, 3, 6)),
    ("within Spring Festival", at(2026, 2, 18), D, date(2026, 2, 28)),
    ("onto the make-up Saturday", at(2026, 2, 25), S, date(2026, 2, 28)),
    ("over the make-up Saturday", at(2026, 2, 26), S, date(2026, 3, 2)),
    # Labour Day: Thu 30 Apr, 1–5 May off, Wed 6, Thu 7; Sat 9 May worked
    ("over Labour Day", at(2026, 4, 29), S, date(2026, 5, 7)),
    ("make-up Saturday in May", at(2026, 5, 7), S, date(2026, 5, 11)),
    # Qingming (Sat 4 to Mon 6 Apr) and Dragon Boat (Fri 19 to Sun 21 June)
    ("over Qingming", at(2026, 4, 2), S, date(2026, 4, 8)),
    ("over Dragon Boat", at(2026, 6, 17), S, date(2026, 6, 23)),
    # Mid-Autumn and National Day
    ("make-up Sunday in September", at(2026, 9, 18), S, date(2026, 9, 22)),
    ("over Mid-Autumn", at(2026, 9, 24), S, date(2026, 9, 30)),
    ("five days over National Day", at(2026, 9, 30), M, date(2026, 10, 13)),
    ("ten days over National Day", at(2026, 9, 30), A, date(2026, 10, 20)),
    ("re-evaluation within National Day", at(2026, 10, 3), R, date(2026, 10, 13)),
    ("onto the make-up Saturday in October", at(2026, 10, 7), S, date(2026, 10, 10)),
]


@pytest.mark.parametrize(
    ("entered", "state", "due"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_due_date_is_the_one_worked_out_by_hand(
    entered: datetime, state: State, due: date
) -> None:
    assert deadlines.step_due(state, entered) == due


@pytest.mark.parametrize(
    ("due", "today", "days", "until"),
    [
        (date(2026, 2, 13), date(2026, 2, 12), 2, date(2026, 2, 24)),  # Sat 14, then Tue 24
        (date(2026, 9, 30), date(2026, 9, 30), 3, date(2026, 10, 10)),  # Thu 8, Fri 9, Sat 10
        (date(2026, 9, 29), date(2026, 10, 3), 1, date(2026, 10, 8)),  # late: from today on
        (date(2025, 12, 31), date(2025, 12, 31), 1, date(2026, 1, 4)),  # a Sunday that is worked
    ],
)
def test_extensions_count_the_same_days(due: date, today: date, days: int, until: date) -> None:
    assert deadlines.extended(due, today, days) == until


@pytest.mark.parametrize("due", [date(2026, 2, 14), date(2026, 10, 13), date(2026, 12, 31)])
def test_a_step_ends_with_its_day_to_the_second(due: date) -> None:
    case = make_case("submitted")
    case.appeal.due_on = due
    end = at(due.year, due.month, due.day, 0) + timedelta(days=1)

    assert deadlines.ends_at(due) == end
    assert not deadlines.is_over(case.appeal, end - timedelta(seconds=1))
    assert deadlines.is_over(case.appeal, end)
