"""Cells into values: tables worked by hand."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tickets.importing import converters
from tickets.importing.converters import Instants
from tickets.importing.errors import BadValue

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONE = "\udcff"


def instant(cell: object, order: str = "", zone: str = "Asia/Shanghai") -> str:
    return Instants(ZoneInfo(zone), order)(cell).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("cell", "order", "utc"),
    [
        ("2026-01-02 10:00:00", "", "2026-01-02 02:00:00"),
        ("2026-01-02T10:00:00.123", "", "2026-01-02 02:00:00"),
        ("2026/1/2 9:05", "", "2026-01-02 01:05:00"),
        ("2026-01-02", "", "2026-01-01 16:00:00"),
        ("2026-01-02 10:00:00Z", "", "2026-01-02 10:00:00"),
        ("2026-01-02T10:00:00+0800", "", "2026-01-02 02:00:00"),
        ("2026-01-02 10:00:00 -05:00", "", "2026-01-02 15:00:00"),
        ("2026年1月2日 10时05分", "", "2026-01-02 02:05:00"),
        ("2026年1月2日", "", "2026-01-01 16:00:00"),
        ("20260102100000", "", "2026-01-02 02:00:00"),
        ("２０２６-０１-０２ １０:００:００", "", "2026-01-02 02:00:00"),
        ("02/01/2026 10:00", "dmy", "2026-01-02 02:00:00"),
        ("01/02/2026 10:00", "mdy", "2026-01-02 02:00:00"),
        ("1/2/26 9:05 PM", "mdy", "2026-01-02 13:05:00"),
        ("12/31/2026 12:00 AM", "mdy", "2026-12-30 16:00:00"),
        ("26-Aug-23", "", "2023-08-25 16:00:00"),
        ("Aug 26, 2023 10:00", "", "2023-08-26 02:00:00"),
        ("26/Aug/23 10:00 AM", "", "2023-08-26 02:00:00"),
        ("26/八月/23 3:14 下午", "", "2023-08-26 07:14:00"),
        ("26/十二月/23 10:00 上午", "", "2023-12-26 02:00:00"),
        (datetime(2026, 1, 2, 10, 0, 0, 999), "", "2026-01-02 02:00:00"),  # noqa: DTZ001
        (46024.5, "", "2026-01-02 04:00:00"),
        ("46024.5", "serial", "2026-01-02 04:00:00"),
    ],
)
def test_dates_are_read_in_every_usual_form(cell: object, order: str, utc: str) -> None:
    assert instant(cell, order) == utc


@pytest.mark.parametrize(
    ("cell", "order", "key"),
    [
        ("2026-02-30", "", "not_a_date"),
        ("2026-02-29 10:00", "", "not_a_date"),
        ("2026-13-02", "", "not_a_date"),
        ("2026-01-02 24:00:00", "", "not_a_date"),
        ("2026-01-02 25:61", "", "not_a_date"),
        ("2026-W01-5", "", "not_a_date"),
        ("0026-01-02", "", "date_out_of_range"),
        ("9999-01-02", "", "date_out_of_range"),
        ("01/02/2026", "mixed", "mixed_dates"),
        ("13/13/2026", "dmy", "not_a_date"),
        ("yesterday", "", "not_a_date"),
        ("46024", "", "not_a_date"),
        (60.0, "", "not_a_date"),
        (-1.0, "", "not_a_date"),
        (99999999.0, "", "not_a_date"),
        (True, "", "not_a_date"),
        ("#REF!", "", "error_cell"),
        ("2026-01-02 13:00 PM", "", "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused(cell: object, order: str, key: str) -> None:
    with pytest.raises(BadValue) as refusal:
        instant(cell, order)

    assert refusal.value.key == key


def test_times_that_a_change_of_clocks_makes_doubtful_are_counted() -> None:
    instants = Instants(ZoneInfo("Europe/Berlin"), "")

    instants("2026-10-25 02:30:00")
    instants("2026-10-25 04:30:00")

    assert instants.doubtful == 1


@pytest.mark.parametrize(
    ("cell", "unit", "seconds"),
    [
        ("90", "s", 90),
        ("1.5", "h", 5400),
        ("6", "h", 21600),
        ("250", "ms", 0),
        ("1:05", "s", 65),
        ("01:02:03", "s", 3723),
        ("62:03", "s", 3723),
        ("30:00:00", "s", 108000),
        ("1小时5分", "s", 3900),
        ("2天3小时", "s", 183600),
        ("1h 5m 3s", "s", 3903),
        ("45 秒", "s", 45),
        ("１２３", "s", 123),
        ("1,200", "s", 1200),
        (72.0, "s", 72),
        (time(0, 2, 23), "s", 143),
        (timedelta(hours=30), "s", 108000),
    ],
)
def test_durations_are_whole_seconds(cell: object, unit: str, seconds: int) -> None:
    assert converters.seconds(cell, unit) == seconds


@pytest.mark.parametrize(
    ("cell", "key"),
    [("-5", "negative"), ("-1:00", "negative"), ("soon", "not_a_duration"),
     ("1:75", "not_a_duration"), ("1e5", "not_a_duration"), ("99999999999", "number_too_large")],
)  # fmt: skip
def test_what_is_no_duration_is_refused(cell: str, key: str) -> None:
    with pytest.raises(BadValue) as refusal:
        converters.seconds(cell, "s")

    assert refusal.value.key == key


@pytest.mark.parametrize(
    ("cell", "number"),
    [("98.5", "98.5"), ("９８．５", "98.5"), ("1,234.5", "1234.5"), ("-3", "-3"), (4.0, "4")],
)
def test_numbers_of_any_width_are_read(cell: object, number: str) -> None:
    assert converters.number(cell) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("-inf", "not_a_number"),
        ("1e999999", "not_a_number"),
        ("1_000", "not_a_number"),
        ("5-", "not_a_number"),
        ("(5)", "not_a_number"),
        ("¥5", "not_a_number"),
        ("1.234,5", "not_a_number"),
        ("9" * 5000, "number_too_large"),
        ("#DIV/0!", "error_cell"),
    ],
)
def test_what_is_no_number_is_refused(cell: str, key: str) -> None:
    with pytest.raises(BadValue) as refusal:
        converters.number(cell)

    assert refusal.value.key == key


@pytest.mark.parametrize(
    ("cell", "scale", "fits"),
    [("5", 5, True), ("6", 5, False), ("0", 5, False), ("-1", 5, False), ("0", 10, True),
     ("101", 100, False), ("95%", 100, True), ("4.5", 5, True)],
)  # fmt: skip
def test_a_score_lies_on_its_scale(cell: str, scale: int, fits: bool) -> None:
    if fits:
        assert converters.score(cell, scale) >= 0
        return
    with pytest.raises(BadValue) as refusal:
        converters.score(cell, scale)
    assert refusal.value.key == "score_out_of_scale"


@pytest.mark.parametrize("text", ["是", "Y", "true", "１", "√"])
def test_yes_has_many_words(text: str) -> None:
    assert converters.flag(text) is True


@pytest.mark.parametrize("text", ["否", "N", "FALSE", "0", "×"])
def test_no_has_many_words(text: str) -> None:
    assert converters.flag(text) is False


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("001", "001"),
        (" A\u200b1 ", "A1"),
        ("A\u00a01", "A 1"),
        ("陶雅（策划）", "陶雅(策划)"),
        (2018002773.0, "2018002773"),
        ("\u202eabc", "abc"),
    ],
)
def test_ids_are_kept_as_text(cell: object, text: str) -> None:
    assert converters.identifier(cell, 100) == text


@pytest.mark.parametrize(
    ("cell", "key"),
    [("1.23E+17", "precision_lost"), (1.23e17, "precision_lost"), ("x" * 101, "too_long"),
     ("a\x0bb", "control_characters"), ("#N/A", "error_cell"), (f"a{LONE}", "bad_bytes")],
)  # fmt: skip
def test_ids_that_are_damaged_are_refused(cell: object, key: str) -> None:
    with pytest.raises(BadValue) as refusal:
        converters.identifier(cell, 100)

    assert refusal.value.key == key


def test_free_text_keeps_its_width_but_not_its_direction_marks() -> None:
    assert converters.words(" 充值（安卓）\u202e ", 100) == "充值（安卓）"
