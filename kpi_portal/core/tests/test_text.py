"""Numbers, durations and dates as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from kpi_portal.core import text
from kpi_portal.core.text import DASH, GAP, MINUS, THIN, Number


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("87.615"), "87.62"),
        (Decimal("-0.004"), "0.00"),
        (Decimal("-3.2"), f"{MINUS}3.20"),
        (Decimal("1234.5"), f"1{THIN}234.50"),
        ("82.3529", "82.35"),
        (Fraction(1, 3), "0.33"),
        (None, DASH),
        ("", DASH),
        ("none", DASH),
    ],
)
def test_points_have_two_decimals(value: Number, shown: str) -> None:
    assert text.points(value) == shown


def test_percent_never_parts_from_its_number() -> None:
    assert text.percent(Decimal("18.18")) == f"18.18{GAP}%"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("3.41"), "+3.41"), (Decimal("-0.3"), f"{MINUS}0.30"), (0, "0.00"), (None, DASH)],
)
def test_a_change_has_its_sign(value: Number, shown: str) -> None:
    assert text.signed(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (5412, "1 h 30 min 12 s"),
        (3600, "1 h"),
        (0, "0 s"),
        (Decimal("72.5"), "1 min 12.5 s"),
        (Decimal("59.96"), "1 min"),
        (-75, f"{MINUS}1 min 15 s"),
        (None, DASH),
    ],
)
def test_durations_in_words(seconds: Number, shown: str) -> None:
    assert text.seconds_text(seconds) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Decimal("72.5000"), "s", f"72.5{GAP}s"),
        (Decimal("5400"), "s", f"5{THIN}400{GAP}s"),
        (Decimal("18.1"), "percent", f"18.10{GAP}%"),
        (Decimal("87.6"), "points", f"87.60{GAP}points"),
        (Decimal("1204"), "count", f"1{THIN}204"),
        (None, "s", DASH),
    ],
)
def test_a_metric_says_its_unit(value: Number, unit: str, shown: str) -> None:
    assert text.metric_value(value, unit) == shown


def test_times_are_company_time() -> None:
    at = datetime(2026, 10, 31, 16, 5, tzinfo=UTC)

    assert text.local_dt(at) == "2026-11-01 00:05"
    assert text.local_dt(at, "weekday") == "2026-11-01 Sun 00:05"
    assert text.local_date(at) == "2026-11-01"
    assert text.local_date(date(2026, 10, 31), "weekday") == "2026-10-31 Sat"


def test_a_deadline_is_the_end_of_its_day() -> None:
    assert text.deadline(date(2026, 10, 12)) == "October 12 Mon 24:00"
    with translation.override("zh-hans"):
        assert text.deadline(date(2026, 10, 12)).startswith("10月12日")
