"""Period codes and their dates."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.periods.calendar import (
    BadPeriod,
    Code,
    containing,
    cutoff,
    cutoff_on,
    dates,
    following,
    months_of,
    parse_code,
    previous,
    quarters_of,
    same_last_year,
    window,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
codes = st.sampled_from(["2025-12", "2026-01", "2026-03", "2026-Q1", "2026-Q4", "2024", "2026"])
start_days = st.integers(1, 28)


@pytest.mark.parametrize(
    ("code", "start_day", "start", "end"),
    [
        ("2026-10", 1, date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-10", 15, date(2026, 10, 15), date(2026, 11, 15)),
        ("2026-10", 16, date(2026, 9, 16), date(2026, 10, 16)),
        ("2026-10", 26, date(2026, 9, 26), date(2026, 10, 26)),
        ("2026-01", 26, date(2025, 12, 26), date(2026, 1, 26)),
        ("2026-12", 5, date(2026, 12, 5), date(2027, 1, 5)),
        ("2026-Q4", 1, date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-Q1", 26, date(2025, 12, 26), date(2026, 3, 26)),
        ("2026", 1, date(2026, 1, 1), date(2027, 1, 1)),
        ("2026", 26, date(2025, 12, 26), date(2026, 12, 26)),
    ],
)
def test_a_code_has_its_dates(code: str, start_day: int, start: date, end: date) -> None:
    assert dates(code, start_day) == (start, end)


def test_a_window_starts_at_midnight_of_the_company() -> None:
    october = window("2026-10", 1, SHANGHAI)

    assert october.start == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert october.end == datetime(2026, 10, 31, 16, tzinfo=UTC)


def test_the_cutoff_is_midnight_after_the_days_to_settle() -> None:
    assert cutoff_on("2026-10", 1, 3) == date(2026, 11, 4)
    assert cutoff(date(2026, 11, 4), SHANGHAI) == datetime(2026, 11, 3, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-0",
        "2026-Q5",
        "26-10",
        "2026-10-01",
        "0001",
        "2026-1",
        "2026\n",
        "\uff12\uff10\uff12\uff16",
    ],
)
def test_other_texts_are_no_period(text: str) -> None:
    with pytest.raises(BadPeriod):
        parse_code(text)


def test_neighbours() -> None:
    assert str(previous("2026-01")) == "2025-12"
    assert str(previous("2026-Q1")) == "2025-Q4"
    assert str(previous("2026")) == "2025"
    assert str(following("2026-Q4")) == "2027-Q1"
    assert str(same_last_year("2026-02")) == "2025-02"
    assert [str(month) for month in months_of("2026-Q4")] == ["2026-10", "2026-11", "2026-12"]
    assert [str(part) for part in quarters_of("2026")] == [
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        "2026-Q4",
    ]
    assert quarters_of("2026-10") == ()


@given(codes, start_days)
def test_periods_follow_each_other_without_a_gap(code: str, start_day: int) -> None:
    assert dates(following(code), start_day)[0] == dates(code, start_day)[1]
    assert previous(following(code)) == parse_code(code)
    assert dates(months_of(code)[0], start_day)[0] == dates(code, start_day)[0]
    assert dates(months_of(code)[-1], start_day)[1] == dates(code, start_day)[1]


@given(
    st.dates(date(2000, 1, 1), date(2050, 12, 31)),
    st.sampled_from(["month", "quarter", "year"]),
    start_days,
)
def test_every_day_lies_in_exactly_one_period(day: date, cycle: str, start_day: int) -> None:
    code = containing(day, cycle, start_day)
    start, end = dates(code, start_day)

    assert code.cycle == cycle
    assert start <= day < end
    assert containing(end, cycle, start_day) == following(code)
    assert containing(start - timedelta(days=1), cycle, start_day) == previous(code)
    assert parse_code(str(code)) == code


def test_a_code_sorts_by_time() -> None:
    assert Code(2026, 1, 1) < Code(2026, 2, 1)
